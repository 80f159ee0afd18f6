"""The way of a post to its readers, on its publishing page; revisions, and the list."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.models import User
from blog import publishing
from blog.models import Post
from tests.blog import editor
from tests.blog.making import (
    make_person,
    make_post,
    make_published_post,
    make_reviewed_post,
    make_tag,
)
from tests.factories import NOON

pytestmark = pytest.mark.django_db
Status = Post.Status


def take(client, post, step, **said):
    """Take a step with the version that is stored."""
    post.refresh_from_db()
    fields = {f"{step}-{name}": value for name, value in {"version": post.version, **said}.items()}
    answer = client.post(editor.address("publishing_page", post.pk), {"step": step, **fields})
    post.refresh_from_db()
    return answer


def offered(client, post):
    page = client.get(editor.address("publishing_page", post.pk))
    return [step.name for step, _ in page.context["steps"]]


def test_a_post_goes_from_its_author_by_a_reviewer_to_its_readers():
    ann, rita, paula = (
        editor.staff(name, group)
        for name, group in (("ann", "Author"), ("rita", "Reviewer"), ("paula", "Publisher"))
    )
    reviewer = make_person(name="Rita Reviewer", user=User.objects.get(username="rita"))
    post = make_post()
    assert offered(ann, post) == ["submit"]
    assert take(ann, post, "submit").status_code == 302
    assert post.status == Status.SUBMITTED

    assert offered(rita, post) == ["send-back", "review"]
    assert take(rita, post, "send-back", note="The second source is old.").status_code == 302
    assert post.events.first().note == "The second source is old."
    take(ann, post, "submit")
    assert take(rita, post, "review", reviewer=reviewer.pk, compared="on").status_code == 302
    assert post.reviewed_by == reviewer

    assert offered(paula, post) == ["send-back", "review", "publish"]
    assert take(paula, post, "publish").status_code == 302
    assert post.is_public(timezone.now())
    assert offered(ann, post) == []
    assert take(paula, post, "unpublish", note="Wrong picture").status_code == 302
    assert take(paula, post, "reopen").status_code == 302
    assert post.status == Status.DRAFT
    assert LogEntry.objects.count() == 7


def test_a_time_is_that_of_the_shop_and_the_post_waits_for_it():
    paula, post = editor.staff("paula", "Publisher"), make_reviewed_post()
    page = paula.get(editor.address("publishing_page", post.pk)).content.decode()
    assert "In the shop's time zone, America/New York." in page
    take(paula, post, "publish", at="2099-01-12T09:30", expire_at="2099-02-01T00:00")

    assert post.publish_at.isoformat() == "2099-01-12T14:30:00+00:00"
    assert post.expire_at.isoformat() == "2099-02-01T05:00:00+00:00"
    assert not post.is_public(timezone.now())
    listed = paula.get(editor.address("changelist")).content.decode()
    assert "Scheduled for Jan 12, 2099, 9:30 a.m." in listed
    page = paula.get(editor.address("publishing_page", post.pk)).content.decode()
    assert "Leaves the site on February 1, 2099 at 12:00 a.m." in page
    assert "ublished on" not in page


def test_a_post_that_left_the_site_says_when_it_came_and_went():
    paula, post = editor.staff("paula", "Publisher"), make_published_post()
    Post.objects.filter(pk=post.pk).update(expire_at=NOON + timedelta(minutes=5))
    page = paula.get(editor.address("publishing_page", post.pk)).content.decode()

    assert "First published on November 20, 2026 at 12:00 p.m." in page
    assert "Left the site on November 20, 2026 at 12:05 p.m." in page


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"reviewer": "", "compared": "on"}, "This field is required."),
        ({"compared": ""}, "A review is this comparison: tick it when it is done."),
        ({"compared": "on", "next_review_on": "2020-01-01"}, "must be on a later day"),
    ],
)
def test_a_review_that_cannot_be_is_refused_in_its_form(said, told):
    rita, reviewer, post = editor.staff("rita", "Reviewer"), make_person(), make_post()
    answer = take(rita, post, "review", **{"reviewer": reviewer.pk, **said})

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not post.review_records.exists()


def test_nobody_reviews_in_the_name_of_a_colleague_or_what_they_wrote():
    rita, author = editor.staff("rita", "Reviewer"), make_person()
    bob = make_person(user=User.objects.create_user("bob"))
    post = make_post(authors=[author])
    for person in (bob, author):
        answer = take(rita, post, "review", reviewer=person.pk, compared="on")
        assert "Select a valid choice." in answer.content.decode()
    assert not post.review_records.exists()


def test_a_review_counts_for_the_words_that_were_on_the_page():
    rita, reviewer, post = editor.staff("rita", "Reviewer"), make_person(), make_post()
    ann = editor.staff("ann", "Author")
    seen = post.version
    editor.save(ann, post, editor.opened(ann, post) | {"summary": "Other words."})
    answer = take(rita, post, "review", version=seen, reviewer=reviewer.pk, compared="on")

    assert "ann has saved this post meanwhile." in answer.content.decode()
    assert not post.review_records.exists()


def test_what_is_not_ready_is_not_published_and_the_page_says_why():
    paula = editor.staff("paula", "Publisher")
    post = make_post(summary="B12 cures anemia.")
    answer = take(paula, post, "publish")

    page = answer.content.decode()
    assert "This was not done" in page
    assert "No reviewer has compared these words with their sources." in page
    assert post.status == Status.DRAFT


def test_a_step_that_is_not_theirs_or_not_now_does_nothing():
    ann, post = editor.staff("ann", "Author"), make_reviewed_post()
    assert take(ann, post, "publish").status_code == 302
    assert take(ann, post, "reopen").status_code == 302
    assert post.status == Status.DRAFT
    desk = editor.staff("dora", "Order desk")
    assert desk.get(editor.address("publishing_page", post.pk)).status_code == 403


def test_the_preview_link_opens_without_a_log_in(client):
    ann, post = editor.staff("ann", "Author"), make_post()
    page = ann.get(editor.address("publishing_page", post.pk))
    path = page.context["preview_url"].removeprefix("http://localhost:8000")

    assert post.title in client.get(path).content.decode()


def test_two_revisions_are_compared_and_one_is_put_back():
    ann, post = editor.staff("ann", "Author"), make_post()
    data = editor.opened(ann, post) | {
        "summary": "Shorter.",
        "questions-0-DELETE": "on",
        "note": "Cut",
    }
    editor.save(ann, post, data)
    listed = ann.get(editor.address("revisions", post.pk)).content.decode()
    compared = ann.get(editor.address("compare", post.pk), {"old": 2, "new": 1}).content.decode()
    assert "Cut" in listed
    assert "<ins>Shorter</ins>" in compared
    assert "<del>Is it in fruit?</del>" in compared

    stale = ann.post(editor.address("restore", post.pk, 1), {"version": 1})
    assert stale.status_code == 302
    post.refresh_from_db()
    assert post.version == 2
    ann.post(editor.address("restore", post.pk, 1), {"version": 2})
    post.refresh_from_db()
    assert (post.version, post.questions.count()) == (3, 1)
    assert post.revisions.first().snapshot == post.revisions.last().snapshot


def test_only_who_may_change_a_post_puts_a_version_back():
    post = make_published_post()
    for name, group in (("ann", "Author"), ("rita", "Reviewer")):
        client = editor.staff(name, group)
        answer = client.post(editor.address("restore", post.pk, 1), {"version": post.version})
        assert answer.status_code == 403
        assert (
            "Put this version back"
            not in client.get(editor.address("revisions", post.pk)).content.decode()
        )
    assert post.revisions.count() == 1


@pytest.mark.parametrize(
    "query", ["", "?old=1", "?old=1&new=9", "?old=x&new=1", "?old=1&new=99999999999"]
)
def test_revisions_that_are_not_there_are_not_found(query):
    ann, post = editor.staff("ann", "Author"), make_post()
    assert ann.get(editor.address("compare", post.pk) + query).status_code == 404


def test_the_list_is_narrowed_and_drafts_are_submitted_together():
    ann, tag = editor.staff("ann", "Author"), make_tag("Eggs")
    person = make_person()
    draft = make_post(title="On eggs", tags=[tag], authors=[person])
    late = make_published_post(title="On milk", now=NOON - timedelta(days=900))
    waiting = make_published_post(
        title="On fish", at=timezone.now() + timedelta(days=9), now=timezone.now()
    )
    page = editor.address("changelist")

    def titles(**query):
        return {post.title for post in ann.get(page, query).context["cl"].result_list}

    assert titles(todo="scheduled") == {waiting.title}
    assert titles(todo="overdue") == {late.title}
    assert titles(tag=tag.slug) == titles(author=person.slug) == {draft.title}
    assert titles(category=draft.categories.get().slug, q="eggs") == {draft.title}
    assert titles(status__exact="draft") == {draft.title}

    chosen = {"action": "submit", "_selected_action": [draft.pk, late.pk]}
    told = ann.post(page, chosen, follow=True)
    assert [str(each) for each in told.context["messages"]] == [
        "“On milk” is published: this cannot be done now.",
        "1 post was submitted.",
    ]
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED


def test_the_list_takes_as_many_queries_for_ten_posts_as_for_two(django_assert_num_queries):
    ann = editor.staff("ann", "Author")
    make_post(), make_post()
    page = editor.address("changelist")
    ann.get(page)
    with django_assert_num_queries(13):
        ann.get(page)
    for _ in range(8):
        make_post(authors=[make_person(), make_person()])
    with django_assert_num_queries(13):
        ann.get(page)


def test_unpublished_posts_can_be_published_again():
    paula, post = editor.staff("paula", "Publisher"), make_published_post()
    publishing.unpublish(post, by="paula", now=timezone.now(), note="x")
    assert offered(paula, post) == ["review", "publish", "reopen"]
