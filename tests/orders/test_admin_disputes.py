"""What staff see of disputes and fraud warnings, and the page on which they decide."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from orders import freezing
from orders.models import Dispute, FraudWarning, Order, Refund
from tests.factories import NOON, make_paid_order, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, token_on, words_of
from tests.orders.booked import make_dispute, make_refund, make_warning
from tests.orders.dispute_steps import told, warned_order
from tests.orders.refund_steps import ship
from tests.orders.stripe_steps import event_types, make_settled_order

pytestmark = pytest.mark.django_db

LIST = "/admin/orders/order/"
DECIDE = (SEE, "orders.review_order", "orders.refund_order")
DUE = NOON + timedelta(days=9, hours=6, minutes=59)


def frozen(make=make_dispute, **fields) -> Order:
    """A paid order with a dispute, or what else `make` makes of it."""
    order = make_paid_order(packs={make_variant(): 1}, placed_at=NOON)
    make(order, **fields)
    freezing.settle(order, now=NOON)
    return order


def record_of(order: Order, *permissions: str, now=NOON) -> str:
    """The words of the order's record."""
    with time_machine.travel(now, tick=False):
        client, _ = log_in(SEE, *permissions)
        return words_of(client.get(address(order, "change")))


# --- the record -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (NOON, "Answer by November 29, 2026, 6:59 p.m. EST (9 days left)."),
        (DUE - timedelta(days=1), "Answer by November 29, 2026, 6:59 p.m. EST (tomorrow)."),
        (DUE - timedelta(minutes=1), "Answer by November 29, 2026, 6:59 p.m. EST (today)."),
        (DUE, "Overdue The answer was due by November 29, 2026, 6:59 p.m. EST"),
    ],
)
def test_the_deadline_stands_there_in_the_shops_time_with_what_is_left_of_it(now, wanted):
    order = frozen(evidence_due_at=DUE)
    assert wanted in record_of(order, now=now)


@pytest.mark.parametrize(
    ("status", "state", "to_do"),
    [
        ("needs_response", "Waits for our evidence", "gather everything first"),
        ("under_review", "Evidence sent, the bank decides", "Wait. The bank may take"),
        ("warning_needs_response", "Inquiry: waits for our answer", "that ends the inquiry"),
        ("warning_under_review", "Inquiry: answered", "Most inquiries end by themselves"),
        ("won", "Won: the money is ours again", ""),
        ("lost", "Lost: the customer has the money", ""),
        ("something_new", "Something new", "Look at it at Stripe."),
    ],
)
def test_how_far_it_is_and_what_to_do_stand_there_in_plain_words(status, state, to_do):
    order = frozen(status=status, reason="product_not_received", evidence_due_at=DUE)
    words = record_of(order)
    assert state in words
    assert to_do in words
    assert "What the bank says: the goods have not come." in words
    is_open = status not in {"won", "lost"}
    assert ("This order is frozen." in words) == is_open
    assert ("Frozen" in words) == is_open
    assert ("Answer by" in words) == (status in Dispute.WANTS_ANSWER)
    title = "Inquiry" if status.startswith("warning") else "Dispute"
    assert f"{title} over $65.99" in words


@pytest.mark.parametrize(
    ("key", "base", "wanted"),
    [
        ("sk_live_x", "", "https://dashboard.stripe.com/disputes/dp_1"),
        ("sk_test_x", "", "https://dashboard.stripe.com/test/disputes/dp_1"),
        ("sk_test_x", "http://127.0.0.1:1", "http://sandbox.test/#disputes-title"),
    ],
)
def test_it_is_answered_at_stripe(settings, key, base, wanted):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = key, base
    settings.STRIPE_CHECKOUT_ORIGIN = "http://sandbox.test"
    order = frozen(evidence_due_at=DUE)
    client, _ = log_in(SEE)
    assert f'href="{wanted}"' in client.get(address(order, "change")).content.decode()


def test_what_the_bank_took_stands_among_the_money():
    order = frozen()
    make_refund(order, 2000)
    words = record_of(order)
    assert "Taken by the bank (dispute) −$65.99" in words
    assert "Kept -$20.00" in words


def test_an_order_without_either_says_nothing_of_them():
    words = record_of(make_paid_order())
    assert "ispute" not in words
    assert "raud" not in words


@pytest.mark.parametrize("page", ["ship", "refund", "cancel"])
def test_staff_are_told_why_a_disputed_order_cannot_be(page):
    order = frozen()
    client, _ = log_in(SEE, *(f"orders.{name}_order" for name in ("ship", "refund", "cancel")))
    assert address(order, page) not in client.get(address(order, "change")).content.decode()
    words = words_of(client.get(address(order, page)))
    assert "Not now" in words
    assert ("It is frozen" if page == "ship" else "the bank holds its money") in words
    assert words_of(client.post(address(order, page))) == words
    slip = client.get(f"{LIST}packing-slips/?id={order.pk}")
    assert "It is frozen" in words_of(slip)


