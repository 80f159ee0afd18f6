"""The states of a post: who may follow whom, what each move writes down, and what publishing demands."""

from datetime import timedelta

import pytest

from blog import publishing
from blog.models import Post, PostEvent
from blog.publishing import NotReady, TransitionNotAllowed
from redirects import table
from redirects.models import Redirect
from tests.blog.making import (
    make_post,
    make_published_post,
    make_reviewed_post,
    make_tag,
    save,
)
from tests.factories import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=3)
Kind = PostEvent.Kind


def events_of(post):
    return [event.kind for event in post.events.order_by("pk")]


def is_shown(post, now):
    return Post.objects.public(now).filter(pk=post.pk).exists()


def test_a_post_goes_from_draft_to_reader_step_by_step():
    post = make_reviewed_post()

    publishing.submit(post, by="ann", now=NOON)
    assert post.status == "submitted"
    publishing.publish(post, by="paul", now=NOON)

    assert (post.status, post.publish_at, post.changed_at) == ("published", NOON, NOON)
    assert events_of(post) == ["created", "reviewed", "submitted", "published"]
    assert [event.by for event in post.events.order_by("pk")] == ["ann", "rita", "ann", "paul"]
    assert is_shown(post, NOON)


def test_a_scheduled_post_appears_and_leaves_by_itself():
    post = make_reviewed_post()

    publishing.publish(post, by="paul", now=NOON, at=LATER, expire_at=LATER + timedelta(days=1))

    assert not is_shown(post, LATER - timedelta(seconds=1))
    assert is_shown(post, LATER)
    assert not is_shown(post, LATER + timedelta(days=1))
    assert events_of(post)[-1] == "scheduled"


@pytest.mark.parametrize(
    ("at", "expire_at"),
    [(NOON - timedelta(minutes=1), None), (None, NOON), (LATER, LATER)],
    ids=["in the past", "gone at once", "gone before it comes"],
)
def test_a_time_that_makes_no_sense_is_refused(at, expire_at):
    post = make_reviewed_post()

    with pytest.raises(TransitionNotAllowed):
        publishing.publish(post, by="paul", now=NOON, at=at, expire_at=expire_at)

    assert Post.objects.get().status == "draft"


def test_a_submitted_post_can_be_sent_back_with_a_word_on_why():
    post = make_post()
    publishing.submit(post, by="ann", now=NOON)

    publishing.send_back(post, by="rita", now=NOON, note="The second list lacks a source.")

    assert post.status == "draft"
    assert post.events.first().note == "The second list lacks a source."


def test_an_unpublished_post_keeps_its_date_when_it_comes_back():
    post = make_published_post()
    publishing.unpublish(post, by="paul", now=LATER, note="Asked by the author.")
    assert not is_shown(post, LATER)

    publishing.publish(post, by="paul", now=LATER)

    assert (post.publish_at, post.changed_at) == (NOON, NOON)
    assert is_shown(post, LATER)
    assert events_of(post)[-2:] == ["unpublished", "published"]


def test_a_post_that_comes_back_with_other_words_has_changed():
    post = make_published_post()
    publishing.unpublish(post, by="paul", now=NOON, note="To be rewritten.")
    publishing.reopen(post, by="ann", now=NOON)
    post.summary = "Bacteria make it. People eat it."
    save(post, now=LATER)
    reviewer = post.reviewed_by
    publishing.record_review(post, reviewer=reviewer, by="rita", now=LATER)

    publishing.publish(post, by="paul", now=LATER)

    assert (post.publish_at, post.changed_at) == (NOON, LATER)


def test_a_schedule_that_is_taken_back_leaves_no_date():
    post = make_published_post(at=LATER)

    publishing.unpublish(post, by="paul", now=NOON, note="Not yet.")

    assert post.publish_at is None


MOVES = {
    "submit": lambda post: publishing.submit(post, by="x", now=NOON),
    "send_back": lambda post: publishing.send_back(post, by="x", now=NOON, note="n"),
    "publish": lambda post: publishing.publish(post, by="x", now=NOON),
    "unpublish": lambda post: publishing.unpublish(post, by="x", now=NOON, note="n"),
    "reopen": lambda post: publishing.reopen(post, by="x", now=NOON),
}
ALLOWED = {
    "draft": {"submit", "publish"},
    "submitted": {"send_back", "publish"},
    "published": {"unpublish"},
    "unpublished": {"reopen", "publish"},
}


@pytest.mark.parametrize("status", ALLOWED)
def test_no_move_is_possible_but_those_of_the_table(status):
    post = make_reviewed_post()
    stored = Post.objects.filter(pk=post.pk)
    done = set()
    for name, move in MOVES.items():
        stored.update(status=status, publish_at=NOON)
        events = post.events.count()
        try:
            move(post)
        except TransitionNotAllowed:
            assert stored.get().status == status
            assert post.events.count() == events
        else:
            done.add(name)

    assert done == ALLOWED[status]


def test_every_move_of_the_model_has_its_verb():
    ways = {
        ("draft", "submitted"),
        ("draft", "published"),
        ("submitted", "draft"),
        ("submitted", "published"),
        ("published", "unpublished"),
        ("unpublished", "draft"),
        ("unpublished", "published"),
    }

    assert {(old.value, new.value) for old, to in Post.TRANSITIONS.items() for new in to} == ways


def test_a_post_with_a_problem_does_not_go_out():
    post = make_post()
    post.meta_title = ""
    save(post)

    with pytest.raises(NotReady) as refused:
        publishing.publish(post, by="paul", now=NOON)

    assert {problem.code for problem in refused.value.problems} == {"no_meta_title", "no_review"}
    assert (Post.objects.get().status, Post.objects.get().publish_at) == ("draft", None)
    assert events_of(post) == ["created"]


def test_words_that_changed_after_the_review_do_not_go_out():
    post = make_reviewed_post()
    post.body = post.body.replace("2.4", "24")
    save(post)

    with pytest.raises(NotReady) as refused:
        publishing.publish(post, by="paul", now=NOON)

    assert [problem.code for problem in refused.value.problems] == ["no_review"]


def test_bold_type_and_tags_do_not_undo_a_review():
    post = make_reviewed_post()
    post.body = post.body.replace("Fish, eggs", "<strong>Fish</strong>, eggs")
    post.tags.add(make_tag())
    save(post)

    publishing.publish(post, by="paul", now=NOON)

    assert post.status == "published"


def test_a_link_that_leads_elsewhere_undoes_a_review():
    post = make_post()
    post.body += '<p>See the <a href="https://example.org/">table of foods</a>.</p>'
    save(post)
    publishing.record_review(post, reviewer=make_reviewed_post().reviewed_by, by="r", now=NOON)
    post.body = post.body.replace("example.org", "example.com")
    save(post)

    with pytest.raises(NotReady):
        publishing.publish(post, by="paul", now=NOON)


def test_publishing_freezes_the_anchors_of_the_headings():
    post = make_published_post()

    assert post.heading_ids == [
        {"text": "Where is it found?", "id": "where-is-it-found"},
        {"text": "How much does an adult need?", "id": "how-much-does-an-adult-need"},
    ]


def test_a_post_takes_back_an_address_that_led_elsewhere():
    post = make_reviewed_post(slug="taken-over")
    table.add("/blog/taken-over/", "/faq/", kind="permanent", source="staff", by="paul", now=NOON)

    publishing.publish(post, by="paul", now=NOON)

    assert not Redirect.objects.exists()
