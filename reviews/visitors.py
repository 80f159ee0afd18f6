"""What visitors send us: how often anybody may, and whose review it is then.

Only what is taken counts against a limit, so that nobody is shut out for correcting a field; photos count
when they are looked at, for that is work. What is kept of a network is a hash with the day in it.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from products.models import Product
from reviews import submitting
from reviews.models import Invitation, Review, ReviewVersion, Source
from reviews.submitting import Content, Origin
from throttle.limits import Limit, admit, digest_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FROM_A_NETWORK = 5  # by the open form, in an hour
BY_AN_ADDRESS = 3  # by the open form, in a day: each one sends a mail there
CHANGES = 10  # of one review, in a day
PHOTOS = 30  # from one network, in an hour


class TooOften(Exception):
    """That was often. `opens_at` is when it works again."""

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__()


def write(
    content: Content, about: Product, *, email: str, tie: str, sender: str, now: datetime
) -> Review:
    """Take a review that nobody asked for; it is never marked as a buyer's.

    `sender` is the network (throttle.limits.address_block), `tie` one of Insider.Tie or empty. Raises
    TooOften, then nothing is stored.
    """
    limits = [
        Limit("review_network", sender, FROM_A_NETWORK, HOUR),
        Limit("review_address", email.strip().lower(), BY_AN_ADDRESS, DAY),
    ]
    _admit(limits, now)
    origin = Origin(
        product=about, source=Source.SITE, email=email, sender=digest_of(sender, now), tie=tie
    )
    return submitting.receive(content, origin, now=now)


def answer(
    invitation: Invitation, content: Content, *, tie: str, sender: str, now: datetime
) -> Review:
    """Take the answer to a request: the review of a buyer. A second one is the first one.

    Raises submitting.RequestEnded.
    """
    origin = Origin(
        product=invitation.product,
        source=Source.REQUEST,
        email=invitation.order.email,
        sender=digest_of(sender, now),
        tie=tie,
        invitation=invitation,
    )
    try:
        return submitting.receive(content, origin, now=now)
    except submitting.AlreadyReviewed as already:
        return already.review


def answered(invitation: Invitation) -> Review | None:
    """Return the review that answered this request, or an imported one of the same order line, if any."""
    is_answer = Q(invitation=invitation) | Q(order_line=invitation.order_line_id)
    return Review.objects.filter(is_answer).first()


def change(review: Review, content: Content, *, now: datetime) -> bool:
    """Take an author's new version; return whether there was anything new in it.

    The same once more is no version, unless it brings a withdrawn review back. Raises TooOften, then
    nothing is stored.
    """
    if _says_the_same(review, content) and review.state != Review.State.WITHDRAWN:
        return False
    _admit([Limit("review_change", str(review.number), CHANGES, DAY)], now)
    submitting.edit(review.pk, content, now=now)
    return True


def admit_photo(sender: str, *, now: datetime) -> None:
    """Count a photo that is about to be looked at. Raises TooOften."""
    _admit([Limit("review_photo", sender, PHOTOS, HOUR)], now)


def content_of(version: ReviewVersion) -> Content:
    """Return what an author wrote, to begin a change with; its photo stays unless told otherwise."""
    photo = getattr(version, "photo", None)
    return Content(
        title=version.title,
        body=version.body,
        photo_alt=photo.alt if photo else "",
        keeps_photo=photo is not None,
        **{name: getattr(version, name) for name in submitting.COPIED},
    )


def suggested_name(full_name: str) -> str:
    """Return first name and initial of a name: "Jo Doe" → "Jo D."; empty where nothing can be said."""
    words = full_name.split()
    if not words:
        return ""
    last = words[-1]
    initial = f" {last[0].upper()}." if len(words) > 1 and last[0].isalpha() else ""
    return f"{words[0][:40]}{initial}"


def _admit(limits: list[Limit], now: datetime) -> None:
    if opens_at := admit(limits, now=now):
        raise TooOften(opens_at)


def _says_the_same(review: Review, content: Content) -> bool:
    return (
        review.current is not None
        and content.photo is None
        and content == content_of(review.current)
    )
