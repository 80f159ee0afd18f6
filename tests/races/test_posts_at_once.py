"""Two people, or one with a nervous finger, act on the same post at the same moment."""

import pytest
from django.db import transaction

from blog import publishing
from blog.models import Post, PostEvent
from tests.blog.making import make_person, make_post, make_published_post, make_reviewed_post
from tests.factories import NOON
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE = 6


def save_form(post, opened_version, title):
    """Save as the admin does: in one transaction, from the row that was locked."""
    with transaction.atomic():
        row = publishing.open_for_saving(post.pk, opened_version)
        row.title = title
        row.save()
        publishing.save_draft_or_changes(row, by=title, now=NOON, opened_version=opened_version)
    return title


def save_without_the_lock(post, opened_version, title, meet):
    """Save from a row that was read before, as a form that forgets to lock would."""
    row = Post.objects.get(pk=post.pk)
    meet()
    with transaction.atomic():
        row.title = title
        row.save()
        publishing.save_draft_or_changes(row, by=title, now=NOON, opened_version=opened_version)
    return title


def the_one(outcomes):
    """Return what came of the only one that was let through."""
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, str)]
    return winner


def check_that_one_won(post, outcomes):
    assert errors_in(outcomes) == ["StaleVersion"] * (PEOPLE - 1)
    stored = Post.objects.get(pk=post.pk)
    assert (stored.title, stored.version) == (the_one(outcomes), 2)
    assert [row.saved_by for row in stored.revisions.all()] == [the_one(outcomes), "ann"]
    assert stored.revisions.first().snapshot["title"] == stored.title


def test_of_many_saves_of_one_version_one_wins_and_is_stored_whole():
    post = make_post()

    outcomes = at_once([lambda n=n: save_form(post, 1, f"Title {n}") for n in range(PEOPLE)])

    check_that_one_won(post, outcomes)


def test_a_form_that_forgets_the_lock_still_writes_over_nobody():
    post = make_post()
    meet = meeting(PEOPLE)

    outcomes = at_once(
        [lambda n=n: save_without_the_lock(post, 1, f"Title {n}", meet) for n in range(PEOPLE)]
    )

    check_that_one_won(post, outcomes)


def test_without_the_look_at_the_revisions_the_last_save_would_win():
    """What the compare-and-set of the version alone would do: each save wrote its own version back."""
    post = make_post()
    meet = meeting(2)

    def save(title):
        row = Post.objects.get(pk=post.pk)
        meet()
        with transaction.atomic():
            row.title = title
            row.save()
            mine = Post.objects.filter(pk=row.pk, version=1)
            return mine.update(version=2)

    assert at_once([lambda: save("One"), lambda: save("Two")]) == [1, 1]


def test_many_publishers_publish_once():
    post = make_reviewed_post()

    outcomes = at_once([lambda: publishing.publish(_read(post), by="p", now=NOON)] * PEOPLE)

    assert errors_in(outcomes) == ["TransitionNotAllowed"] * (PEOPLE - 1)
    assert PostEvent.objects.filter(kind="published").count() == 1
    assert Post.objects.get().status == "published"


def test_publishing_and_saving_at_once_publishes_no_word_that_nobody_reviewed():
    post = make_reviewed_post()

    def save():
        with transaction.atomic():
            row = publishing.open_for_saving(post.pk, 1)
            row.body = row.body.replace("2.4", "24")
            row.save()
            publishing.save_draft_or_changes(row, by="ann", now=NOON, opened_version=1)
        return "saved"

    def publish():
        publishing.publish(_read(post), by="paul", now=NOON)
        return "published"

    for outcome in at_once([save, publish]):
        assert not isinstance(outcome, Exception) or type(outcome).__name__ in {
            "NotReady",
            "ReasonMissing",
        }

    stored = Post.objects.get()
    assert (stored.status, "2.4 micro" in stored.body) in {("published", True), ("draft", False)}


def test_unpublishing_and_submitting_many_times_each_happens_once():
    public, draft = make_published_post(), make_post()

    outcomes = at_once(
        [lambda: publishing.unpublish(_read(public), by="p", now=NOON, note="Wrong")] * 3
        + [lambda: publishing.submit(_read(draft), by="a", now=NOON)] * 3
    )

    assert errors_in(outcomes) == ["TransitionNotAllowed"] * 4
    assert public.events.filter(kind="unpublished").count() == 1
    assert draft.events.filter(kind="submitted").count() == 1


def test_two_reviews_at_once_are_two_records_of_the_same_words():
    post = make_post()
    people = [make_person(), make_person()]

    outcomes = at_once(
        [
            lambda person=person: publishing.record_review(
                _read(post), reviewer=person, by=person.name, now=NOON
            )
            for person in people
        ]
    )

    assert errors_in(outcomes) == []
    assert {record.revision.number for record in post.review_records.all()} == {1}
    assert post.review_records.count() == 2


def _read(post):
    return Post.objects.get(pk=post.pk)
