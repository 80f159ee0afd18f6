"""Reviews from elsewhere: first what each line of a file would do, then every line that can be taken.

They go the way of any review (reviews/submitting.py): a number, the log, the rules. None counts as bought here
unless its order number and its address fit an order of ours that has shipped the product, so long ago that its
buyer is not asked any more. Each line is stored
on its own: what stops in the middle is run again, and a line that is here already adds nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from orders.models import OrderLine, Shipment
from products.models import Product
from reviews import duplicates, import_file, invitations, log, submitting, wording
from reviews.import_file import Reading, Row
from reviews.models import Invitation, Review, Source
from reviews.submitting import Origin
from shop.lib.file_plans import FilePlan, Line


class Outcome(StrEnum):
    """What becomes of a line."""

    ADDED = "added"
    SAME = "here already"
    REFUSED = "refused"


@dataclass(frozen=True)
class Plan(FilePlan):
    """What a file does. `unknown` are columns that nothing is done with."""

    outcomes = Outcome

    unknown: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether no line would add a review."""
        return self.count(Outcome.ADDED) == 0


# What makes two lines the same review: where it stood, its day, its name and its words.
Mark = tuple[str, date, str, str]


def plan(text: str, *, now: datetime, most_reviews: int | None = None) -> Plan:
    """Return what carry_out() would do with the file `text`. Nothing is stored. Raises UnreadableFile."""
    reading = import_file.read(text, today=timezone.localdate(now), most_reviews=most_reviews)
    return _go_through(reading, now, is_dry=True)


def carry_out(text: str, *, now: datetime, most_reviews: int | None = None) -> Plan:
    """Take in every line of the file `text` that can be; return what became of each.

    Raises import_file.UnreadableFile, and stores nothing then.
    """
    reading = import_file.read(text, today=timezone.localdate(now), most_reviews=most_reviews)
    return _go_through(reading, now, is_dry=False)


def _go_through(reading: Reading, now: datetime, *, is_dry: bool) -> Plan:
    lines = [Line(one.number, Outcome.REFUSED, one.words) for one in reading.refused]
    products = _Products()
    seen: dict[Mark, int] = {}
    taken: set[int] = set()
    for row in reading.rows:
        if (product := products.by_slug(row.product)) is None:
            words = f"product: there is none with the address “{row.product}”."
            lines.append(Line(row.number, Outcome.REFUSED, words))
        elif (earlier := seen.setdefault(_mark(row), row.number)) != row.number:
            lines.append(Line(row.number, Outcome.SAME, f"The same as line {earlier}."))
        else:
            lines.append(_take(row, product, taken, now, is_dry=is_dry))
    return Plan(sorted(lines, key=lambda line: line.number), reading.unknown)


def _take(row: Row, product: Product, taken: set[int], now: datetime, *, is_dry: bool) -> Line:
    """Store one line, or say what storing it would do; `taken` are order lines of lines before it."""
    # The lock of the log: nobody adds the same review, or one of the same order line, in between.
    with transaction.atomic():
        if not is_dry:
            log.locked_head()
        if known := _known(row):
            return known
        order_line = _order_line(row, product, taken, now)
        if order_line is not None:
            taken.add(order_line)
        words = _standing(row, bought=order_line is not None)
        if not is_dry:
            origin = Origin(
                product=product,
                source=Source.IMPORT,
                email=row.email,
                order_line_id=order_line,
                imported_from=row.source,
                imported_date=row.day,
                proof=row.proof,
            )
            review = submitting.receive(row.content, origin, now=now)
            words = f"Review {review.number}. {words}"
    return Line(row.number, Outcome.ADDED, words)


def _known(row: Row) -> Line | None:
    """Say that a line is here already; an erased review stays away also when its file is read again."""
    place = {"source": Source.IMPORT, "origin": row.source, "origin_date": row.day}
    body = wording.without_links(row.content.body)[0]
    words = {
        "versions__author_name": row.content.author_name,
        "versions__words_hash": duplicates.words_hash(body),
    }
    if not duplicates.words_of(body):
        words["versions__body"] = body  # in letters that the hash does not know
    reviews = Review.objects.filter(**place).order_by("number")
    if found := reviews.filter(versions__place=1, **words).first():
        return Line(row.number, Outcome.SAME, f"Review {found.number}.")
    gone = {"versions__author_name": "", "versions__body": "", "proof": row.proof}
    erased = reviews.filter(versions__place=1, **gone).first()
    if erased is None:
        return None
    reason = (
        f"It may be review {erased.number}, whose words were erased at its author's wish: same place, "
        "day and proof."
    )
    return Line(row.number, Outcome.REFUSED, reason)


def _order_line(row: Row, product: Product, taken: set[int], now: datetime) -> int | None:
    """Return the line of an order that makes its author a buyer; None where nothing proves one.

    One review for each order, and none where its buyer is asked by us or may still be: an import must not
    take a buyer's place.
    """
    if not (row.order_number and row.email):
        return None
    reviewed = Review.objects.filter(product=product, order_line__isnull=False)
    asked = Invitation.objects.filter(product=product, expires_at__gt=now)
    recent = Shipment.objects.filter(shipped_at__gte=now - invitations.LOOK_BACK)
    fitting = OrderLine.objects.filter(
        order__number=row.order_number,
        order__email__iexact=row.email,
        variant__product=product,
        quantity_shipped__gt=0,
    ).exclude(
        Q(order__in=reviewed.values("order_line__order"))
        | Q(order__in=asked.values("order"))
        | Q(order__in=recent.values("order"))
        | Q(order__lines__in=taken)
    )
    return fitting.order_by("pk").values_list("pk", flat=True).first()


def _standing(row: Row, *, bought: bool) -> str:
    about = f"{row.content.author_name or 'No name'}, {row.day}, {row.source}"
    if bought:
        return f"{about}: bought here, order {row.order_number}."
    if row.order_number:
        return f"{about}: not bought here, no shipped order fits its number and address."
    return f"{about}: not bought here."


def _mark(row: Row) -> Mark:
    body = wording.without_links(row.content.body)[0]
    words = " ".join(duplicates.words_of(body)) or body
    digest = hashlib.sha256(words.encode()).hexdigest()
    return row.source, row.day, row.content.author_name, digest


class _Products:
    """The products that a file names, each asked for once."""

    def __init__(self) -> None:
        self._found: dict[str, Product | None] = {}

    def by_slug(self, slug: str) -> Product | None:
        """Return the product, that of the shop's front page for an empty slug; None if there is none."""
        slug = slug or settings.PRIMARY_PRODUCT_SLUG
        if slug not in self._found:
            self._found[slug] = Product.objects.filter(slug=slug).first()
        return self._found[slug]
