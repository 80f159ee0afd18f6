"""What never reached us is found in Stripe's lists: events, pages that outlived their order, fees."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from books.models import LedgerEntry
from orders import payments, reconcile, refunds, undelivered
from orders.gateways import gateway
from orders.models import Dispute, Order, Payment, PaymentAttempt, Refund, WebhookDelivery
from shop import schedule
from tests.factories import make_order
from tests.orders.reconcile_steps import deaf_sandbox
from tests.orders.refund_steps import refund
from tests.orders.stripe_steps import make_settled_order, open_page, pay_page, session_of

__all__ = ["deaf_sandbox"]

pytestmark = pytest.mark.django_db


def look():
    report = reconcile.everything(now=timezone.now() + timedelta(minutes=2))
    return {part.name: part.line for part in report.parts}


def listed():
    return undelivered.handle_undelivered(now=timezone.now()).line


def test_a_lost_webhook_is_found_in_the_list_and_handled_once(deaf_sandbox):
    order = make_order()
    session_id = pay_page(deaf_sandbox, order)

    assert listed() == "1 handled, 0 not for us, 0 to be tried again"
    assert listed() == "0 handled, 0 not for us, 0 to be tried again"

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Payment.objects.count() == 1
    row = WebhookDelivery.objects.get()
    assert (row.event_type, row.object_id) == ("checkout.session.completed", session_id)
    assert (row.verdict, row.source, row.body_sha256) == ("done", "list", "")


def test_a_refund_in_stripes_dashboard_is_found_in_the_list(deaf_sandbox):
    order = make_settled_order(deaf_sandbox)
    deaf_sandbox.refund_from_dashboard(order.payments.get().reference, amount=500)
    assert listed().endswith("0 not for us, 0 to be tried again")
    row = Refund.objects.get()
    assert (row.amount_cents, row.status) == (500, "settled")


def test_an_event_that_cannot_be_handled_waits_in_one_row_and_stops_no_other(deaf_sandbox):
    lost, fine = make_order(), make_order()
    for order in (lost, fine):
        pay_page(deaf_sandbox, order)
    PaymentAttempt.objects.filter(order=lost).delete()

    for _ in range(2):
        assert listed().endswith("0 not for us, 1 to be tried again")

    assert Order.objects.get(pk=fine.pk).status == Order.Status.PAID
    assert Order.objects.get(pk=lost.pk).status == Order.Status.PENDING
    assert WebhookDelivery.objects.filter(verdict="retry", source="list").count() == 1


def test_the_oldest_event_is_handled_first(deaf_sandbox):
    sessions = [pay_page(deaf_sandbox, make_order()) for _ in range(3)]
    assert listed().startswith("3 handled")
    handled = WebhookDelivery.objects.order_by("pk").values_list("object_id", flat=True)
    assert list(handled) == sessions


def test_events_of_more_types_than_stripe_takes_at_once_come_in_one_order(deaf_sandbox):
    """Asked for in two questions, of which the second brings the one in the middle."""
    order = make_settled_order(deaf_sandbox)
    deaf_sandbox.control("clock", advance=10)
    made = deaf_sandbox.refund_from_dashboard(order.payments.get().reference, amount=500)
    deaf_sandbox.control("clock", advance=10)
    last = pay_page(deaf_sandbox, make_order())
    others = [f"invoice.{number}" for number in range(20)]

    events = gateway().list_undelivered_events(
        ["checkout.session.completed", *others, "refund.created"],
        since=timezone.now() - timedelta(hours=1),
    )

    assert [event.object_id for event in events] == [last, made["id"], session_of(order)]


def test_what_a_webhook_brought_is_not_handled_again(deaf_sandbox):
    pay_page(deaf_sandbox, make_order())
    event = next(
        gateway().list_undelivered_events(
            ["checkout.session.completed"], since=timezone.now() - timedelta(days=1)
        )
    )
    WebhookDelivery.objects.create(event_id=event.event_id, verdict="ignored")
    assert listed() == "0 handled, 0 not for us, 0 to be tried again"
    assert not Payment.objects.exists()


@pytest.mark.parametrize("attempt_status", ["open", "expired", "refused"])
def test_a_page_that_outlived_its_order_is_closed(deaf_sandbox, attempt_status):
    order = make_order()
    open_page(order)
    Order.objects.update(status="cancelled")
    PaymentAttempt.objects.update(status=attempt_status)

    line = "1 closed, 0 found paid, 0 could not be settled"
    assert reconcile.close_outlived(now=timezone.now()).line == line
    assert gateway().fetch_checkout(session_of(order)).status == "expired"
    assert PaymentAttempt.objects.get().status == "expired"
    assert reconcile.close_outlived(now=timezone.now()).line.startswith("0 closed, 0 found paid")


def test_a_page_whose_order_waits_is_left_open(deaf_sandbox):
    order = make_order()
    open_page(order)
    assert reconcile.close_outlived(now=timezone.now()).line.startswith("0 closed, 0 found paid")
    assert gateway().fetch_checkout(session_of(order)).status == "open"


def test_money_on_a_page_we_had_given_up_is_recorded(deaf_sandbox):
    order = make_order()
    pay_page(deaf_sandbox, order)
    PaymentAttempt.objects.update(status="expired")
    assert reconcile.close_outlived(now=timezone.now()).line.startswith("0 closed, 1 found paid")
    assert Payment.objects.get().amount_cents == order.total_cents


def test_a_fee_that_was_not_told_is_asked_for(deaf_sandbox):
    order = make_order()
    state = gateway().fetch_checkout(pay_page(deaf_sandbox, order))
    assert state.fee_cents > 0
    payments.settle(replace(state, fee_cents=None), now=timezone.now())
    later = timezone.now() + timedelta(minutes=2)
    assert reconcile.note_fees(now=timezone.now()).line == "0 noted, 0 not told yet"
    assert reconcile.note_fees(now=later).line == "1 noted, 0 not told yet"
    assert reconcile.note_fees(now=later).line == "0 noted, 0 not told yet"
    payment = order.payments.get()
    assert payment.fee_cents == state.fee_cents
    booked = LedgerEntry.objects.get(key=f"fee:{payment.reference}")
    assert booked.amount_cents == -state.fee_cents


def test_one_look_settles_everything_and_the_next_finds_nothing(deaf_sandbox):
    paid, refunded = make_order(), make_settled_order(deaf_sandbox)
    pay_page(deaf_sandbox, paid)
    refunds.request_everything(refunded, reason="x", actor=None, now=timezone.now())

    first, second = look(), look()

    assert (first["Refunds"], second["Refunds"]) == (
        "1 sent again, 0 asked about",
        "0 sent again, 0 asked about",
    )
    assert list(first) == [
        "Undelivered events",
        "Open payment pages",
        "Pages that outlived their order",
        "Refunds",
        "Refunds at Stripe",
        "Disputes",
        "Fraud warnings",
        "Fees",
    ]
    paid.refresh_from_db()
    assert paid.status == Order.Status.PAID
    assert Payment.objects.count() == 2
    assert second["Pages that outlived their order"].startswith("0 closed, 0 found paid")


def test_refunds_made_and_failed_at_stripe_are_found_without_any_event(deaf_sandbox):
    outside, failed, fine = (make_settled_order(deaf_sandbox) for _ in range(3))
    deaf_sandbox.refund_from_dashboard(outside.payments.get().reference)
    deaf_sandbox.decide_refund(refund(failed, 1500).reference, "fail")
    refund(fine, 700)
    # What cannot be followed is for staff to see (test_comparison), and not asked about for ever.
    Refund.objects.filter(order=fine).update(status="failed")

    first, second = (reconcile.follow_refunds(now=timezone.now()).line for _ in range(2))

    assert (first, second) == ("2 taken over, 0 could not be", "0 taken over, 0 could not be")
    assert not WebhookDelivery.objects.exists()
    assert [row.status for row in Refund.objects.order_by("order")] == [
        "settled",
        "failed",
        "failed",
    ]
    assert refunds.refundable_cents(outside) == 0
    assert refunds.refundable_cents(failed) == failed.total_cents
    assert set(Order.objects.to_ship()) == {fine}


def test_the_command_finds_disputes_and_warnings_of_which_no_event_tells(deaf_sandbox):
    """Stripe lists events for 30 days; a shop that was away for longer has only the things themselves."""
    disputed, suspected = make_settled_order(deaf_sandbox), make_settled_order(deaf_sandbox)
    deaf_sandbox.dispute(disputed.payments.get().reference)
    deaf_sandbox.warn_of_fraud(suspected.payments.get().reference)
    deaf_sandbox.control("clock", advance=31 * 24 * 3600)
    out = StringIO()

    call_command("reconcile", stdout=out)

    assert not WebhookDelivery.objects.exists()
    assert "Disputes                         1 followed, 0 could not be" in out.getvalue()
    assert "Fraud warnings                   1 found, 0 could not be taken over" in out.getvalue()
    assert set(Order.objects.filter(is_frozen=True)) == {disputed, suspected}
    assert disputed.disputes.get().wants_answer
    assert suspected.fraud_warnings.get().decision == ""


def test_the_command_prints_a_line_for_each_part(deaf_sandbox):
    out = StringIO()
    call_command("reconcile", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == (
        "Undelivered events               0 handled, 0 not for us, 0 to be tried again"
    )
    assert len(lines) == 8
    schedule.reconcile_everything.call_local()


def first_about(reference):
    return WebhookDelivery.objects.filter(object_id=reference).order_by("pk")[0].event_id


def told(ends_with):
    """Run the command, which must end with this exit status; what it printed."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", stdout=out, stderr=out)
    assert ended.value.code == ends_with
    return out.getvalue()