def test_an_inquiry_can_be_answered_by_a_refund_from_the_record():
    order = frozen(status="warning_needs_response")
    client, _ = log_in(SEE, "orders.refund_order")
    assert address(order, "refund") in client.get(address(order, "change")).content.decode()


def test_a_lost_order_is_canceled_without_a_promise_of_money():
    order = frozen(status="lost")
    client, _ = log_in(SEE, "orders.cancel_order")
    assert "No money is left here to pay back." in words_of(client.get(address(order, "cancel")))
    act(client, order, "cancel", reason="Dispute lost")
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("cancelled", 0)
    from post_office.models import Email

    mail = Email.objects.get(subject__contains="is canceled")
    assert "money" not in mail.message + mail.html_message
    words = words_of(client.get(order.get_absolute_url()))
    assert "Canceled: Nothing will be sent. What" in words


# --- the list and the front page ------------------------------------------------------------------


def shown(client, todo: str) -> list[str]:
    found = client.get(LIST, {"todo": todo}).context["cl"].result_list
    return sorted(order.number for order in found)


def test_frozen_orders_are_marked_and_found_by_what_they_wait_for():
    disputed, answered = frozen(), frozen(status="under_review")
    warned, free = frozen(make_warning), make_paid_order()
    client, _ = log_in(SEE)
    assert shown(client, "dispute") == [disputed.number]
    assert shown(client, "fraud") == [warned.number]
    assert shown(client, "frozen") == sorted(order.number for order in (disputed, answered, warned))
    assert shown(client, "ship") == [free.number]
    rows = client.get(LIST)
    assert rows.content.decode().count('state-bad">Frozen') == 3
    assert next(order.number for order in rows.context["cl"].result_list) == free.number
    assert words_of(rows).count("To ship") == 1


@pytest.mark.parametrize(
    ("due_at", "hint"), [(DUE, "answer by Nov 29"), (NOON, "an answer is overdue")]
)
def test_the_front_page_says_until_when_answers_are_due(due_at, hint):
    frozen(evidence_due_at=due_at)
    frozen(evidence_due_at=DUE + timedelta(days=3))
    with time_machine.travel(NOON, tick=False):
        client, _ = log_in(SEE)
        assert f"2 Disputes to answer {hint}" in words_of(client.get("/admin/"))


# --- the customer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_dispute, make_warning])
def test_the_customers_page_promises_nothing_and_tells_nothing_of_it(client, make):
    order = frozen(make)
    words = words_of(client.get(order.get_absolute_url()))
    assert "We are looking at this order: Nothing is sent until that is done." in words
    for wrong in ("being packed", "Packing", "What happens next", "Thank you", "carrier"):
        assert wrong not in words, wrong
    for secret in ("dispute", "fraud", "bank", "frozen", "suspect"):
        assert secret not in words.lower(), secret


def test_the_page_of_a_shipped_order_stays_as_it_was(client):
    order = frozen(make_warning)
    Order.objects.filter(pk=order.pk).update(status="shipped")
    assert "Everything you ordered has left us." in words_of(client.get(order.get_absolute_url()))


# --- the decision ---------------------------------------------------------------------------------


def test_staff_trust_an_order(sandbox):
    order, warning = warned_order(sandbox)
    client, user = log_in(*DECIDE)
    page = client.get(address(order, "fraud"))
    assert "suspects this payment: a stolen card" in words_of(page)
    assert "Pay back $65.99 and cancel the order" in words_of(page)
    typed = {"warning": warning.pk, "decision": "ship", "reason": "A regular"}
    after = act(client, order, "fraud", **typed)
    assert "The warning is settled: you trust this order." in words_of(after)
    assert f"by {user}" in words_of(after)
    warning.refresh_from_db()
    assert (warning.decision, warning.decided_by) == ("ship", user)
    assert not Order.objects.get().is_frozen
    assert not Refund.objects.exists()
    assert "No fraud warning of this order waits" in words_of(client.get(address(order, "fraud")))


def test_staff_pay_back_and_cancel_once_however_often_they_press(sandbox):
    order, warning = warned_order(sandbox)
    client, _ = log_in(*DECIDE)
    url = address(order, "fraud")
    typed = {"warning": warning.pk, "decision": "refund", "reason": "No answer by phone"}
    data = {"form_token": token_on(client.get(url)), **typed}
    for _ in range(2):
        client.post(url, data)
    assert list(Refund.objects.values_list("amount_cents", "status", "cause")) == [
        (6599, "settled", "fraud")
    ]
    assert Order.objects.get().status == "cancelled"
    assert event_types(order).count("fraud_decided") == 1


