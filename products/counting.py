"""Counting the shelves: what is found is booked all at once, or not at all.

Who counts has seen how many the shop believed in. Where a pack has moved since (a parcel left
meanwhile), nobody can say what the count means, so nothing is booked and it is counted again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from products import stock
from products.models import Reservation, StockCount, StockCountLine, StockMovement, Variant

SHOWN_ORDERS = 10


@dataclass(frozen=True)
class Counted:
    """What was found of one pack. `seen` is the mark of the moment when the counting began."""

    variant_id: int
    packs: int
    seen: str


class CountRefused(Exception):
    """Nothing was booked. `problems` says for each pack ({variant id: sentence}) what is in the way."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


def marks() -> dict[int, str]:
    """Return for each active pack the mark of this moment: its last movement and how many there are."""
    return {pack.pk: _mark(pack) for pack in _with_last_movement(is_active=True)}


def check(rows: Sequence[Counted]) -> None:
    """Say whether `rows` could be booked now. Raises CountRefused; books nothing."""
    if problems := _problems(rows):
        raise CountRefused(problems)


def book(
    rows: Sequence[Counted],
    *,
    reason: str,
    key: UUID,
    now: datetime,
    actor: AbstractBaseUser | None = None,
) -> StockCount:
    """Write down a count, and book one movement for each difference, in one transaction.

    Returns the count; the same `key` again returns the first one and books nothing. Raises CountRefused
    when a pack has moved since it was seen or fewer were found than orders have been promised.
    """
    try:
        with transaction.atomic():
            return _book(rows, reason=reason, key=key, now=now, actor=actor)
    except IntegrityError:
        if earlier := StockCount.objects.filter(key=key).first():
            return earlier
        raise


def _book(
    rows: Sequence[Counted],
    *,
    reason: str,
    key: UUID,
    now: datetime,
    actor: AbstractBaseUser | None,
) -> StockCount:
    # The key first: whoever sends the form a second time waits here, and then finds it taken.
    count = StockCount.objects.create(
        reason=reason, key=key, counted_at=now, actor_id=actor.pk if actor else None
    )
    ids = sorted(row.variant_id for row in rows)
    held = {
        variant.pk: variant
        for variant in Variant.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    check(rows)
    for row in sorted(rows, key=lambda row: row.variant_id):
        _book_line(count, held[row.variant_id], row, actor)
    return count


def _book_line(
    count: StockCount, variant: Variant, row: Counted, actor: AbstractBaseUser | None
) -> None:
    difference = row.packs - variant.stock_on_hand
    StockCountLine.objects.create(
        count=count,
        variant=variant,
        expected=variant.stock_on_hand,
        counted=row.packs,
        difference=difference,
    )
    if difference:
        stock.move(
            variant_id=variant.pk,
            kind=StockMovement.Kind.COUNTED,
            quantity=difference,
            reason=count.reason,
            reference=str(count),
            actor=actor,
        )


def _with_last_movement(**which: Any) -> QuerySet[Any]:
    return Variant.objects.filter(**which).annotate(last=Max("movements")).order_by("pk")


def _mark(pack: Any) -> str:
    return f"{pack.stock_on_hand}.{pack.last or 0}"


def _problems(rows: Sequence[Counted]) -> dict[int, str]:
    found = _with_last_movement(pk__in=[row.variant_id for row in rows])
    variants = {pack.pk: pack for pack in found}
    problems = {}
    for row in rows:
        variant = variants.get(row.variant_id)
        if variant is None:
            problems[row.variant_id] = "This pack is not there any more."
        elif row.seen != _mark(variant):
            problems[row.variant_id] = _moved(row.seen, variant)
        elif row.packs < variant.stock_reserved:
            problems[row.variant_id] = _promised(variant)
    return problems


def _moved(seen: str, variant: Variant) -> str:
    before = seen.partition(".")[0]
    changed = (
        f"from {before} to {variant.stock_on_hand}"
        if before.isdecimal() and before != str(variant.stock_on_hand)
        else "and came back to the same number"
    )
    return (
        f"The stock moved while you counted, {changed}, so nothing was booked. "
        "Please count this pack again."
    )


def _promised(variant: Variant) -> str:
    found = Reservation.objects.filter(variant=variant).order_by("created_at", "pk")
    orders = list(found.values_list("reference", flat=True)[: SHOWN_ORDERS + 1])
    named = ", ".join(orders[:SHOWN_ORDERS]) + (" and more" if len(orders) > SHOWN_ORDERS else "")
    return (
        f"{variant.stock_reserved} are promised to orders ({named}). "
        "Cancel or refund one of them before you book fewer."
    )
