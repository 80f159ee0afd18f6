"""Twenty payment pages asked for at the same moment, where five may be had; and two alarms at once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from orders import attack_mode
from orders.models import AttackMode, Decline, Order, PaymentAttempt
from products.models import Reservation, Variant
from tests.factories import NOON, make_order
from tests.orders.decline_steps import sessions_at
from tests.orders.shopping import check_out, open_shop, put_in_cart
from tests.orders.stripe_steps import mails_to_staff
from tests.races.at_once import at_once, meeting
from throttle import limits
from throttle.models import Attempt

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quiet"),
]

TESTERS, MOST = 20, 5
PRICE = 6000


@pytest.fixture(autouse=True)
def _one_limit(settings):
    settings.CHECKOUT_LIMIT_NETWORK = MOST


def everybody_orders() -> Counter[int]:
    """Twenty browsers in one network press "Pay" at once; how often each status was answered."""
    variant = open_shop(on_hand=2 * TESTERS)
    testers = []
    for _ in range(TESTERS):
        tester = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
        put_in_cart(tester, variant)
        testers.append(tester)

    def order(number: int) -> int:
        email = f"buyer{number}@example.com"
        return check_out(testers[number], PRICE, email=email).status_code

    return Counter(at_once([lambda number=number: order(number) for number in range(TESTERS)]))


def test_of_twenty_checkouts_at_once_exactly_five_get_a_payment_page(sandbox):
    sandbox.control("reset")

    assert everybody_orders() == {302: MOST, 429: TESTERS - MOST}

    assert len(sessions_at(sandbox)) == MOST
    assert Order.objects.count() == PaymentAttempt.objects.count() == MOST
    assert Reservation.objects.count() == Variant.objects.get().stock_reserved == MOST
    assert Attempt.objects.filter(kind="checkout_network").count() == MOST
    assert Attempt.objects.filter(kind="checkout_email").count() == MOST


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
def test_if_they_took_no_turns_all_twenty_would_get_one(no_stripe, monkeypatch):
    everybody_has_looked = meeting(TESTERS)
    really_look = limits.opening

    def look(*arguments, **options):
        opens_at = really_look(*arguments, **options)
        everybody_has_looked()
        return opens_at

    monkeypatch.setattr(limits, "_take_turns", lambda digests: None)
    monkeypatch.setattr(limits, "opening", look)

    assert everybody_orders() == {302: TESTERS}


def test_two_who_see_an_attack_at_once_start_it_once_and_tell_of_it_once(settings, monkeypatch):
    settings.ATTACK_DECLINES = 1
    attempt = PaymentAttempt.objects.create(
        order=make_order(), number=1, request={}, expires_at=NOON
    )
    Decline.objects.create(attempt=attempt, reference="ch_1", declined_at=NOON)
    both_have_seen = meeting(2)
    really_count = attack_mode._declines_of_an_attack

    def count(now):
        declined = really_count(now)
        if not AttackMode.objects.exists():
            both_have_seen()
        return declined

    monkeypatch.setattr(attack_mode, "_declines_of_an_attack", count)

    verdicts = at_once([lambda: attack_mode.watch(NOON + timedelta(minutes=1))] * 2)

    assert sorted(verdicts) == ["on", "started"]
    assert AttackMode.objects.get().is_on
    assert len(mails_to_staff()) == 1
