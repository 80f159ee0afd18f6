"""Signed links: to write the review that a request asked for, and back to one's own.

The address holds which row it is and a signature with the shop's key; nothing in the database opens one, and
a row's own nonce makes it end when the row gets another. No log-in, no cookie.
"""

from typing import TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse

from reviews.models import Invitation, Review

Row = TypeVar("Row", Invitation, Review)

_SEPARATOR = "."


def invitation_path(invitation: Invitation) -> str:
    """Return the path on which this request is answered."""
    return reverse("review_invitation", args=[_token("invitation", invitation)])


def stop_path(invitation: Invitation) -> str:
    """Return the path that ends all requests to this address with one click."""
    # A token of its own: mail programs and their servers post to it, and it must not open the form.
    return reverse("review_stop", args=[_token("stop", invitation)])


def own_path(review: Review) -> str:
    """Return the path on which its author changes or withdraws the review."""
    return reverse("review_own", args=[_token("review", review)])


def find_invitation(token: str) -> Invitation | None:
    """Return the request behind a signed token, expired or not; None when there is none."""
    rows = Invitation.objects.select_related("order", "product", "order_line")
    return _find("invitation", token, rows)


def find_stop(token: str) -> Invitation | None:
    """Return the request whose mail held this link to stop; None when there is none."""
    return _find("stop", token, Invitation.objects.select_related("order"))


def find_review(token: str) -> Review | None:
    """Return the review whose author holds this signed token; None when there is none."""
    return _find("review", token, Review.objects.select_related("product", "current", "invitation"))


def _token(kind: str, row: Invitation | Review) -> str:
    return _signer(kind).sign(f"{row.pk}-{row.nonce}")


def _find(kind: str, token: str, rows: "QuerySet[Row]") -> Row | None:
    try:
        key, _, nonce = _signer(kind).unsign(token).partition("-")
    except BadSignature:
        return None
    return rows.filter(pk=key, nonce=nonce).first()


def _signer(kind: str) -> Signer:
    # A salt of its own for each kind: the token of a request does not open a review.
    return Signer(sep=_SEPARATOR, salt=f"reviews.{kind}")
