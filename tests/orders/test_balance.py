"""Stripe's own account of the money beside the ledger, at the real sandbox."""

import secrets
from dataclasses import replace

import pytest
import stripe
from django.utils import timezone

from books.models import LedgerEntry
from orders import balance, payments, refund_answers, refunds
from orders.audit import audit
from orders.gateways import gateway, stripe_states
from orders.models import Payment
from tests.factories import make_order
from tests.orders.booked import post_payment, post_refund
from tests.orders.stripe_steps import (
    make_settled_order,
    open_page,
    pay_page,
    session_of,
    stripe_client,
)
from tests.sandbox.server import fetch
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_shop_of_its_own(sandbox, settings):
    """The sandbox serves every test: only this shop's money counts here."""
    settings.DEPLOYMENT = f"books-{secrets.token_hex(4)}"
    gateway.cache_clear()


def found() -> list[str]:
    return list(balance.balance_faults(gateway().list_balance()))


@pytest.fixture
def payment(sandbox) -> Payment:
    """$65.99 that came, in the books with Stripe's fee of $2.21."""
    order = make_settled_order(sandbox)
    order.payments.update(fee_cents=221)
    row = order.payments.get()
    post_payment(row)
    return row


def test_what_both_say_is_no_fault(payment):
    assert LedgerEntry.objects.count() == 2
    assert found() == []


def test_refunds_that_go_and_come_back_are_compared(payment, sandbox):
    now = timezone.now()
    refund = refunds.refund(
        order_id=payment.order_id, amount_cents=1000, reason="Late", actor=None, now=now
    )
    if not LedgerEntry.objects.filter(kind="refund").exists():
        assert found() == [
            f"Stripe has -$10.00 for refund:{refund.reference}; the ledger does not."
        ]
        post_refund(refund)
    assert found() == []


