"""What the claims check reads of reviews (docs/claims.md): what the shop itself says beside them.

A visitor's own words are not the shop's: they have their rules in reviews/screening.py. Only whoever asks to
let one of their sentences stand reads them here.
"""

from claims.desk import PublishedText
from claims.row_texts import RowTexts, of_fields
from reviews import screening
from reviews.models import Campaign, Review, StaffReply

SHOP = "patch"


def _review_of(reply: StaffReply) -> Review:
    return reply.review


# A reply sells as well.
REPLY = RowTexts(
    model=StaffReply,
    pieces=of_fields("body", "role"),
    context=lambda reply: SHOP,
    is_public=lambda reply: reply.review.is_shown,
    edited_in=_review_of,
    related=("review",),
)
# What a campaign's label says stands beside every review that it earned, also after its end.
CAMPAIGN = RowTexts(model=Campaign, pieces=of_fields("label"), context=lambda campaign: SHOP)
ROWS = (REPLY, CAMPAIGN)


def words_of_key(key: str) -> list[PublishedText]:
    """Return the words of one review as its author wrote them last; none where there is no such review."""
    if not key.isdecimal():
        return []
    review = Review.objects.select_related("current").filter(pk=int(key)).first()
    if review is None:
        return []
    return screening.texts_of(screening.words_of(review.current), review.pk)
