"""Saving: drafts as they are, published posts only ready and with a reason, nobody over anybody."""

from datetime import timedelta

import pytest
from django.db import transaction

from blog import publishing
from blog.models import Post, Question, Revision
from blog.publishing import NotReady, ReasonMissing, StaleVersion, TransitionNotAllowed
from redirects import table
from tests.blog.making import make_post, make_published_post, make_reviewed_post, make_tag, save
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=3)


def refused(post, error, **said):
    """Save as a form does, see it refused and roll back; return the exception."""
    with pytest.raises(error) as raised, transaction.atomic():
        save(post, **said)
    post.refresh_from_db()
    return raised.value


def test_an_empty_draft_can_be_saved():
    post = Post.objects.create(title="", slug="nothing-yet")

    revision = publishing.save_draft_or_changes(post, by="ann", now=NOON, opened_version=0)

    assert (revision.number, post.version, revision.saved_by) == (1, 1, "ann")
    assert [event.kind for event in post.events.all()] == ["created"]


def test_every_save_is_a_revision_with_all_that_belongs_to_the_post():
    post = make_post()
    post.title = "Other words"
    save(post, note="Shorter")

    newest, first = post.revisions.all()
    assert (newest.number, first.number, post.version) == (2, 1, 2)
    assert (newest.snapshot["title"], newest.note) == ("Other words", "Shorter")
    assert first.snapshot["title"].startswith("Where vitamin B12 comes from")
    assert [row["question"] for row in first.snapshot["questions"]] == ["Is it in fruit?"]


def test_a_form_that_was_opened_earlier_is_refused_with_a_name():
    post = make_post()
    old = Post.objects.get()
    save(post, by="bea", now=LATER)
    old.title = "Written over hers"

    error = refused(old, StaleVersion)

    assert (error.saved_by, error.saved_at) == ("bea", LATER)
    assert Post.objects.get().title == post.title
    assert post.revisions.count() == 2


def test_a_row_that_was_read_too_early_does_not_win_by_writing_its_own_version():
    post = make_post()
    early = Post.objects.get()
    save(post, by="bea")
    assert (early.version, Post.objects.get().version) == (1, 2)

    # save() writes the version that it has read, so the row says 1 again when it is asked.
    refused(early, StaleVersion)

    assert Post.objects.get().version == 2


def test_a_form_gets_its_post_only_at_the_version_that_it_showed():
    post = make_post()

    with transaction.atomic():
        assert publishing.open_for_saving(post.pk, 1) == post
        with pytest.raises(StaleVersion):
            publishing.open_for_saving(post.pk, 0)


def test_a_published_post_takes_no_change_that_is_not_ready():
    post = make_published_post()
    post.body += "<p>Studies show that it is good for everybody.</p>"

    error = refused(post, NotReady, public_reason="wording")

    assert "unnamed" in {problem.code for problem in error.problems}
    assert "Studies show" not in Post.objects.get().body
    assert post.revisions.count() == 1


def test_a_published_post_takes_no_new_words_without_a_reason_for_readers():
    post = make_published_post()
    post.body = post.body.replace("Fish", "Salmon")

    refused(post, ReasonMissing)
    post.body = post.body.replace("Fish", "Salmon")
    refused(post, ReasonMissing, public_reason="wording")
    assert "Salmon" not in Post.objects.get().body

    post.body = post.body.replace("Fish", "Salmon")
    save(post, now=LATER, public_reason="wording", public_note="Said which fish.")

    revision = post.revisions.first()
    assert (revision.public_reason, revision.public_note) == ("wording", "Said which fish.")
    assert (post.changed_at, Post.objects.get().changed_at) == (LATER, LATER)
    event = post.events.first()
    assert (event.kind, event.note) == ("changed", "Clearer wording. Said which fish.")


def test_new_tags_need_no_reason_and_change_no_date():
    post = make_published_post()
    post.tags.add(make_tag())

    save(post, now=LATER, public_reason="wording", public_note="Nothing for readers.")

    assert post.changed_at == NOON
    assert (post.revisions.first().public_reason, post.revisions.first().public_note) == ("", "")
    assert [event.kind for event in post.events.all()] == ["published", "reviewed", "created"]


def test_a_changed_question_is_a_change_for_readers():
    post = make_published_post()
    post.questions.update(question="Is it in apples?")

    with pytest.raises(ReasonMissing):
        save(post)


def test_a_scheduled_post_takes_no_words_that_nobody_reviewed():
    post = make_published_post(at=LATER)
    post.body = post.body.replace("Fish", "Salmon")

    error = refused(post, NotReady, public_reason="wording")

    assert [problem.code for problem in error.problems] == ["no_review"]


def test_a_change_in_public_keeps_the_anchors_and_adds_new_ones():
    post = make_published_post()
    post.body = (
        post.body.replace("Where is it found?", "Which food holds it?")
        + "<h2>Where is it found?</h2><p>In food.</p>"
    )
    save(post, public_reason="wording", public_note="Clearer.")

    assert {row["text"]: row["id"] for row in post.heading_ids} == {
        "Which food holds it?": "which-food-holds-it",
        "How much does an adult need?": "how-much-does-an-adult-need",
        "Where is it found?": "where-is-it-found",
    }