def test_with_a_refused_key_the_command_says_so_and_fails(deaf_sandbox, settings):
    settings.STRIPE_SECRET_KEY = "sk_live_refused_by_a_sandbox"
    gateway.cache_clear()
    text = told(ends_with=1)
    assert "Undelivered events               Stripe refused: " in text
    assert "STRIPE_SECRET_KEY" in text
    assert len(text.splitlines()) > 7, "the other parts were tried"


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/v1/charges/", "Undelivered events"),
        ("/v1/checkout/sessions/cs_", "Open payment pages"),
        ("/v1/disputes", "Disputes"),
    ],
)
def test_a_key_that_lacks_one_right_fails_its_part_and_is_an_error(
    deaf_sandbox, caplog, path, part
):
    assert deaf_sandbox.pay(open_page(make_order()), "4000 0000 0000 0002").alert
    deaf_sandbox.control("faults", kind="error", status=403, method="GET", path=path, count=50)

    report = reconcile.everything(now=timezone.now() + timedelta(minutes=2))

    assert [one.name for one in report.parts if one.failed] == [part]
    assert [record.levelname for record in caplog.records if record.levelno > 30] == ["ERROR"]


def test_one_thing_that_gets_no_answer_keeps_nothing_else_waiting(deaf_sandbox, caplog):
    """It has two events and stands in a list: each of these two asks about it once."""
    caplog.set_level("WARNING", "orders.one_by_one")
    orders = [make_settled_order(deaf_sandbox) for _ in range(2)]
    mute, fine = [deaf_sandbox.dispute(order.payments.get().reference)["id"] for order in orders]
    outside = deaf_sandbox.refund_from_dashboard(
        make_settled_order(deaf_sandbox).payments.get().reference
    )
    deaf_sandbox.control(
        "faults", kind="error", status=500, method="GET", path=f"/v1/disputes/{mute}", count=99
    )

    text = told(ends_with=2)

    assert "7 handled, 0 not for us, 2 to be tried again" in text
    assert "0 followed, 1 could not be" in text
    assert [one.message for one in caplog.records if "no answer" in one.message] == [
        f"{name}: no answer from Stripe (APIError)"
        for name in (f"Undelivered event {first_about(mute)}", f"Dispute {mute}")
    ]
    assert Dispute.objects.get().reference == fine
    assert Refund.objects.get().reference == outside["id"]


def test_with_stripe_away_the_command_says_so_and_changes_nothing(no_stripe):
    order = make_order()
    with pytest.raises(payments.PaymentUnavailable):
        open_page(order)
    Order.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    text = told(ends_with=2)
    assert text.startswith("Undelivered events               Stripe could not be reached\n")
    assert text.count("Stripe could not be reached") >= 4, "every part begins"
    assert "Nothing is lost" in text
    order.refresh_from_db()
    assert order.is_pending