def test_a_payment_that_the_shop_never_recorded_is_found(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    reference = gateway().fetch_checkout(session_id).payment_reference

    assert found() == [
        f"Stripe has $65.99 for payment:{reference}; the ledger does not.",
        f"Stripe has -$2.21 for fee:{reference}; the ledger does not.",
    ]


def test_a_refund_from_the_dashboard_is_found(payment, sandbox):
    made = stripe_client(sandbox).v1.refunds.create({"payment_intent": payment.reference})

    assert found() == [f"Stripe has -$65.99 for refund:{made.id}; the ledger does not."]


def test_entries_that_stripe_knows_nothing_of_are_found(payment):
    post_payment(
        Payment(
            order=payment.order,
            reference="pi_x",
            amount_cents=700,
            currency="USD",
            received_at=payment.received_at,
        )
    )

    assert found() == ["Entry 3 ($7.00 for payment:pi_x) is not in Stripe's balance."]


@pytest.mark.parametrize(
    ("changes", "booked"), [({"amount_cents": 6600}, "$66.00"), ({"currency": "EUR"}, "€65.99")]
)
def test_another_amount_or_currency_is_found(payment, changes, booked):
    with unguarded():
        LedgerEntry.objects.filter(kind="payment").update(**changes)

    assert found() == [f"Stripe has $65.99 for payment:{payment.reference}; entry 1 says {booked}."]


def test_the_money_of_another_shop_on_the_account_is_left_alone(payment, sandbox, settings):
    settings.DEPLOYMENT = "another"
    gateway.cache_clear()
    pay_page(sandbox, make_order())
    settings.DEPLOYMENT = "a-third"

    assert found() == []


def test_disputes_and_their_fees_are_compared(payment, sandbox):
    sandbox.dispute(payment.reference)
    moved = next(change for change in gateway().list_balance() if change.is_dispute)

    assert found() == [
        f"Stripe has -$65.99 for dispute:{moved.reference}; the ledger does not.",
        f"Stripe has -$15.00 for dispute_fee:{moved.reference}; the ledger does not.",
    ]


BANK = {"method": "bank", "account_name": "Jo Doe", "outcome": "succeeds"}


@pytest.fixture
def debit(sandbox):
    """An order whose buyer has chosen a bank debit, which its bank has not answered; its session and intent."""
    order = make_order()
    assert fetch(open_page(order), BANK | {"email": "jo@example.com"}).location
    session_id = session_of(order)
    session = stripe_client(sandbox).v1.checkout.sessions.retrieve(session_id)
    return session_id, session.payment_intent


@pytest.mark.parametrize("answer", ["", "fail"])
def test_a_debit_that_has_not_arrived_is_in_no_books(debit, sandbox, answer):
    """Stripe counts it from the start, and takes it out of the balance again when its bank says no."""
    session_id, intent = debit
    if answer:
        sandbox.control(f"delayed/{intent}/{answer}")
    payments.record_payment(session_id=session_id, now=timezone.now())

    about = [change for change in gateway().list_balance() if change.payment_reference == intent]
    assert [one.type for one in about] == (["payment_failure_refund"] if answer else []) + [
        "payment"
    ]
    assert not LedgerEntry.objects.exists()
    assert found() == []


def test_a_debit_that_arrives_is_compared_with_its_fee_and_refunds(debit, sandbox):
    session_id, intent = debit
    sandbox.control(f"delayed/{intent}/succeed")
    assert found() == [
        f"Stripe has $65.99 for payment:{intent}; the ledger does not.",
        f"Stripe has -$2.21 for fee:{intent}; the ledger does not.",
    ]
    now = timezone.now()
    order = payments.record_payment(session_id=session_id, now=now)
    made = refunds.refund(order_id=order.pk, amount_cents=1000, reason="Late", actor=None, now=now)
    assert found() == []
    sandbox.decide_refund(made.reference, "fail")
    assert found() == [
        f"Stripe has $10.00 for refund_failed:{made.reference}; the ledger does not."
    ]
    refund_answers.refresh(reference=made.reference, now=now)
    assert found() == []


@pytest.mark.parametrize("kind", ["payment_failure_refund", "payment_reversal"])
def test_a_debit_taken_back_after_it_was_paid_is_found(debit, sandbox, kind):
    session_id, intent = debit
    sandbox.control(f"delayed/{intent}/succeed")
    payments.record_payment(session_id=session_id, now=timezone.now())
    changes = list(gateway().list_balance())
    came = next(change for change in changes if change.payment_reference == intent)
    gone = replace(came, reference="txn_1", type=kind, amount_cents=-came.amount_cents, fee_cents=0)

    for both in ([gone, *changes], [*changes, gone]):
        assert list(balance.balance_faults(both)) == [
            f"Stripe has -$65.99 for {kind}:txn_1; the ledger does not."
        ]


def test_an_account_that_exchanges_what_comes_in_is_refused_in_words(payment):
    changes = [
        replace(change, currency="EUR", amount_cents=6100, fee_cents=200)
        for change in gateway().list_balance()
        if change.payment_reference == payment.reference
    ]
    assert list(balance.balance_faults(changes)) == [
        "Stripe settles in EUR what was paid in USD: the books are kept in USD and cannot agree."
        " Let Stripe settle in USD.",
        f"Stripe has €61.00 for payment:{payment.reference}; entry 1 says $65.99.",
        f"Stripe has -€2.00 for fee:{payment.reference}; entry 2 says -$2.21.",
    ]


def test_a_fee_in_another_currency_than_its_payment_is_not_taken_for_ours():
    charge = {"id": "ch_1", "object": "charge", "currency": "usd"}
    entry = {"id": "txn_1", "object": "balance_transaction", "fee": 200, "currency": "eur"}
    intent = stripe.PaymentIntent.construct_from(
        {"id": "pi_1", "latest_charge": charge | {"balance_transaction": entry}}, "key"
    )
    assert stripe_states.fee_of(intent) is None
    intent.latest_charge.balance_transaction.currency = "usd"
    assert stripe_states.fee_of(intent) == 200


def test_the_currencies_that_stripe_settles_in_are_asked_for(payment):
    assert "USD" in gateway().settlement_currencies()


def test_all_pages_of_the_list_are_read(payment, monkeypatch):
    everything = [change.reference for change in gateway().list_balance()]
    client = gateway()._client.v1.balance_transactions
    ask = type(client).list
    monkeypatch.setattr(
        type(client), "list", lambda self, params: ask(self, {**params, "limit": 1})
    )
    in_small_pages = [change.reference for change in gateway().list_balance()]
    assert in_small_pages == everything
    assert len(set(everything)) == len(everything) >= 1


def test_queries_follow_the_batches_and_not_the_changes(payment, django_assert_num_queries):
    # Of this payment alone: the sandbox keeps what other tests moved, and a batch has its size.
    changes = [
        one for one in gateway().list_balance() if one.payment_reference == payment.reference
    ]
    assert changes
    with django_assert_num_queries(3):  # whose it is, what is booked, what was not seen
        assert list(balance.balance_faults(changes)) == []
    with django_assert_num_queries(3):
        assert list(balance.balance_faults(changes * 3)) == []


def test_the_whole_audit_asks_stripe_unless_told_not_to(payment):
    last = audit()[-1]
    assert (last.claim, last.findings, last.left_out) == (
        "Stripe's balance is the ledger's",
        [],
        "",
    )
    assert audit(offline=True)[-1].left_out == "Left out with --offline."


def test_without_stripe_the_rest_is_proved(payment, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    gateway.cache_clear()

    sections = audit()

    assert [section.findings for section in sections] == [[]] * 9
    assert [section.claim for section in sections if section.left_out] == [
        "Stripe's balance is the ledger's"
    ]
    assert "Stripe did not answer as it should" in sections[-1].left_out
