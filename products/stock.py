"""Stock: the only place that changes how many packs there are and how many are promised.

Every function works inside one transaction and touches variants in the order of their primary keys,
so two orders can wait for each other but never block each other for good.
"""

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F

from products.models import Reservation, StockMovement, Variant


class OutOfStock(Exception):
    """Fewer packs are left than wanted. `variant` and `available` say which and how many."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.available = max(variant.available, 0)
        super().__init__(f"{self.available} of {variant.sku} left")


class StockRefused(Exception):
    """A change that would promise or take more than there is."""


def reserve(*, reference: str, quantities: Mapping[int, int]) -> None:
    """Hold `quantities` ({variant id: packs}) for `reference`, all or nothing.

    Raises OutOfStock for the first variant of which too little is left.
    """
    with transaction.atomic():
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


def allocate(*, reference: str) -> None:
    """Turn the hold of `reference` into an allocation: it is paid. Harmless when done already."""
    Reservation.objects.filter(reference=reference).update(state=Reservation.State.ALLOCATED)


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

    Raises StockRefused when less is reserved.
    """
    with transaction.atomic():
        _take_from_reservations(reference, quantities)
        for variant_id, quantity in sorted(quantities.items()):
            _unreserve(variant_id, quantity)


def ship(
    *, reference: str, quantities: Mapping[int, int], actor: AbstractBaseUser | None = None
) -> None:
    """Take `quantities` ({variant id: packs}) of `reference` out of the shelves.

    Raises StockRefused when less is reserved for it.
    """
    with transaction.atomic():
        _take_from_reservations(reference, quantities)
        for variant_id, quantity in sorted(quantities.items()):
            Variant.objects.filter(pk=variant_id).update(
                stock_on_hand=F("stock_on_hand") - quantity,
                stock_reserved=F("stock_reserved") - quantity,
            )
            _record(variant_id, StockMovement.Kind.SOLD, -quantity, "Shipped", reference, actor)


def move(
    *,
    variant_id: int,
    kind: StockMovement.Kind,
    quantity: int,
    reason: str,
    reference: str = "",
    actor: AbstractBaseUser | None = None,
) -> None:
    """Change the stock on hand by `quantity` packs (negative: fewer) and write down why.

    Raises StockRefused when fewer would be left than orders have been promised, or when the sign does
    not fit `kind`.
    """
    try:
        with transaction.atomic():
            Variant.objects.filter(pk=variant_id).update(
                stock_on_hand=F("stock_on_hand") + quantity
            )
            _record(variant_id, kind, quantity, reason, reference, actor)
    except IntegrityError as error:
        message = "Orders have been promised more than would be left, or the sign is wrong."
        raise StockRefused(message) from error


def _record(
    variant_id: int,
    kind: StockMovement.Kind,
    quantity: int,
    reason: str,
    reference: str,
    actor: AbstractBaseUser | None,
) -> None:
    StockMovement.objects.create(
        variant_id=variant_id,
        kind=kind,
        quantity=quantity,
        reason=reason,
        reference=reference,
        actor_id=actor.pk if actor else None,
    )


def _locked(reference: str) -> list[Reservation]:
    return list(
        Reservation.objects.select_for_update().filter(reference=reference).order_by("variant_id")
    )


def _unreserve(variant_id: int, quantity: int) -> None:
    Variant.objects.filter(pk=variant_id).update(stock_reserved=F("stock_reserved") - quantity)


def _take_from_reservations(reference: str, quantities: Mapping[int, int]) -> None:
    reserved = {row.variant_id: row for row in _locked(reference)}
    for variant_id, quantity in sorted(quantities.items()):
        row = reserved.get(variant_id)
        if row is None or row.quantity < quantity or quantity < 1:
            message = f"{quantity} packs asked for, {row.quantity if row else 0} reserved."
            raise StockRefused(message)
        if row.quantity == quantity:
            row.delete()
        else:
            Reservation.objects.filter(pk=row.pk).update(quantity=F("quantity") - quantity)