def test_a_new_address_of_a_post_that_was_public_leaves_a_redirect():
    post = make_published_post(slug="old-name")
    post.slug = "new-name"
    save(post)
    assert table.lookup("/blog/old-name/").new_path == "/blog/new-name/"
    event = post.events.first()
    assert (event.kind, event.note) == ("changed", "New address; before: /blog/old-name/")
    assert post.changed_at == NOON

    post.slug = "newest-name"
    save(post)
    assert table.lookup("/blog/old-name/").new_path == "/blog/newest-name/"

    post.slug = "old-name"
    save(post)
    assert table.lookup("/blog/old-name/") is None
    assert table.lookup("/blog/new-name/").new_path == "/blog/old-name/"


def test_a_post_that_waits_to_come_back_takes_its_readers_along_to_a_new_address():
    post = make_published_post(slug="old-name")
    publishing.unpublish(post, by="paul", now=NOON, note="To be shown again on its day.")
    publishing.publish(post, by="paul", now=NOON, at=LATER)
    post.slug = "new-name"
    save(post)

    assert table.lookup("/blog/old-name/").new_path == "/blog/new-name/"


def test_a_new_address_of_a_draft_leaves_nothing():
    post = make_reviewed_post(slug="old-name")
    post.slug = "new-name"
    save(post)

    assert table.lookup("/blog/old-name/") is None


def test_an_unreviewed_import_need_not_be_finished_but_takes_nothing_new_that_is_wrong():
    post = make_post(imported_at=NOON, authors=[], meta_title="")
    Post.objects.filter(pk=post.pk).update(status="published", publish_at=NOON)
    post.refresh_from_db()
    post.body = post.body.replace("Fish", "Salmon")
    save(post, public_reason="wording", public_note="Clearer.")
    assert "Salmon" in Post.objects.get().body

    post.body += "<p>Experts agree that it is good.</p>"
    error = refused(post, NotReady, public_reason="wording")

    assert {problem.code for problem in error.problems} <= {"unnamed", "claim"}
    assert post.events.last().kind == "imported"


def test_an_earlier_revision_comes_back_as_a_new_one():
    post = make_post()
    first = post.revisions.get()
    post.title, post.body = "Other words", "<p>Shorter.</p>"
    Question.objects.all().delete()
    post.tags.clear()
    save(post)

    restored = publishing.restore(post, first, by="bea", now=LATER)

    assert (restored.number, restored.saved_by, post.version) == (3, "bea", 3)
    assert restored.snapshot == first.snapshot
    assert post.title == first.snapshot["title"]
    assert post.events.first().note == "Revision 1"


def test_what_could_not_be_put_back_is_named_with_the_revision():
    post = make_post(tags=[make_tag("Eggs", slug="eggs")])
    post.tags.get().delete()
    save(post)

    restored = publishing.restore(post, post.revisions.get(number=1), by="bea", now=LATER)

    assert restored.note == "Revision 1 put back; gone and not put back: tag eggs"
    assert post.events.first().note == "Revision 1; gone and not put back: tag eggs"


def test_putting_words_back_in_public_is_told_to_readers():
    post = make_published_post()
    first = post.revisions.get()
    post.body = post.body.replace("Fish", "Salmon")
    save(post, public_reason="wording", public_note="Clearer.")

    restored = publishing.restore(post, first, by="bea", now=LATER)

    assert restored.get_public_reason_display() == "Correction"
    assert post.changed_at == LATER
    assert "Fish" in Post.objects.get().body


def test_a_published_post_is_not_put_back_to_something_unfinished():
    post = make_post()
    unfinished = Revision.objects.get()
    unfinished.snapshot = {**unfinished.snapshot, "summary": ""}
    unfinished.save()
    publishing.record_review(post, reviewer=make_reviewed_post().reviewed_by, by="r", now=NOON)
    save(post)
    Post.objects.filter(pk=post.pk).update(status="published", publish_at=NOON)

    with pytest.raises(NotReady):
        publishing.restore(post, unfinished, by="bea", now=LATER)

    assert Post.objects.get(pk=post.pk).summary
    assert post.revisions.count() == 3


def test_a_revision_of_another_post_is_refused():
    post, other = make_post(), make_post()

    with pytest.raises(TransitionNotAllowed):
        publishing.restore(post, other.revisions.get(), by="bea", now=LATER)

    assert post.revisions.count() == 1


def test_what_readers_are_told_of_a_change_may_claim_no_more_than_the_post():
    post = make_published_post()
    post.summary = "Other words."

    error = refused(
        post,
        NotReady,
        public_reason="wording",
        public_note="Our patch cures anemia, we now say so.",
    )

    assert {problem.field for problem in error.problems} == {"public_note"}
    assert not Revision.objects.exclude(public_note="").exists()


def test_a_save_and_a_publication_cost_a_fixed_number_of_queries(django_assert_max_num_queries):
    post = make_reviewed_post()
    for _ in range(10):
        post.tags.add(make_tag())
    with django_assert_max_num_queries(32):
        publishing.save_draft_or_changes(post, by="ann", now=NOON, opened_version=1)
    with django_assert_max_num_queries(45):
        publishing.publish(post, by="paul", now=NOON)
    with django_assert_max_num_queries(50):
        publishing.save_draft_or_changes(post, by="ann", now=NOON, opened_version=2)
