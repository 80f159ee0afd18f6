"""What packs are worth when they are paid back."""

import pytest

from orders import refund_amounts
from orders.models import Order, OrderLine


def make_line(quantity: int, price: int, discount: int = 0, tax: int = 0) -> OrderLine:
    return OrderLine(
        quantity=quantity, unit_price_cents=price, discount_cents=discount, tax_cents=tax
    )


@pytest.mark.parametrize(
    ("line", "already", "quantity", "cents"),
    [
        (make_line(1, 2400), 0, 1, 2400),
        (make_line(3, 2400, discount=100), 0, 3, 7100),
        (make_line(3, 2400, discount=100), 0, 1, 2367),
        (make_line(3, 2400, discount=100), 1, 1, 2366),
        (make_line(3, 2400, discount=100), 2, 1, 2367),
        (make_line(2, 1000, tax=125), 0, 1, 1063),
        (make_line(2, 1000, tax=125), 1, 1, 1062),
        (make_line(2, 1000), 0, 0, 0),
    ],
)
def test_packs_carry_their_share_of_discount_and_tax(line, already, quantity, cents):
    assert refund_amounts.packs_cents(line, already=already, quantity=quantity) == cents


@pytest.mark.parametrize("discount", range(0, 500, 37))
def test_pack_by_pack_gives_exactly_what_the_line_cost(discount):
    line = make_line(7, 999, discount=discount, tax=431)
    parts = [refund_amounts.packs_cents(line, already=done, quantity=1) for done in range(7)]
    assert sum(parts) == line.total_cents + line.tax_cents
    assert max(parts) - min(parts) <= 1


def test_shipping_is_paid_back_with_its_tax():
    assert refund_amounts.shipping_cents(Order(shipping_cents=599, shipping_tax_cents=37)) == 636
