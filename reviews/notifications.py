"""Every mail about reviews, one function each. All go through the stored outbox, in the caller's transaction.

No mail quotes a review to anybody but its own author.
"""

from typing import Any

from django.conf import settings
from post_office.models import Email

from outbox.mail import queue_mail
from reviews import links
from reviews.models import Invitation, Reason, Review, SafetyCase, Source
from shop.lib.seo import absolute_url


def review_received(review: Review) -> Email | None:
    """To the author: the public number, and the link to change or withdraw the review."""
    return _to_author(review, "review_received")


def review_withheld(review: Review, words: str) -> Email | None:
    """To the author: which rule it is, which words, and how to change them. `words` is shown to them."""
    return _to_author(review, "review_withheld", reason=Reason(review.reason).label, words=words)


def review_read_again(review: Review, reason: Reason, words: str) -> Email | None:
    """To the author: one of us wants `words` withheld for `reason`, and a second person reads them first."""
    return _to_author(review, "review_read_again", reason=reason.label, words=words)


def review_shown(review: Review) -> Email | None:
    """To the author: the review that waited can be read now."""
    return _to_author(review, "review_shown")


def photo_withheld(review: Review, words: str) -> Email | None:
    """To the author: the photo is not shown, and why; the words are not touched by that."""
    return _to_author(
        review, "photo_withheld", reason=Reason(review.photo_reason).label, words=words
    )


def review_labelled(review: Review) -> Email | None:
    """To the author: staff put a label of a tie beside the review, changed it or took it off.

    The note in the log that says how we know stays with us: it may name somebody else.
    """
    return _to_author(review, "review_labelled", label=review.insider_label)


def review_replied(review: Review) -> Email | None:
    """To the author: somebody of the shop has answered below the review."""
    return _to_author(review, "review_replied")


def review_request(invitation: Invitation) -> Email:
    """To a buyer: would you write a review? The same words to everybody."""
    return _to_buyer(invitation, "review_request")


def review_reminder(invitation: Invitation) -> Email:
    """To a buyer who has not answered: the same once more, and never again."""
    return _to_buyer(invitation, "review_reminder")


def staff_safety_case(case: SafetyCase) -> Email:
    """To staff: somebody reports a reaction. The mail holds none of it."""
    path = f"/admin/reviews/safetycase/{case.pk}/change/"
    return queue_mail(
        to=settings.STAFF_EMAIL,
        template="reviews/staff_safety_case",
        context={"case": case, "admin_url": absolute_url(path)},
    )


def _to_buyer(invitation: Invitation, template: str) -> Email:
    stop_url = absolute_url(links.stop_path(invitation))
    return queue_mail(
        to=invitation.order.email,
        template=f"reviews/{template}",
        context={
            "invitation": invitation,
            "order": invitation.order,
            "product": invitation.product,
            "campaign": invitation.campaign,
            "reminds": bool(settings.REVIEW_REMINDER_DAYS),
            "write_url": absolute_url(links.invitation_path(invitation)),
            "stop_url": stop_url,
        },
        reply_to=settings.STAFF_EMAIL,
        headers={
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _to_author(review: Review, template: str, **more: Any) -> Email | None:
    # Who wrote elsewhere has never written to us, so an imported review gets no mail, whatever becomes of it.
    if not review.email or review.is_demo or review.source == Source.IMPORT:
        return None
    return queue_mail(
        to=review.email,
        template=f"reviews/{template}",
        context={
            "review": review,
            "product": review.product,
            "own_url": absolute_url(links.own_path(review)),
            "read_url": absolute_url("/reviews/"),
            **more,
        },
        reply_to=settings.STAFF_EMAIL,
    )
