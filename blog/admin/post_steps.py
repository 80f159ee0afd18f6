"""The steps that a post can take towards its readers and back: who may take one, when, and by which form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from blog import publishing
from blog.admin.post_list import moment
from blog.forms import NoteForm, PublishForm, ReviewForm, VerbForm
from blog.models import Post

Status = Post.Status
REFUSED = (publishing.TransitionNotAllowed, publishing.NotReady, publishing.StaleVersion)


@dataclass(frozen=True)
class Step:
    """One step. `permission` is a codename of Post.Meta.permissions; `run` returns what to tell."""

    name: str
    title: str
    explained: str
    button: str
    permission: str
    states: frozenset[Post.Status]
    form: type[VerbForm]
    run: Callable[[Post, dict[str, Any], str, datetime], str]
    is_danger: bool = False


def possible(request: HttpRequest, post: Post) -> list[Step]:
    """Return the steps that this person may take with the post as it is."""
    return [
        step
        for step in STEPS
        if post.status in step.states and request.user.has_perm(f"blog.{step.permission}")
    ]


@transaction.atomic
def take(step: Step, form: VerbForm, by: str) -> str:
    """Take the step with the version that was looked at; return what to tell. Raises one of REFUSED."""
    post = publishing.open_for_saving(form.post.pk, form.cleaned_data["version"])
    return step.run(post, form.cleaned_data, by, timezone.now())


def reasons(refusal: Exception) -> list[str]:
    """Return why it was refused, one sentence each."""
    if isinstance(refusal, publishing.NotReady):
        return [problem.told for problem in refusal.problems]
    if isinstance(refusal, publishing.StaleVersion):
        return [f"{refusal} Open this page again and look at the new version first."]
    return [str(refusal)]


def _submit(post: Post, said: dict[str, Any], by: str, now: datetime) -> str:
    publishing.submit(post, by=by, now=now)
    return "Submitted. A reviewer finds it on the first page."


def _send_back(post: Post, said: dict[str, Any], by: str, now: datetime) -> str:
    publishing.send_back(post, by=by, now=now, note=said["note"])
    return "Sent back to its author."


def _review(post: Post, said: dict[str, Any], by: str, now: datetime) -> str:
    record = publishing.record_review(
        post,
        reviewer=said["reviewer"],
        by=by,
        now=now,
        next_review_on=said["next_review_on"],
        note=said["note"],
    )
    return f"Reviewed by {record.reviewer}; next review by {record.next_review_on:%B %-d, %Y}."


def _publish(post: Post, said: dict[str, Any], by: str, now: datetime) -> str:
    publishing.publish(post, by=by, now=now, at=said["at"], expire_at=said["expire_at"])
    if post.publish_at and post.publish_at > now:
        return f"Readers see it from {moment(post.publish_at)} on."
    return "Published. Visitors see it within a minute."


def _unpublish(post: Post, said: dict[str, Any], by: str, now: datetime) -> str:
    publishing.unpublish(post, by=by, now=now, note=said["note"])
    return "Taken off the site. Copies in caches are gone within a minute."


def _reopen(post: Post, said: dict[str, Any], by: str, now: datetime) -> str:
    publishing.reopen(post, by=by, now=now)
    return "It is a draft again."


STEPS = (
    Step(
        "submit",
        "Submit for review",
        "However finished it is: reviewers find it on the first page.",
        "Submit",
        "submit_post",
        frozenset({Status.DRAFT}),
        VerbForm,
        _submit,
    ),
    Step(
        "send-back",
        "Send back",
        "To its author, as a draft, with a word on why.",
        "Send back",
        "review_post",
        frozenset({Status.SUBMITTED}),
        NoteForm,
        _send_back,
    ),
    Step(
        "review",
        "Record a review",
        "It counts for these words. Whoever changes them afterwards needs another one.",
        "Record this review",
        "review_post",
        frozenset(Status),
        ReviewForm,
        _review,
    ),
    Step(
        "publish",
        "Publish",
        "At once or at a time; it appears and leaves by itself.",
        "Publish",
        "publish_post",
        frozenset({Status.DRAFT, Status.SUBMITTED, Status.UNPUBLISHED}),
        PublishForm,
        _publish,
    ),
    Step(
        "unpublish",
        "Take it off the site",
        "Its address answers “not found” from then on.",
        "Take it off the site",
        "publish_post",
        frozenset({Status.PUBLISHED}),
        NoteForm,
        _unpublish,
        is_danger=True,
    ),
    Step(
        "reopen",
        "Make it a draft again",
        "Then its authors can work on it.",
        "Make it a draft again",
        "publish_post",
        frozenset({Status.UNPUBLISHED}),
        VerbForm,
        _reopen,
    ),
)
