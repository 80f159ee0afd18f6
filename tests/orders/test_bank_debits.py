"""A bank debit through all of it: the buyer is back at once, the bank answers days later, either way."""

import pytest
import stripe
from django.utils import timezone
from post_office.models import Email

from orders import payments, reconcile
from orders.gateways.stripe_states import checkout_state
from orders.models import Order, Payment
from products.models import Reservation
from tests.factories import make_order, make_variant
from tests.orders.stripe_steps import deliver, open_page, session_event, session_of, stripe_client
from tests.sandbox.server import fetch

pytestmark = pytest.mark.django_db

BANK = {"method": "bank", "account_name": "Jo Doe", "email": "jo@example.com"}


@pytest.fixture
def debit(sandbox):
    """An order whose buyer has chosen the bank debit; and the debit's id at Stripe."""
    order = make_order(packs={make_variant(on_hand=5): 2})
    page = fetch(open_page(order), {**BANK, "outcome": "succeeds"})
    assert page.location, page.alert
    session = stripe_client(sandbox).v1.checkout.sessions.retrieve(session_of(order))
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    return order, session.payment_intent


def look(order: Order) -> tuple[str, int, int, int]:
    """The order's state, its payments, and its packs: reserved, on the shelf."""
    order.refresh_from_db()
    variant = order.lines.get().variant
    count = Payment.objects.filter(order=order).count()
    return order.status, count, variant.stock_reserved, variant.stock_on_hand


def test_while_the_bank_thinks_the_order_waits_with_its_packs(debit):
    order, _ = debit
    for _ in range(2):
        assert deliver(session_event(session_of(order))).status_code == 200
    reconcile.check_open_sessions(now=order.expires_at + payments.SHORTEST_SESSION)

    assert look(order) == ("pending", 0, 2, 5)
    assert not Email.objects.filter(subject__startswith="Your payment").exists()


def test_the_bank_pays_and_the_order_is_paid_once(sandbox, debit):
    order, intent = debit
    deliver(session_event(session_of(order)))
    sandbox.control(f"delayed/{intent}/succeed")

    for _ in range(2):
        deliver(session_event(session_of(order), "checkout.session.async_payment_succeeded"))

    assert look(order) == ("paid", 1, 2, 5)
    assert Payment.objects.get().amount_cents == order.total_cents
    assert Reservation.objects.get().state == "allocated"


def test_the_bank_refuses_and_the_packs_are_free_again_with_a_mail(sandbox, debit):
    order, intent = debit
    deliver(session_event(session_of(order)))
    sandbox.control(f"delayed/{intent}/fail")

    for _ in range(2):
        deliver(session_event(session_of(order), "checkout.session.async_payment_failed"))
    payments.record_payment(session_id=session_of(order), now=timezone.now())

    assert look(order) == ("expired", 0, 0, 5)
    assert Email.objects.filter(subject__contains="did not send the money").count() == 1


@pytest.mark.parametrize(
    ("intent_status", "end"),
    [
        ("processing", "pending"),
        ("requires_action", "pending"),  # small deposits to confirm, a voucher, a transfer
        ("requires_confirmation", "pending"),
        ("succeeded", "pending"),  # its session will say so in a moment
        ("requires_payment_method", "expired"),
        ("canceled", "expired"),
    ],
)
def test_an_order_ends_only_when_its_money_cannot_come_any_more(sandbox, debit, intent_status, end):
    order, _ = debit
    session = stripe_client(sandbox).v1.checkout.sessions.retrieve(
        session_of(order), {"expand": ["payment_intent"]}
    )
    told = session.to_dict()
    told["payment_intent"]["status"] = intent_status

    state = checkout_state(stripe.checkout.Session.construct_from(told, "sk_test_1"))
    payments.settle(state, now=timezone.now())

    assert look(order) == (end, 0, 2 if end == "pending" else 0, 5)
    mails = Email.objects.filter(subject__contains="did not send the money")
    assert mails.count() == (end == "expired")
