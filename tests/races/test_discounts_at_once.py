"""Fifty buyers use one code at the same moment, through the shop's own pages. The code makes packs free,
so that nothing but its limit stands between them and the goods."""

from collections import Counter

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from orders import discounts
from orders.models import Cart, DiscountCode, DiscountUse, Order
from products.models import Reservation
from tests.factories import make_discount_code, make_shipping, make_variant
from tests.orders.shopping import check_out, put_in_cart, text_of
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet"),
]

BUYERS, USES = 50, 7
CARELESS = 12  # buyers are enough to show a race where nothing guards the code
PACKS = 5  # sizes, so that buyers do not merely stand in line for one pack's stock
GUESSES = 20


@pytest.fixture(autouse=True)
def _no_limits(settings):
    """Limits of card testing are shown elsewhere."""
    settings.CHECKOUT_LIMIT_NETWORK = settings.CHECKOUT_LIMIT_EMAIL = 0


def make_free_code(**limits) -> DiscountCode:
    return make_discount_code("FREE", percent_basis_points=10_000, **limits)


def everybody_orders(
    people: int = BUYERS, email: str = "buyer{}@example.com"
) -> Counter[tuple[int, bool]]:
    """So many visitors press "Pay" at once: how often each status came, and whether it named the code."""
    make_shipping(price_cents=0, free_from_cents=None)
    variants = [make_variant() for _ in range(PACKS)]
    buyers = []
    for number in range(people):
        variant = variants[number % PACKS]
        cart = Cart.objects.create(discount_code="FREE")
        cart.lines.create(variant=variant, quantity=1, seen_price_cents=variant.price_cents)
        buyer = Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)
        buyer.cookies["cart"] = cart.token
        buyers.append(buyer)

    def order(number: int, buyer: Client) -> tuple[int, bool]:
        answer = check_out(buyer, 0, email=email.format(number))
        return answer.status_code, "FREE has been used up" in text_of(answer)

    outcomes = at_once([lambda pair=pair: order(*pair) for pair in enumerate(buyers)])
    assert errors_in(outcomes) == []
    return Counter(outcomes)


def uses() -> tuple[int, int, int]:
    """Orders that hold the code: as it counts them itself, as rows, and by their own word."""
    rows = DiscountUse.objects.count()
    return DiscountCode.objects.get().uses, rows, Order.objects.filter(discount_code="FREE").count()


def test_of_fifty_buyers_exactly_seven_get_a_code_for_seven():
    make_free_code(max_uses=USES)

    statuses = everybody_orders()

    assert uses() == (USES, USES, USES)
    assert Order.objects.count() == Reservation.objects.count() == USES
    assert {status for status, _ in statuses} == {302, 409}
    assert statuses[302, False] == USES
    # Some meet the limit while they order, others see at once that the code is used up.
    assert sum(count for (status, _), count in statuses.items() if status == 409) == BUYERS - USES


def test_of_fifty_orders_of_one_customer_exactly_two_get_a_code_for_two_each():
    make_free_code(max_uses_per_customer=2)

    statuses = everybody_orders(email="Jo@example.com")

    assert statuses == {(302, False): 2, (409, True): BUYERS - 2}
    assert uses() == (2, 2, 2)
    assert Order.objects.count() == Reservation.objects.count() == 2


def trust_the_page(monkeypatch, take):
    """Everybody has seen the code before the first order; then only `take` stands in the way."""
    everybody_is_here = meeting(CARELESS)
    monkeypatch.setattr(
        "orders.views.checkout.check_destination", lambda contents, country: everybody_is_here()
    )
    monkeypatch.setattr("orders.checkout._check_unchanged", lambda contents, quote: None)
    monkeypatch.setattr(discounts, "take", take)


def test_without_the_check_in_the_update_only_the_constraint_stops_the_eighth(monkeypatch):
    def take_carelessly(code, order):
        DiscountCode.objects.filter(pk=code.pk).update(uses=F("uses") + 1)
        DiscountUse.objects.create(code=code, order=order, email=order.email)

    trust_the_page(monkeypatch, take_carelessly)
    make_free_code(max_uses=USES)

    assert everybody_orders(CARELESS) == {(302, False): USES, (500, False): CARELESS - USES}
    assert uses() == (USES, USES, USES)


def test_without_any_guard_twelve_buyers_get_a_code_for_seven(monkeypatch):
    def take_on_trust(code, order):
        DiscountUse.objects.create(code=code, order=order, email=order.email)

    trust_the_page(monkeypatch, take_on_trust)
    make_free_code(max_uses=USES)

    assert everybody_orders(CARELESS) == {(302, False): CARELESS}
    assert uses() == (0, CARELESS, CARELESS)


def test_counted_before_the_lock_a_customer_gets_a_code_for_one_five_times(monkeypatch):
    """Each buys another size, so that none waits for the packs of another."""
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite a transaction has the only write lock from its beginning")
    everybody_has_counted = meeting(PACKS)

    def take_too_late(code, order):
        assert not DiscountUse.objects.filter(code=code, email=order.email).exists()
        everybody_has_counted()
        DiscountUse.objects.create(code=code, order=order, email=order.email)

    monkeypatch.setattr(discounts, "take", take_too_late)
    make_free_code(max_uses_per_customer=1)

    assert everybody_orders(PACKS, email="jo@example.com") == {(302, False): PACKS}
    assert uses() == (0, PACKS, PACKS)


def test_of_twenty_guesses_at_once_exactly_ten_are_looked_at():
    make_free_code()
    guesser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    cart = put_in_cart(guesser, make_variant())

    def guess(number: int) -> int:
        tab = Client(headers={"Sec-Fetch-Site": "same-origin"})
        tab.cookies["cart"] = cart.token
        return tab.post("/cart/discount/", {"code": f"GUESS{number}"}).status_code

    answers = Counter(at_once([lambda number=number: guess(number) for number in range(GUESSES)]))

    limit = discounts.WRONG_PER_CART
    assert answers == {422: limit, 429: GUESSES - limit}
