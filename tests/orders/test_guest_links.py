"""The link of a guest's order: one address, one order; dead for good once its email is corrected."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from post_office.models import STATUS, Email

from orders import corrections, notifications
from orders.models import Order, Payment, PaymentAttempt
from outbox import resend
from tests.factories import make_order, make_paid_order
from tests.orders.stripe_steps import deliver, open_page, pay_page, session_event

pytestmark = pytest.mark.django_db

OLD, NEW = "jo@example.com", "ana@example.org"
PAGES = ("", "return/", "return/?session_id=cs_test_1")


def correct(order, email=NEW):
    return corrections.change_email(order_id=order.pk, email=email, actor=None)


def answer_of(response):
    """What a visitor can tell answers apart by."""
    return response.status_code, response.content, dict(response.headers)


def test_a_dead_link_answers_like_one_that_never_was(client):
    order = make_paid_order()
    old = order.get_absolute_url()
    correct(order)

    for page in PAGES:
        unknown = answer_of(client.get(f"/order/{'x' * 43}/{page}"))
        assert unknown[0] == 404
        assert answer_of(client.get(f"{old}{page}")) == unknown
    unknown = answer_of(client.post(f"/order/{'x' * 43}/pay/"))
    assert answer_of(client.post(f"{old}pay/")) == unknown
    assert not PaymentAttempt.objects.exists()


def test_the_new_link_goes_to_the_new_address_only():
    order = make_paid_order()
    old = order.token
    correct(order)

    order.refresh_from_db()
    assert order.token != old
    assert [mail.to for mail in Email.objects.all() if order.token in mail.message] == [[NEW]]
    assert not Email.objects.filter(to=[OLD]).exists()
    assert not any(order.token in str(event.data) for event in order.events.all())


def test_a_mail_that_has_not_left_yet_follows_to_the_new_address_with_the_new_link():
    order, other = make_paid_order(), make_paid_order()
    old = order.token
    waiting, sent, foreign = (
        notifications.order_paid(order),
        notifications.order_link(order),
        notifications.order_paid(other),
    )
    Email.objects.filter(pk=sent.pk).update(status=STATUS.sent)
    Email.objects.filter(pk=waiting.pk).update(status=STATUS.requeued)

    correct(order)

    order.refresh_from_db()
    for mail in (waiting, sent, foreign):
        mail.refresh_from_db()
    assert waiting.to == [NEW]
    for text in (waiting.message, waiting.html_message):
        assert order.token in text
        assert old not in text
    assert (sent.to, old in sent.message) == ([OLD], True)
    assert (foreign.to, other.token in foreign.message) == ([OLD], True)


def test_a_mail_that_failed_goes_to_the_new_address_when_it_is_sent_again():
    order = make_paid_order()
    old = order.token
    failed = notifications.order_paid(order)
    Email.objects.filter(pk=failed.pk).update(status=STATUS.failed)

    correct(order)

    order.refresh_from_db()
    again = resend.again(email_id=failed.pk)
    assert (again.to, again.status) == ([NEW], STATUS.queued)
    assert order.token in again.message
    assert old not in again.message + again.html_message


def test_a_customer_on_the_payment_page_keeps_the_way_back(sandbox, client):
    """Stripe leads back to the link that stood when its page was made: so that one stays for now."""
    order = make_order()
    open_page(order)
    with pytest.raises(corrections.CorrectionRefused, match="A payment page is open"):
        correct(order)

    assert client.get(order.get_absolute_url()).status_code == 200
    assert Order.objects.get().token == order.token


def test_money_arrives_although_the_link_that_stripe_leads_back_to_is_dead(sandbox, client):
    order = make_order()
    session_id = pay_page(sandbox, order)
    old = order.get_absolute_url()
    # The page is closed by our books before Stripe has told us that it was paid in the last second.
    PaymentAttempt.objects.update(status="expired", expires_at=timezone.now() - timedelta(hours=1))
    correct(order)

    assert client.get(f"{old}return/?session_id={session_id}").status_code == 404
    assert not Payment.objects.exists()
    assert deliver(session_event(session_id)).status_code == 200

    assert Payment.objects.get().amount_cents == order.total_cents
    paid = Email.objects.filter(subject__contains="has arrived").get()
    order.refresh_from_db()
    assert (paid.to, order.token in paid.message) == ([NEW], True)


def test_a_browser_that_showed_the_old_link_keeps_nothing_of_it(client):
    order = make_paid_order()
    shown = client.get(order.get_absolute_url())
    assert shown["Cache-Control"] == "private, no-store"
    assert not shown.cookies
    correct(order)

    for visitor in (client, Client()):
        assert order.number not in visitor.get(order.get_absolute_url()).content.decode()


def test_a_second_correction_rotates_again():
    order = make_paid_order()
    tokens = [order.token, *(correct(order, email).token for email in (NEW, OLD, NEW))]

    assert len(set(tokens)) == 4
    client = Client()
    assert [client.get(f"/order/{token}/").status_code for token in tokens] == [404, 404, 404, 200]
