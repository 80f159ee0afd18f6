"""What an export of reviews holds: its tables, their columns, and what each means in plain words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Model

from reviews.models import CampaignCode, Flag, Invitation, LogEntry, Review, ReviewVersion
from reviews.sealing import WORDS

CHUNK = 2000

Cell = str | int | bool | date | datetime | None
Value = Callable[[Any], Cell]


@dataclass(frozen=True)
class Table:
    """One file of the export. `columns` are (name, what it means, how it is read from a row)."""

    file: str
    about: str
    columns: tuple[tuple[str, str, Value], ...]
    rows: Callable[[], Iterator[Any]]

    def cells(self) -> Iterator[list[str]]:
        """Yield the rows as texts; memory does not grow with their number."""
        for row in self.rows():
            yield [written(value(row)) for _, _, value in self.columns]


def written(value: Cell) -> str:
    """Return a value as it stands in a cell; one that a spreadsheet would run begins with an apostrophe.

    So does one that begins with an apostrophe itself: whoever takes one away has what was there.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r", "'"} else text


def _of(path: str) -> Value:
    names = path.split(".")

    def value(row: Any) -> Cell:
        for name in names:
            row = getattr(row, name, None)
        return row  # type: ignore[no-any-return]

    return value


def _columns(*pairs: tuple[str, str, str]) -> tuple[tuple[str, str, Value], ...]:
    return tuple((name, words, _of(path)) for name, words, path in pairs)


def _all(model: type[Model], order: str, *joined: str) -> Callable[[], Iterator[Any]]:
    def rows() -> Iterator[Any]:
        found = model._default_manager.select_related(*joined).order_by(*order.split())
        return found.iterator(chunk_size=CHUNK)

    return rows


@dataclass(frozen=True)
class _Person:
    number: int | None
    order_number: str
    email: str


def _people() -> Iterator[_Person]:
    """Yield the authors whose address is known, then the buyers who were asked."""
    for review in _all(Review, "number", "order_line__order")():
        if review.email:
            order = review.order_line.order.number if review.order_line else ""
            yield _Person(review.number, order, review.email)
    for asked in _all(Invitation, "order__number product__slug", "order")():
        yield _Person(None, asked.order.number, asked.order.email)


# How the words of a version are called here where their own name says too little.
_WORDS = {"body": ("text", "What was written, without web addresses.")}
_OF_A_WORD = {
    "author_name": "The name that is shown.",
    "stars": "One to five.",
    "title": "Its title; may be empty.",
    "skin_type": "What the author says of their skin.",
    "worn_on": "Where the patch was worn.",
    "held": "How long it held.",
    "used_for": "How long the author had used the product.",
    "skin_reacted": "Whether the author ticked that the skin reacted; empty: not asked or not answered.",
    "photo_digest": "SHA-256 of the photo as we keep it; empty without one.",
}


def _word(name: str) -> tuple[str, str, str]:
    title, words = _WORDS.get(
        name, (name, _OF_A_WORD.get(name, "A rating, one to five, or empty."))
    )
    return title, words, name


