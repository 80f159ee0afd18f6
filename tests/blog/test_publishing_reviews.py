"""A review is an act that is written down: who, of which words, and until when."""

from datetime import date, timedelta

import pytest

from blog import publishing, readiness, snapshots
from blog.models import Post, ReviewRecord
from blog.publishing import NotReady, TransitionNotAllowed
from tests.blog.making import make_person, make_post, make_published_post, make_reviewed_post, save
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=400)


def test_a_review_names_the_revision_and_the_next_date():
    post = make_post()
    reviewer = make_person(name="Rita Reviewer")

    record = publishing.record_review(post, reviewer=reviewer, by="rita", now=NOON, note="Read.")

    assert (record.revision, record.reviewer, record.recorded_by) == (
        post.revisions.get(),
        reviewer,
        "rita",
    )
    assert record.next_review_on == date(2027, 11, 20)
    assert (post.reviewed_by, post.reviewed_on) == (reviewer, date(2026, 11, 20))
    assert post.next_review_on == date(2027, 11, 20)
    assert post.events.first().kind == "reviewed"


def test_nobody_reviews_what_they_wrote():
    author = make_person()
    post = make_post(authors=[make_person(), author])

    with pytest.raises(TransitionNotAllowed):
        publishing.record_review(post, reviewer=author, by="rita", now=NOON)

    assert not ReviewRecord.objects.exists()
    assert Post.objects.get().reviewed_on is None


def test_the_next_review_lies_ahead():
    with pytest.raises(TransitionNotAllowed):
        publishing.record_review(
            make_post(),
            reviewer=make_person(),
            by="rita",
            now=NOON,
            next_review_on=date(2026, 11, 20),
        )


def test_words_that_were_written_past_the_editor_become_a_revision_when_they_are_reviewed():
    post = make_post()
    Post.objects.filter(pk=post.pk).update(summary="Bacteria make it, that is all.")

    record = publishing.record_review(post, reviewer=make_person(), by="rita", now=NOON)

    assert (record.revision.number, post.version) == (2, 2)
    assert record.revision.snapshot["summary"] == "Bacteria make it, that is all."


def test_a_review_that_is_over_does_not_publish():
    post = make_reviewed_post()

    with pytest.raises(NotReady) as refused:
        publishing.publish(post, by="paul", now=LATER)

    assert [problem.code for problem in refused.value.problems] == ["old_review"]


def test_words_that_come_back_bring_their_review_back():
    post = make_reviewed_post()
    body = post.body
    post.body = body.replace("Fish", "Salmon")
    save(post)
    other = make_person(name="Otto")
    publishing.record_review(post, reviewer=other, by="otto", now=NOON + timedelta(days=1))
    post.body = body
    save(post)

    publishing.publish(post, by="paul", now=NOON + timedelta(days=2))

    assert post.reviewed_by.name == "Rita Reviewer"
    assert post.reviewed_on == date(2026, 11, 20)


def test_a_public_post_is_reviewed_again_only_when_it_is_ready():
    post = make_published_post()
    publishing.record_review(post, reviewer=post.reviewed_by, by="rita", now=LATER)
    assert post.reviewed_on == date(2027, 12, 25)
    post.author_rows.all().delete()

    with pytest.raises(NotReady):
        publishing.record_review(post, reviewer=post.reviewed_by, by="rita", now=LATER)

    assert post.review_records.count() == 2


def test_staff_see_that_words_changed_since_the_review():
    post = make_published_post()
    post.body = post.body.replace("Fish", "Salmon")
    save(post, public_reason="wording", public_note="Clearer.")

    found = readiness.look_at(snapshots.take(post), post=post, now=NOON)

    assert [(problem.code, problem.level) for problem in found.problems] == [
        ("changed_since_review", "warns")
    ]
    assert found.is_ready
