"""Fifty buyers, ten packs, real threads on a real database: with the guard and with it off."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.models import F

from products import stock
from products.models import Reservation, StockMovement, Variant
from tests.factories import make_variant
from tests.races.at_once import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

BUYERS = 50
PACKS = 10


def race(buy: Callable[[int], object]) -> Counter[str]:
    """Let all buyers run at once; return how often each outcome came ("ok" or the error's name)."""
    outcomes = at_once([partial(buy, number) for number in range(BUYERS)])
    return Counter(
        type(outcome).__name__ if isinstance(outcome, Exception) else "ok" for outcome in outcomes
    )


def test_the_last_packs_are_promised_exactly_once():
    variant = make_variant(on_hand=PACKS)

    def buy(number):
        stock.reserve(reference=f"R{number}", quantities={variant.pk: 1})

    assert race(buy) == {"ok": PACKS, "OutOfStock": BUYERS - PACKS}
    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (PACKS, PACKS)
    assert Reservation.objects.count() == PACKS


def test_buyers_of_two_packs_in_opposite_order_do_not_block_each_other():
    first, second = make_variant(on_hand=PACKS), make_variant(on_hand=PACKS)

    def buy(number):
        pair = [(first.pk, 1), (second.pk, 1)]
        stock.reserve(
            reference=f"R{number}", quantities=dict(pair if number % 2 else reversed(pair))
        )

    assert race(buy) == {"ok": PACKS, "OutOfStock": BUYERS - PACKS}
    assert Reservation.objects.count() == 2 * PACKS


def test_a_hold_released_many_times_at_once_is_given_back_once():
    variant = make_variant(on_hand=PACKS)
    stock.reserve(reference="A1", quantities={variant.pk: 4})
    stock.reserve(reference="A2", quantities={variant.pk: 1})
    assert race(lambda number: stock.release(reference="A1")) == {"ok": BUYERS}
    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (PACKS, 1)


def test_one_booking_that_arrives_many_times_is_booked_once():
    variant = make_variant(on_hand=PACKS)
    key = uuid4()

    def book(number):
        counted = StockMovement.Kind.COUNTED
        stock.move(variant_id=variant.pk, kind=counted, quantity=3, reason="Count", key=key)

    assert race(book) == {"ok": BUYERS}
    variant.refresh_from_db()
    assert variant.stock_on_hand == PACKS + 3
    assert StockMovement.objects.count() == 2


def test_without_the_guard_the_same_race_sells_what_is_not_there():
    variant = make_variant(on_hand=PACKS)
    everybody_has_looked = Barrier(BUYERS, timeout=60)

    def buy_carelessly(number):
        seen = Variant.objects.get(pk=variant.pk)
        assert seen.available >= 1
        everybody_has_looked.wait()
        Variant.objects.filter(pk=seen.pk).update(stock_reserved=seen.stock_reserved + 1)

    assert race(buy_carelessly) == {"ok": BUYERS}
    variant.refresh_from_db()
    # Fifty buyers were told yes, and the books know of one.
    assert variant.stock_reserved == 1


def test_without_the_guard_only_the_constraint_stops_the_eleventh_buyer():
    variant = make_variant(on_hand=PACKS)
    everybody_has_looked = Barrier(BUYERS, timeout=60)

    def buy_carelessly(number):
        assert Variant.objects.get(pk=variant.pk).available >= 1
        everybody_has_looked.wait()
        Variant.objects.filter(pk=variant.pk).update(stock_reserved=F("stock_reserved") + 1)

    assert race(buy_carelessly) == {"ok": PACKS, IntegrityError.__name__: BUYERS - PACKS}
    variant.refresh_from_db()
    assert variant.stock_reserved == PACKS