REVIEWS = Table(
    "reviews.csv",
    "Every submission there ever was, one row each, in every state.",
    _columns(
        ("number", "Its public number. Numbers have no gap.", "number"),
        ("product", "What it is about.", "product.slug"),
        ("state", "Where it stands: waiting, shown, withheld or withdrawn.", "state"),
        ("reason", "Why it is withheld; empty in every other state.", "reason"),
        ("state_at", "Since when it stands there.", "state_at"),
        ("stars", "One to five, of its newest version.", "stars"),
        ("version", "Which version is the newest.", "current.place"),
        (
            "bought_here",
            "Whether an order of ours proves a purchase. Nobody can set it.",
            "is_verified",
        ),
        ("order_number", "The order that proves it.", "order_line.order.number"),
        ("source", "How it came: request, site or import.", "source"),
        ("origin", "Of an imported one: where it stood.", "origin"),
        ("origin_date", "Of an imported one: its day there.", "origin_date"),
        ("proof", "Of an imported one: what shows that.", "proof"),
        (
            "incentive_label",
            "The label of a thank-you that its author was promised.",
            "incentive_label",
        ),
        ("insider_label", "What ties its author to the shop.", "insider_label"),
        ("received_at", "When it came.", "received_at"),
        ("written_at", "The date beside it on the page.", "written_at"),
        ("photo_state", "Where its photo stands, on its own.", "photo_state"),
        ("photo_reason", "Why the photo is withheld.", "photo_reason"),
        ("helpful_votes", "How many visitors found it helpful.", "helpful_count"),
        ("may_be_quoted", "Whether the rules allow to quote it elsewhere.", "is_promotable"),
        ("reports_reaction", "Whether it reports a skin reaction.", "reports_reaction"),
        ("reports_no_effect", "Whether it says that nothing happened.", "reports_no_effect"),
        ("rules_version", "By which rules it was read last.", "rules_version"),
        ("invented", "Whether it was invented to show how the shop looks.", "is_demo"),
        ("reply", "The shop's answer below it.", "reply.body"),
        ("reply_role", "Who speaks in the answer.", "reply.role"),
        ("reply_by", "Which user wrote the answer.", "reply.by"),
        ("replied_at", "When.", "reply.replied_at"),
    ),
    _all(Review, "number", "product", "current", "order_line__order", "reply"),
)
VERSIONS = Table(
    "versions.csv",
    "Every version of every review, as its author wrote it. Empty where the author wished it erased.",
    _columns(
        ("number", "The public number of the review.", "review.number"),
        ("version", "Counted from 1.", "place"),
        ("written_at", "When it came.", "written_at"),
        *(_word(name) for name in WORDS),
        ("links_removed", "How many web addresses were taken out.", "links_removed"),
        ("words_hash", "SHA-256 of the words alone, to find the same ones.", "words_hash"),
        ("erased", "Whether its words were erased at the author's wish.", "is_erased"),
    ),
    _all(ReviewVersion, "review__number place", "review"),
)
LOG = Table(
    "log.csv",
    "Every act, in order, chained by hashes. The public log shows it without the last four columns.",
    _columns(
        ("sequence", "Counted from 1, without a gap.", "sequence"),
        (
            "previous_hash",
            "The hash of the entry before; 64 zeros before the first.",
            "previous_hash",
        ),
        ("number", "The public number of the review.", "number"),
        ("kind", "What happened.", "kind"),
        ("stars", "The stars that the review had then; 0 while nobody had decided on it.", "stars"),
        ("bought_here", "Whether an order proved a purchase.", "is_verified"),
        ("source", "How the review came.", "source"),
        ("reason", "Why it was withheld.", "reason"),
        ("digest", "SHA-256 of what the public log does not show, see above.", "digest"),
        ("at", "When, in UTC.", "at"),
        ("hash", "SHA-256 of all columns before this one, see above.", "hash"),
        ("version", "The version that it is about.", "version.place"),
        ("actor", "Which user decided; empty: the rules or the author.", "actor"),
        ("note", "Which words it was about, as the author was told.", "note"),
        ("salt", "What keeps a digest from being guessed.", "salt"),
    ),
    _all(LogEntry, "sequence", "version"),
)
FLAGS = Table(
    "flags.csv",
    "What the rules noticed. No rule knows the stars.",
    _columns(
        ("number", "The public number of the review.", "version.review.number"),
        ("version", "Of which version.", "version.place"),
        ("kind", "What was noticed.", "kind"),
        ("detail", "The words or numbers that it is about.", "detail"),
        ("flagged_at", "When.", "flagged_at"),
    ),
    _all(Flag, "version__review__number version__place kind", "version__review"),
)
REQUESTS = Table(
    "requests.csv",
    "Every request for a review: one for each product of each delivered order, to all buyers alike.",
    _columns(
        ("order_number", "The order.", "order.number"),
        ("product", "The product.", "product.slug"),
        ("delivered_at", "When the parcel came, known or by how long it takes.", "delivered_at"),
        ("due_at", "When the request was to be sent.", "due_at"),
        ("mailed_at", "When it was sent; empty: not yet or stopped.", "mailed_at"),
        ("reminded_at", "When the one reminder was sent.", "reminded_at"),
        ("stopped_at", "When its receiver stopped all requests.", "stopped_at"),
        ("expires_at", "Until when its link opens.", "expires_at"),
        ("campaign", "The campaign whose thank-you was promised in it.", "campaign.name"),
        ("incentive_label", "The label that goes beside its review.", "incentive_label"),
        ("number", "The public number of the review that answered it.", "review.number"),
    ),
    _all(Invitation, "order__number product__slug", "order", "product", "campaign", "review"),
)
CODES = Table(
    "codes.csv",
    "Every thank-you that was issued, at the moment of submission and before any decision.",
    _columns(
        ("order_number", "The order whose buyer got it.", "invitation.order.number"),
        ("number", "The public number of the review.", "invitation.review.number"),
        ("campaign", "The campaign.", "invitation.campaign.name"),
        (
            "percent_basis_points",
            "What it is worth in percent; 1000 is 10 %.",
            "discount.percent_basis_points",
        ),
        ("amount_cents", "Or in cents.", "discount.amount_cents"),
        ("issued_at", "When.", "issued_at"),
    ),
    _all(
        CampaignCode,
        "invitation__order__number invitation__product__slug",
        *("invitation__order", "invitation__review", "invitation__campaign", "discount"),
    ),
)
PEOPLE = Table(
    "people.csv",
    "The addresses of authors, and of buyers who were asked. Personal data, so it can be left out.",
    _columns(
        ("number", "The public number of the review; empty for a request.", "number"),
        ("order_number", "The order, where one is known.", "order_number"),
        ("email", "The address.", "email"),
    ),
    _people,
)
TABLES = (REVIEWS, VERSIONS, LOG, FLAGS, REQUESTS, CODES)
