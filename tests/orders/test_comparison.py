"""Stripe beside our orders: each difference appears, its button settles it, then nothing differs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import comparison, disputes, refunds, settling
from orders.gateways import gateway
from orders.models import Dispute, Order, OrderEvent, Payment, PaymentAttempt, Refund
from tests.factories import make_order, make_paid_order
from tests.orders.admin_steps import SEE, log_in, words_of
from tests.orders.stripe_steps import (
    make_settled_order,
    open_page,
    pay_page,
    session_of,
    stripe_client,
)

pytestmark = pytest.mark.django_db

PAGE = "/admin/orders/order/compare/"
REVIEW = "orders.review_order"


@pytest.fixture
def empty_sandbox(sandbox):
    sandbox.control("reset")
    return sandbox


@pytest.fixture
def client():
    return log_in(REVIEW, SEE)[0]


def paid_and_not_recorded(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    return session_id, lambda: list(order.payments.values_list("amount_cents")) == [(6599,)]


def page_outlived(sandbox):
    order = make_order()
    open_page(order)
    Order.objects.update(status="cancelled")
    session_id = session_of(order)
    return session_id, lambda: gateway().fetch_checkout(session_id).status == "expired"


def payment_not_there(sandbox):
    payment = make_paid_order().payments.get()

    def is_settled():
        asked = payment.order.events.filter(type=OrderEvent.Type.NEEDS_REVIEW)
        return asked.count() == 1 and Order.objects.get().needs_review

    return payment.reference, is_settled


def another_amount_paid(sandbox):
    payment = make_settled_order(sandbox).payments.get()
    Payment.objects.update(amount_cents=6598)
    asked = payment.order.events.filter(type=OrderEvent.Type.NEEDS_REVIEW)
    return payment.reference, lambda: asked.count() == 1 and Order.objects.get().needs_review


def another_amount_refunded(sandbox):
    order = make_settled_order(sandbox)
    row = refunds.refund(
        order_id=order.pk, amount_cents=100, reason="x", actor=None, now=timezone.now()
    )
    Refund.objects.update(amount_cents=99)
    asked = order.events.filter(type=OrderEvent.Type.NEEDS_REVIEW)
    return row.reference, lambda: asked.count() == 1 and Order.objects.get().needs_review


def refund_unknown_here(sandbox):
    order = make_settled_order(sandbox)
    made = sandbox.refund_from_dashboard(order.payments.get().reference, amount=500)
    return made["id"], lambda: list(Refund.objects.values_list("amount_cents")) == [(500,)]


def refund_further_at_stripe(sandbox):
    order = make_settled_order(sandbox)
    row = refunds.refund(
        order_id=order.pk, amount_cents=100, reason="x", actor=None, now=timezone.now()
    )
    Refund.objects.update(status="sent", settled_at=None)
    return row.reference, lambda: Refund.objects.get().status == "settled"


def refund_waits(sandbox):
    order = make_settled_order(sandbox)
    row = refunds.request_everything(order, reason="x", actor=None, now=timezone.now())[0]
    Refund.objects.update(requested_at=timezone.now() - timedelta(minutes=5))
    reference = order.payments.get().reference
    return (
        str(row.pk),
        lambda: (
            Refund.objects.get().status == "settled" and len(gateway().list_refunds(reference)) == 1
        ),
    )


def refund_not_there(sandbox):
    order = make_settled_order(sandbox)
    row = refunds.request_everything(order, reason="x", actor=None, now=timezone.now())[0]
    Refund.objects.update(
        requested_at=timezone.now() - timedelta(minutes=5), status="sent", reference="re_gone"
    )
    asked = order.events.filter(type=OrderEvent.Type.NEEDS_REVIEW)
    return str(row.pk), lambda: asked.count() == 1


def dispute_unknown_here(sandbox):
    order = make_settled_order(sandbox)
    reference = sandbox.dispute(order.payments.get().reference)["id"]
    return reference, lambda: Dispute.objects.filter(status="needs_response").count() == 1


def dispute_decided_at_stripe(sandbox):
    reference, _ = dispute_unknown_here(sandbox)
    disputes.refresh(reference=reference, now=timezone.now())
    sandbox.decide_dispute(reference, "win")
    return reference, lambda: Dispute.objects.get().status == "won"


def warning_unknown_here(sandbox):
    order = make_settled_order(sandbox)
    reference = sandbox.warn_of_fraud(order.payments.get().reference)["id"]
    return reference, lambda: Order.objects.get().is_frozen


@pytest.mark.parametrize(
    ("make", "kind", "button"),
    [
        (paid_and_not_recorded, "not_recorded", "Record it"),
        (page_outlived, "page_outlived", "Close the page"),
        (payment_not_there, "payment_not_there", "Put on review"),
        (another_amount_paid, "amount_differs", "Put on review"),
        (another_amount_refunded, "amount_differs", "Put on review"),
        (refund_unknown_here, "refund_differs", "Take it over"),
        (refund_further_at_stripe, "refund_differs", "Take it over"),
        (refund_waits, "refund_waits", "Ask again"),
        (refund_not_there, "refund_not_there", "Put on review"),
        (dispute_unknown_here, "dispute_differs", "Take it over"),
        (dispute_decided_at_stripe, "dispute_differs", "Take it over"),
        (warning_unknown_here, "warning_unknown", "Take it over"),
    ],
)
def test_a_difference_is_shown_settled_by_its_button_and_gone(
    empty_sandbox, client, make, kind, button
):
    reference, is_settled = make(empty_sandbox)
    shown = client.get(PAGE)
    assert [(one.kind, one.reference) for one in shown.context["found"].differences] == [
        (kind, reference)
    ]
    assert button in words_of(shown)
    assert "1 difference:" in words_of(shown)
    assert not is_settled()

    # Twice: a double press is harmless.
    for _ in range(2):
        pressed = client.post(PAGE, {"kind": kind, "reference": reference, "days": "9"})
        assert (pressed.status_code, pressed["Location"]) == (302, f"{PAGE}?days=9")

    assert is_settled()
    assert "Nothing differs" in words_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("make", "there", "here"),
    [(another_amount_paid, "$65.99", "$65.98"), (another_amount_refunded, "$1.00", "$0.99")],
)
def test_another_amount_is_told_in_both_amounts(empty_sandbox, make, there, here):
    reference, _ = make(empty_sandbox)
    now = timezone.now()
    found = comparison.compare(since=now - timedelta(days=1), now=now)
    assert [one.words for one in found.differences] == [f"{there} at Stripe; here: {here}"]

    settling.settle("amount_differs", reference, now=now)

    asked = OrderEvent.objects.get(type=OrderEvent.Type.NEEDS_REVIEW)
    told = f"{reference} is {there} at Stripe and recorded here with {here}."
    assert asked.data["reason"] == told


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (dispute_unknown_here, "$65.99. At Stripe: Waits for our evidence. Not known here."),
        (
            dispute_decided_at_stripe,
            "$65.99. At Stripe: Won: the money is ours again. Here: Waits for our evidence.",
        ),
        (warning_unknown_here, "What the bank suspects: a stolen card."),
    ],
)
def test_what_a_bank_says_stands_in_plain_words(empty_sandbox, make, words):
    make(empty_sandbox)
    now = timezone.now()
    found = comparison.compare(since=now - timedelta(days=1), now=now)
    assert [one.words for one in found.differences] == [words]


def test_an_amount_that_is_the_same_at_stripe_is_not_put_on_review(empty_sandbox, client):
    reference = make_settled_order(empty_sandbox).payments.get().reference
    pressed = client.post(PAGE, {"kind": "amount_differs", "reference": reference}, follow=True)
    assert "Nothing is to be settled" in words_of(pressed)
    assert not Order.objects.get().needs_review


def of_another_shop(sandbox):
    pay_for = {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "x"}}
    made = stripe_client(sandbox).v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": pay_for}],
            "success_url": "https://another.example/",
            "metadata": {"deployment": "another", "order": make_order().number, "attempt": "1"},
        }
    )
    return made.id


def of_an_order_that_waits(_sandbox):
    order = make_order()
    open_page(order)
    return session_of(order)


@pytest.mark.parametrize("make", [of_another_shop, of_an_order_that_waits])
def test_a_page_that_is_not_ours_or_still_waited_for_is_not_closed(empty_sandbox, client, make):
    session_id = make(empty_sandbox)
    assert "Nothing differs" in words_of(client.get(PAGE))
    forged = {"kind": "page_outlived", "reference": session_id}
    assert "Nothing was closed" in words_of(client.post(PAGE, forged, follow=True))
    assert gateway().fetch_checkout(session_id).status == "open"


def test_a_page_without_an_order_is_shown_with_what_to_do_and_no_button(empty_sandbox, client):
    order = make_order()
    session_id = pay_page(empty_sandbox, order)
    PaymentAttempt.objects.all().delete()
    shown = client.get(PAGE)
    differences = [(one.kind, one.reference) for one in shown.context["found"].differences]
    assert differences == [("no_order", session_id)]
    assert 'name="reference"' not in shown.content.decode()
    assert "refund it in Stripe’s dashboard" in words_of(shown)


def test_a_refund_that_failed_here_and_not_at_stripe_has_no_button(empty_sandbox, client):
    order = make_settled_order(empty_sandbox)
    refunds.refund(order_id=order.pk, amount_cents=100, reason="x", actor=None, now=timezone.now())
    Refund.objects.update(status="failed")
    shown = client.get(PAGE)
    assert [one.kind for one in shown.context["found"].differences] == ["refund_contradicts"]
    assert 'name="reference"' not in shown.content.decode()


def test_another_shops_pages_and_refunds_are_left_out(empty_sandbox, client, settings):
    order = make_settled_order(empty_sandbox)
    reference = order.payments.get().reference
    empty_sandbox.refund_from_dashboard(reference, amount=500)
    empty_sandbox.dispute(reference)
    empty_sandbox.warn_of_fraud(reference)
    pay_page(empty_sandbox, make_order())
    for model in (OrderEvent, Payment, PaymentAttempt):
        model.objects.all().delete()
    settings.DEPLOYMENT = "another"
    assert "Nothing differs" in words_of(client.get(PAGE))


def test_looking_changes_nothing_and_costs_no_more_queries_for_more_rows(empty_sandbox, client):
    def one_more():
        pay_page(empty_sandbox, make_order())
        refund_unknown = make_settled_order(empty_sandbox)
        reference = refund_unknown.payments.get().reference
        empty_sandbox.refund_from_dashboard(reference, amount=5)
        empty_sandbox.dispute(reference)
        empty_sandbox.warn_of_fraud(reference)

    one_more()
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(PAGE)
    one_more()
    with CaptureQueriesContext(connection) as more:
        shown = client.get(PAGE)
    assert len(shown.context["found"].differences) == 8
    assert len(more) == len(few)
    assert (Payment.objects.count(), Refund.objects.count()) == (2, 0)


def test_with_stripe_away_the_page_says_so_and_a_button_too(no_stripe, client):
    shown = client.get(PAGE)
    assert shown.status_code == 200
    assert "Stripe cannot be reached now" in words_of(shown)
    pressed = client.post(PAGE, {"kind": "not_recorded", "reference": "cs_1"}, follow=True)
    assert "Stripe did not answer" in words_of(pressed)


@pytest.mark.parametrize("days", ["0", "31", "soon"])
def test_a_period_out_of_bounds_is_refused_at_its_field(no_stripe, client, days):
    shown = client.get(PAGE, {"days": days})
    assert shown.status_code == 200
    assert f'value="{days}"' in shown.content.decode()
    assert shown.context["form"].errors["days"]
    assert shown.context["found"] is None


@pytest.mark.parametrize(
    "typed", [{}, {"kind": "no_order", "reference": "cs_1"}, {"kind": "x", "reference": "y"}]
)
def test_a_button_that_does_not_exist_does_nothing(no_stripe, client, typed):
    assert "There is no such button" in words_of(client.post(PAGE, typed, follow=True))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("not_recorded", "Stripe refused"),
        ("refund_differs", "Stripe refused"),
        ("dispute_differs", "Stripe refused"),
        ("warning_unknown", "Stripe refused"),
        ("refund_waits", "There is no such refund"),
        ("page_outlived", "Stripe refused"),
        ("payment_not_there", "There is no such payment"),
        ("amount_differs", "There is no such payment or refund"),
        ("refund_not_there", "There is no such refund"),
    ],
)
def test_a_reference_that_nobody_knows_is_answered_in_words(empty_sandbox, client, kind, words):
    pressed = client.post(PAGE, {"kind": kind, "reference": "unknown"}, follow=True)
    assert words in words_of(pressed)


def test_what_belongs_to_a_payment_that_is_not_here_is_answered_in_words(
    empty_sandbox, client, settings
):
    order = make_settled_order(empty_sandbox)
    payment = order.payments.get().reference
    subjects = {
        "refund_differs": empty_sandbox.refund_from_dashboard(payment, amount=500)["id"],
        "warning_unknown": empty_sandbox.warn_of_fraud(payment)["id"],
        "dispute_differs": empty_sandbox.dispute(payment)["id"],
    }
    for model in (OrderEvent, Payment):
        model.objects.all().delete()

    def press():
        forms = ({"kind": kind, "reference": known} for kind, known in subjects.items())
        return [words_of(client.post(PAGE, typed, follow=True)) for typed in forms]

    assert all("Its payment is not recorded here. Settle that first." in one for one in press())
    settings.DEPLOYMENT = "another"
    assert all("a payment that is not ours." in one for one in press())


def test_only_those_who_settle_reviews_see_the_page_and_the_way_to_it(empty_sandbox, client):
    others, _ = log_in(SEE)
    assert others.get(PAGE).status_code == 403
    assert others.post(PAGE, {"kind": "not_recorded", "reference": "x"}).status_code == 403
    assert PAGE not in others.get("/admin/orders/order/").content.decode()
    assert PAGE in client.get("/admin/orders/order/").content.decode()
