from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from products import stock
from products.models import Reservation, StockMovement, Variant
from tests.factories import make_variant

pytestmark = pytest.mark.django_db

Kind = StockMovement.Kind


def numbers(variant: Variant) -> tuple[int, int]:
    """On hand and reserved, as the database has them; fails when the books say otherwise."""
    variant.refresh_from_db()
    moved = variant.movements.aggregate(sum=Sum("quantity"))["sum"] or 0
    promised = variant.reservations.aggregate(sum=Sum("quantity"))["sum"] or 0
    assert (variant.stock_on_hand, variant.stock_reserved) == (moved, promised)
    return variant.stock_on_hand, variant.stock_reserved


def test_reserving_holds_packs_and_leaves_them_on_hand():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    assert numbers(variant) == (10, 3)
    assert variant.available == 7
    row = Reservation.objects.get()
    assert (row.reference, row.quantity, row.state) == ("A1", 3, Reservation.State.HELD)


def test_the_last_pack_can_be_reserved_and_then_no_more():
    variant = make_variant(on_hand=2)
    stock.reserve(reference="A1", quantities={variant.pk: 2})
    with pytest.raises(stock.OutOfStock) as refusal:
        stock.reserve(reference="A2", quantities={variant.pk: 1})
    assert (refusal.value.variant, refusal.value.available) == (variant, 0)
    assert numbers(variant) == (2, 2)


def test_reserving_is_all_or_nothing():
    plenty, scarce = make_variant(on_hand=10), make_variant(on_hand=1)
    with pytest.raises(stock.OutOfStock) as refusal:
        stock.reserve(reference="A1", quantities={plenty.pk: 5, scarce.pk: 2})
    assert (refusal.value.variant, refusal.value.available) == (scarce, 1)
    assert numbers(plenty) == (10, 0)
    assert numbers(scarce) == (1, 0)


@pytest.mark.parametrize("quantity", [0, -1])
def test_reserving_less_than_one_is_refused(quantity):
    variant = make_variant(on_hand=10)
    with pytest.raises(stock.StockRefused):
        stock.reserve(reference="A1", quantities={variant.pk: quantity})
    assert numbers(variant) == (10, 0)


def test_one_reference_reserves_once():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 1})
    with pytest.raises(stock.StockRefused):
        stock.reserve(reference="A1", quantities={variant.pk: 1})
    assert numbers(variant) == (10, 1)


def test_an_unknown_variant_cannot_be_reserved():
    with pytest.raises(Variant.DoesNotExist):
        stock.reserve(reference="A1", quantities={987_654: 1})
    assert not Reservation.objects.exists()


def test_allocating_marks_the_hold_as_paid_and_moves_no_stock():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    assert stock.allocate(reference="A1") == 3
    assert stock.allocate(reference="A1") == 3
    assert Reservation.objects.get().state == Reservation.State.ALLOCATED
    assert numbers(variant) == (10, 3)


def test_allocating_says_when_nothing_is_held():
    assert stock.allocate(reference="gone") == 0


def test_releasing_gives_everything_back_once():
    first, second = make_variant(on_hand=10), make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={first.pk: 3, second.pk: 2})
    stock.reserve(reference="A2", quantities={first.pk: 1})
    assert stock.release(reference="A1") == 5
    assert stock.release(reference="A1") == 0
    assert numbers(first) == (10, 1)
    assert numbers(second) == (10, 0)


def test_releasing_a_part_keeps_the_rest():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    stock.release_some(reference="A1", quantities={variant.pk: 1})
    assert numbers(variant) == (10, 2)
    stock.release_some(reference="A1", quantities={variant.pk: 2})
    assert numbers(variant) == (10, 0)
    assert not Reservation.objects.exists()


@pytest.mark.parametrize("quantity", [-1, 0, 4])
def test_releasing_more_than_is_reserved_is_refused(quantity):
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    with pytest.raises(stock.StockRefused):
        stock.release_some(reference="A1", quantities={variant.pk: quantity})
    assert numbers(variant) == (10, 3)


def test_shipping_takes_packs_off_the_shelf_and_writes_it_down():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    stock.ship(reference="A1", quantities={variant.pk: 2})
    assert numbers(variant) == (8, 1)
    movement = StockMovement.objects.get(kind=Kind.SOLD)
    assert (movement.quantity, movement.reference) == (-2, "A1")


def test_shipping_in_several_parcels_ends_at_nothing_reserved():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 3})
    stock.ship(reference="A1", quantities={variant.pk: 1})
    stock.ship(reference="A1", quantities={variant.pk: 2})
    assert numbers(variant) == (7, 0)