def test_with_stripe_away_staff_are_told_that_the_money_follows(sandbox):
    order, warning = warned_order(sandbox)
    client, _ = log_in(*DECIDE)
    sandbox.control("faults", method="POST", path="/v1/refunds", kind="drop", count=2)
    typed = {"warning": warning.pk, "decision": "refund", "reason": "No answer by phone"}
    after = words_of(act(client, order, "fraud", **typed))
    sandbox.control("faults/clear")
    assert "Stripe has not answered yet; the shop asks again by itself." in after


@pytest.mark.parametrize(
    ("sent", "button"),
    [
        (0, "Pay back $125.99 and cancel"),
        (1, "$125.99, send no more"),
        (2, "Pay back $125.99 Trust it"),
    ],
)
def test_the_button_says_what_becomes_of_the_packs(sandbox, sent, button):
    order = make_settled_order(sandbox, packs={make_variant(): 2})
    if sent:
        ship(order, {line.pk: sent for line in order.lines.all()})
    make_warning(order)
    client, _ = log_in(*DECIDE)
    words = words_of(client.get(address(order, "fraud")))
    assert button in words
    assert ("let it ship" in words) == (sent < 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": " "}, "Say what you found."),
        ({"decision": ""}, "Press one of the two buttons."),
        ({"decision": "gone"}, "Select a valid choice"),
        ({"warning": "999999"}, "That warning is about another order."),
        ({"warning": ""}, "required"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_decided(sandbox, changes, words):
    order, warning = warned_order(sandbox)
    client, _ = log_in(*DECIDE)
    typed = {"warning": warning.pk, "decision": "ship", "reason": "A regular", **changes}
    answer = act(client, order, "fraud", **typed)
    assert answer.status_code == 200
    assert words in words_of(answer)
    assert FraudWarning.objects.get().decision == ""


def test_a_warning_that_came_meanwhile_is_not_decided_with_the_one_that_was_seen(sandbox):
    order, seen = warned_order(sandbox)
    client, _ = log_in(*DECIDE)
    url = address(order, "fraud")
    token = token_on(client.get(url))
    later = make_warning(order)
    client.post(
        url, {"form_token": token, "warning": seen.pk, "decision": "ship", "reason": "A regular"}
    )
    later.refresh_from_db()
    assert later.decision == ""
    assert Order.objects.get().is_frozen


def test_money_that_the_bank_holds_can_only_be_trusted(sandbox):
    order, warning = warned_order(sandbox)
    told(sandbox.dispute(order.payments.get().reference)["id"])
    client, _ = log_in(*DECIDE)
    words = words_of(client.get(address(order, "fraud")))
    assert "Paying back is not possible now. The payment is disputed" in words
    assert "Pay back $" not in words
    typed = {"warning": warning.pk, "decision": "refund", "reason": "x"}
    assert "the bank holds its money" in words_of(act(client, order, "fraud", **typed))
    assert not Refund.objects.exists()


def test_who_may_not_refund_cannot_pay_back_here_either(sandbox):
    order, warning = warned_order(sandbox)
    client, _ = log_in(SEE, "orders.review_order")
    page = client.get(address(order, "fraud"))
    assert "Pay back $" not in words_of(page)
    data = {"form_token": token_on(page), "warning": warning.pk, "decision": "refund"}
    assert client.post(address(order, "fraud"), {**data, "reason": "x"}).status_code == 403
    assert FraudWarning.objects.get().decision == ""
    assert not Refund.objects.exists()


def test_the_page_is_for_those_who_settle_reviews():
    order = frozen(make_warning)
    client, _ = log_in(SEE, "orders.refund_order")
    assert client.get(address(order, "fraud")).status_code == 403
    assert address(order, "fraud") not in client.get(address(order, "change")).content.decode()
    allowed, _ = log_in(*DECIDE)
    html = allowed.get(address(order, "change")).content.decode()
    assert len(re.findall(address(order, "fraud"), html)) == 2


def test_times_are_counted_in_days_of_the_shop():
    from orders.dispute_words import time_left

    midnight = timezone.make_aware(timezone.datetime(2026, 11, 21))
    assert time_left(midnight - timedelta(seconds=1), midnight - timedelta(hours=23)) == "today"
    assert time_left(midnight, midnight - timedelta(seconds=1)) == "tomorrow"
    assert time_left(midnight, midnight) == "overdue"
