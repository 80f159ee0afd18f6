"""Stock: the only place that changes how many packs there are and how many are promised.

Every function works inside one transaction and touches variants in the order of their primary keys,
so two orders can wait for each other but never block each other for good.
"""

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F

from products.models import Reservation, StockMovement, Variant

Kind = StockMovement.Kind

# The signs that the database demands of each kind; a count may find more or fewer.
KINDS_THAT_ADD = frozenset({Kind.RECEIVED, Kind.RETURNED})
KINDS_THAT_TAKE = frozenset({Kind.SOLD, Kind.LOST})


class OutOfStock(Exception):
    """Fewer packs are left than wanted. `variant` and `available` say which and how many."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.available = max(variant.available, 0)
        super().__init__(f"{self.available} of {variant.sku} left")


class StockRefused(Exception):
    """A change that would promise or take more than there is. The message is for people."""


def reserve(*, reference: str, quantities: Mapping[int, int]) -> None:
    """Hold `quantities` ({variant id: packs}) for `reference`, all or nothing.

    Raises OutOfStock for the first variant of which too little is left, StockRefused when a quantity
    is below one or something is reserved for `reference` already.
    """
    _refuse_below_one(quantities)
    with transaction.atomic():
        if Reservation.objects.filter(reference=reference).exists():
            message = f"Packs are reserved for {reference} already."
            raise StockRefused(message)
        for variant_id, quantity in sorted(quantities.items()):
            _reserve_one(reference, variant_id, quantity)


def _reserve_one(reference: str, variant_id: int, quantity: int) -> None:
    # Check and change are one statement: between the two nobody can take the last pack.
    taken = Variant.objects.filter(
        pk=variant_id, stock_on_hand__gte=F("stock_reserved") + quantity
    ).update(stock_reserved=F("stock_reserved") + quantity)
    if not taken:
        raise OutOfStock(Variant.objects.get(pk=variant_id))
    Reservation.objects.create(variant_id=variant_id, reference=reference, quantity=quantity)


def allocate(*, reference: str) -> int:
    """Turn the hold of `reference` into an allocation: it is paid. Return how many packs it holds.

    Harmless when done already; 0 says that the hold has been released meanwhile.
    """
    with transaction.atomic():
        reserved = _locked(reference)
        Reservation.objects.filter(pk__in=[row.pk for row in reserved]).update(
            state=Reservation.State.ALLOCATED
        )
        return sum(row.quantity for row in reserved)


def release(*, reference: str) -> int:
    """Give back everything that is still reserved for `reference`; return how many packs."""
    released = 0
    with transaction.atomic():
        for reservation in _locked(reference):
            reservation.delete()
            _unreserve(reservation.variant_id, reservation.quantity)
            released += reservation.quantity
    return released


def release_some(*, reference: str, quantities: Mapping[int, int]) -> None:
    """Give back `quantities` ({variant id: packs}) of what is reserved for `reference`.

    Raises StockRefused when less is reserved or a quantity is below one.
    """
    with transaction.atomic():
        _take_from_reservations(reference, quantities)
        for variant_id, quantity in sorted(quantities.items()):
            _unreserve(variant_id, quantity)


def ship(
    *, reference: str, quantities: Mapping[int, int], actor: AbstractBaseUser | None = None
) -> None:
    """Take `quantities` ({variant id: packs}) of `reference` out of the shelves.

    Raises StockRefused when less is reserved for it or a quantity is below one.
    """
    with transaction.atomic():
        _take_from_reservations(reference, quantities)
        for variant_id, quantity in sorted(quantities.items()):
            Variant.objects.filter(pk=variant_id).update(
                stock_on_hand=F("stock_on_hand") - quantity,
                stock_reserved=F("stock_reserved") - quantity,
            )
            StockMovement.objects.create(
                variant_id=variant_id,
                kind=Kind.SOLD,
                quantity=-quantity,
                reason="Shipped",
                reference=reference,
                actor_id=actor.pk if actor else None,
            )


def move(  # noqa: PLR0913 (one for each column)
    *,
    variant_id: int,
    kind: StockMovement.Kind,
    quantity: int,
    reason: str,
    reference: str = "",
    actor: AbstractBaseUser | None = None,
    key: UUID | None = None,
) -> None:
    """Change the stock on hand by `quantity` packs (negative: fewer) and write down why.

    Does nothing when a movement with the same `key` has been booked already. Raises StockRefused when
    fewer would be left than orders have been promised, when the sign does not fit `kind` or the reason
    is missing; Variant.DoesNotExist for an unknown variant.
    """
    _refuse_wrong_sign(kind, quantity)
    if not reason.strip():
        message = "Say why the stock changes."
        raise StockRefused(message)
    movement = StockMovement(
        variant_id=variant_id,
        kind=kind,
        quantity=quantity,
        reason=reason,
        reference=reference,
        actor_id=actor.pk if actor else None,
        key=key,
    )
    try:
        with transaction.atomic():
            if not Variant.objects.filter(pk=variant_id).update(
                stock_on_hand=F("stock_on_hand") + quantity
            ):
                raise Variant.DoesNotExist
            movement.save()
    except IntegrityError as error:
        if key and StockMovement.objects.filter(key=key).exists():
            return
        left = Variant.objects.get(pk=variant_id)
        message = (
            f"At most {left.available} can be taken away: {left.stock_on_hand} are on hand, "
            f"{left.stock_reserved} of them are promised to orders."
        )
        raise StockRefused(message) from error


def _refuse_below_one(quantities: Mapping[int, int]) -> None:
    if any(quantity < 1 for quantity in quantities.values()):
        message = "A quantity below one pack was asked for."
        raise StockRefused(message)


def _refuse_wrong_sign(kind: StockMovement.Kind, quantity: int) -> None:
    if quantity == 0:
        message = "The quantity is zero, so nothing would change."
    elif quantity < 0 and kind in KINDS_THAT_ADD:
        message = f"“{kind.label}” adds packs: give a number above zero."
    elif quantity > 0 and kind in KINDS_THAT_TAKE:
        message = f"“{kind.label}” takes packs away: give a number below zero."
    else:
        return
    raise StockRefused(message)


def _locked(reference: str) -> list[Reservation]:
    return list(
        Reservation.objects.select_for_update().filter(reference=reference).order_by("variant_id")
    )


def _unreserve(variant_id: int, quantity: int) -> None:
    Variant.objects.filter(pk=variant_id).update(stock_reserved=F("stock_reserved") - quantity)


def _take_from_reservations(reference: str, quantities: Mapping[int, int]) -> None:
    _refuse_below_one(quantities)
    reserved = {row.variant_id: row for row in _locked(reference)}
    for variant_id, quantity in sorted(quantities.items()):
        row = reserved.get(variant_id)
        if row is None or row.quantity < quantity:
            message = f"{quantity} packs asked for, {row.quantity if row else 0} reserved."
            raise StockRefused(message)
        if row.quantity == quantity:
            row.delete()
        else:
            Reservation.objects.filter(pk=row.pk).update(quantity=F("quantity") - quantity)