def test_shipping_what_is_not_reserved_is_refused_as_a_whole():
    first, second = make_variant(on_hand=10), make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={first.pk: 1})
    with pytest.raises(stock.StockRefused):
        stock.ship(reference="A1", quantities={first.pk: 1, second.pk: 1})
    assert numbers(first) == (10, 1)
    assert numbers(second) == (10, 0)


@pytest.mark.parametrize("quantity", [-2, 0])
def test_shipping_less_than_one_is_refused(quantity):
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 1})
    with pytest.raises(stock.StockRefused):
        stock.ship(reference="A1", quantities={variant.pk: quantity})
    assert numbers(variant) == (10, 1)


@pytest.mark.parametrize(
    ("kind", "quantity", "left"),
    [
        (Kind.RECEIVED, 5, 15),
        (Kind.RETURNED, 1, 11),
        (Kind.COUNTED, 2, 12),
        (Kind.COUNTED, -2, 8),
        (Kind.LOST, -10, 0),
    ],
)
def test_a_movement_changes_what_is_on_hand(kind, quantity, left, django_user_model):
    variant = make_variant(on_hand=10)
    clerk = django_user_model.objects.create(email="clerk@example.com")
    stock.move(variant_id=variant.pk, kind=kind, quantity=quantity, reason="why", actor=clerk)
    assert numbers(variant) == (left, 0)
    movement = StockMovement.objects.order_by("pk").last()
    assert (movement.kind, movement.quantity, movement.actor) == (kind, quantity, clerk)


@pytest.mark.parametrize(
    ("kind", "quantity", "says"),
    [
        (Kind.RECEIVED, -1, "above zero"),
        (Kind.RETURNED, -1, "above zero"),
        (Kind.LOST, 1, "below zero"),
        (Kind.SOLD, 1, "below zero"),
        (Kind.COUNTED, 0, "nothing would change"),
        (Kind.LOST, -11, "promised"),
    ],
)
def test_a_movement_that_cannot_be_is_refused(kind, quantity, says):
    variant = make_variant(on_hand=10)
    with pytest.raises(stock.StockRefused, match=says):
        stock.move(variant_id=variant.pk, kind=kind, quantity=quantity, reason="why")
    assert numbers(variant) == (10, 0)
    assert StockMovement.objects.count() == 1


def test_promised_packs_cannot_be_booked_away():
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 4})
    with pytest.raises(stock.StockRefused, match="promised"):
        stock.move(variant_id=variant.pk, kind=Kind.LOST, quantity=-7, reason="water")
    stock.move(variant_id=variant.pk, kind=Kind.LOST, quantity=-6, reason="water")
    assert numbers(variant) == (4, 4)


def test_a_movement_needs_a_reason_and_a_variant():
    variant = make_variant(on_hand=10)
    with pytest.raises(stock.StockRefused, match="why"):
        stock.move(variant_id=variant.pk, kind=Kind.COUNTED, quantity=1, reason="  ")
    with pytest.raises(Variant.DoesNotExist):
        stock.move(variant_id=987_654, kind=Kind.COUNTED, quantity=1, reason="why")
    assert numbers(variant) == (10, 0)


FALSE_VARIANTS: list[dict[str, Any]] = [
    {"stock_reserved": 11},
    {"stock_reserved": -1},
    {"stock_on_hand": -1},
    {"stock_on_hand": 1, "stock_reserved": 2},
    {"price_cents": 0},
    {"units": 0},
]


@pytest.mark.parametrize("values", FALSE_VARIANTS, ids=str)
def test_the_database_itself_refuses_a_false_variant(values):
    variant = make_variant(on_hand=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(**values)
    assert numbers(variant) == (10, 0)


FALSE_MOVEMENTS: list[dict[str, Any]] = [
    {"kind": Kind.COUNTED, "quantity": 0, "reason": "why"},
    {"kind": Kind.RECEIVED, "quantity": -1, "reason": "why"},
    {"kind": Kind.SOLD, "quantity": 1, "reason": "why"},
    {"kind": Kind.COUNTED, "quantity": 1, "reason": ""},
    {"kind": "given away", "quantity": 1, "reason": "why"},
]


@pytest.mark.parametrize("values", FALSE_MOVEMENTS, ids=str)
def test_the_database_itself_refuses_a_false_movement(values):
    variant = make_variant(on_hand=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMovement.objects.create(variant=variant, **values)


@pytest.mark.parametrize("values", [{"quantity": 0}, {"reference": "A1", "quantity": 1}], ids=str)
def test_the_database_itself_refuses_a_false_reservation(values):
    variant = make_variant(on_hand=10)
    stock.reserve(reference="A1", quantities={variant.pk: 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(variant=variant, **values)
