"""Fifty buyers press "Pay" for the last ten packs, through the shop's own pages."""

from collections import Counter

import pytest
from django.db.models import F
from django.test import Client

from orders.models import Order, Payment, PaymentAttempt
from products import stock
from products.models import Reservation, Variant
from tests.orders.shopping import check_out, open_shop, put_in_cart, text_of
from tests.orders.stripe_steps import deliver, session_event, stripe_client
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet"),
]

BUYERS = 50
PACKS = 10
PRICE = 6000


def everybody_pays() -> list[tuple[int, str, str]]:
    """Fifty visitors with a pack in their cart pay at once; status, address and text of each answer."""
    variant = open_shop(on_hand=PACKS, price_cents=PRICE)
    buyers = []
    for _ in range(BUYERS):
        buyer = Client(headers={"Sec-Fetch-Site": "same-origin"}, raise_request_exception=False)
        put_in_cart(buyer, variant)
        buyers.append(buyer)

    def pay(number: int, buyer: Client) -> tuple[int, str, str]:
        answer = check_out(buyer, PRICE, email=f"buyer{number}@example.com")
        address = answer.get("Location", "")
        if address == "/cart/":
            answer = buyer.get(address)
        return answer.status_code, address, text_of(answer)

    acts = [lambda pair=pair: pay(*pair) for pair in enumerate(buyers)]
    outcomes = at_once(acts)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    return outcomes


def test_fifty_buyers_of_the_last_ten_packs_make_exactly_ten_paid_orders(sandbox):
    answers = everybody_pays()

    sent_to_pay = [address for status, address, _ in answers if status == 302]
    refused = [(status, text) for status, _, text in answers if status != 302]
    assert len(sent_to_pay) == len(set(sent_to_pay)) == PACKS
    assert all(address.startswith(sandbox.url) for address in sent_to_pay)
    assert len(refused) == BUYERS - PACKS
    for status, text in refused:
        assert status < 500
        assert "sold out" in text.lower()
    variant = Variant.objects.get()
    assert (variant.stock_on_hand, variant.stock_reserved) == (PACKS, PACKS)
    assert Order.objects.count() == Reservation.objects.count() == PACKS
    assert PaymentAttempt.objects.filter(status="open").count() == PACKS

    for address in sent_to_pay:
        assert sandbox.pay(address).location
    assert errors_in(at_once([lambda one=one: hear_of(one) for one in sessions()])) == []
    charged = {
        intent.id: intent.amount_received
        for intent in stripe_client(sandbox).v1.payment_intents.list({"limit": 100}).data
        if Order.objects.filter(number=intent.metadata.to_dict().get("order")).exists()
    }
    assert len(charged) == PACKS
    assert dict(Payment.objects.values_list("reference", "amount_cents")) == charged
    assert set(Order.objects.values_list("status", "total_cents")) == {("paid", PRICE)}
    assert list(Reservation.objects.values_list("state", flat=True)) == ["allocated"] * PACKS


def sessions() -> list[str]:
    return list(PaymentAttempt.objects.values_list("session_id", flat=True))


def hear_of(session_id: str) -> None:
    assert deliver(session_event(session_id)).status_code == 200


def meet_between_looking_and_ordering(monkeypatch):
    """Everybody has seen the packs on the page before the first order is placed."""
    everybody_is_here = meeting(BUYERS)
    monkeypatch.setattr(
        "orders.views.checkout.check_destination", lambda contents, country: everybody_is_here()
    )


def test_without_the_check_in_the_update_only_the_constraint_stops_the_eleventh_buyer(
    no_stripe, monkeypatch
):
    def reserve_carelessly(*, reference, quantities):
        for variant_id, quantity in quantities.items():
            Variant.objects.filter(pk=variant_id).update(
                stock_reserved=F("stock_reserved") + quantity
            )

    meet_between_looking_and_ordering(monkeypatch)
    monkeypatch.setattr(stock, "reserve", reserve_carelessly)

    statuses = Counter(status for status, _, _ in everybody_pays())

    assert statuses == {302: PACKS, 500: BUYERS - PACKS}
    assert Order.objects.count() == PACKS


def test_without_any_guard_the_same_race_sells_fifty_packs_of_ten(no_stripe, monkeypatch):
    def reserve_on_trust(*, reference, quantities):
        for variant_id, quantity in quantities.items():
            Reservation.objects.create(
                variant_id=variant_id, reference=reference, quantity=quantity
            )

    meet_between_looking_and_ordering(monkeypatch)
    monkeypatch.setattr(stock, "reserve", reserve_on_trust)

    statuses = Counter(status for status, _, _ in everybody_pays())

    assert statuses == {302: BUYERS}
    assert Order.objects.count() == BUYERS > PACKS
