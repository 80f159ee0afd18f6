"""Attack mode: when it starts and ends, who is told, and what a buyer meets while it is on."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import STATUS, Email

from orders import attack_mode, reconcile
from orders.attack_mode import SwitchRefused, switch_off, switch_on, watch
from orders.models import AttackMode, Decline, Order, Payment, PaymentAttempt
from products.models import Reservation
from tests.factories import (
    NOON,
    make_discount_code,
    make_order,
    make_shipping,
    make_staff,
    make_variant,
)
from tests.orders.decline_steps import charges_of, decline, sessions_at, tell
from tests.orders.shopping import (
    BUYER,
    check_out,
    open_shop,
    place_order,
    put_in_cart,
    reading_only,
    text_of,
)
from tests.orders.stripe_steps import mails_to_staff, open_page

pytestmark = pytest.mark.django_db

PRICE = 6000
SENT = "/checkout/sent/"
ALERT = "Somebody is trying out cards: attack mode is on"


@pytest.fixture(autouse=True)
def _small_numbers(settings):
    settings.ATTACK_DECLINES, settings.ATTACK_PERCENT = 4, 50
    settings.ATTACK_MINUTES, settings.ATTACK_QUIET_MINUTES = 30, 60


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def declined(*minutes) -> None:
    """A card was declined at each of these minutes after noon."""
    order = Order.objects.first() or make_order()
    known = Decline.objects.count()
    attempt, _ = PaymentAttempt.objects.get_or_create(
        order=order, defaults={"number": 1, "request": {}, "expires_at": NOON}
    )
    Decline.objects.bulk_create(
        Decline(attempt=attempt, reference=f"ch_{known + place}", declined_at=at(minute))
        for place, minute in enumerate(minutes)
    )


def paid(*minutes) -> None:
    order = Order.objects.first() or make_order()
    Payment.objects.bulk_create(
        Payment(order=order, reference=f"pi_{place}", amount_cents=1, received_at=at(minute))
        for place, minute in enumerate(minutes)
    )


def switch(*, on=True, now=None, actor=None) -> None:
    turn = switch_on if on else switch_off
    turn(reason="A warning from Stripe", actor=actor, now=now or timezone.now())


# --- how it starts and ends ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declines", "payments", "is_attack"),
    [
        ([], [], False),
        ([-1, -1, -1], [], False),
        ([-1, -1, -1, -29], [], True),
        ([-1, -1, -1, -30], [], False),
        ([-1, -1, -1, -1], [-1, -2, -3, -4], True),
        ([-1, -1, -1, -1], [-1, -2, -3, -4, -5], False),
        ([-1, -1, -1, -1], [-1, -2, -3, -4, -31], True),
    ],
)
def test_it_starts_when_many_cards_are_declined_and_few_paid(declines, payments, is_attack):
    declined(*declines)
    paid(*payments)
    assert watch(NOON) == ("started" if is_attack else "off")
    assert AttackMode.objects.filter(is_on=True).exists() == is_attack
    assert mails_to_staff() == ([ALERT] if is_attack else [])


def test_it_never_starts_by_itself_where_that_is_switched_off(settings):
    settings.ATTACK_DECLINES = 0
    declined(*[-1] * 30)
    assert watch(NOON) == "off"


@pytest.mark.parametrize("told", [True, False])
def test_the_last_decline_starts_it_at_once_told_or_found(sandbox, settings, told):
    settings.ATTACK_DECLINES = 2
    order = make_order()
    first, second = decline(sandbox, order, 2)
    if told:
        tell(first)
        assert not attack_mode.sends_links()
        tell(second)
    else:
        reconcile.check_open_sessions(now=timezone.now() + timedelta(minutes=2))
    assert attack_mode.sends_links()
    assert charges_of(sandbox, order) == [first, second]


def test_staff_are_told_once_however_long_it_lasts_and_again_of_the_next():
    declined(-3, -2, -1, 0)
    verdicts = [watch(NOON), watch(at(1)), watch(at(2))]
    declined(50, 51, 52, 53)
    verdicts += [watch(at(54)), watch(at(113)), watch(at(114))]
    declined(120, 120, 120, 120)
    verdicts += [watch(at(121))]

    assert verdicts == ["started", "on", "on", "on", "on", "ended", "started"]
    assert mails_to_staff() == [ALERT, ALERT]
    mail = Email.objects.earliest("pk")
    assert "4 cards declined within 30 minutes." in mail.message
    assert "ends by itself after 60 quiet minutes" in mail.message
    assert "http://localhost:8000/admin/orders/attackmode/" in mail.message


def test_it_ends_by_itself_after_a_quiet_time_and_the_row_says_so():
    declined(-3, -2, -1, 0)
    watch(NOON)
    assert [watch(at(minute)) for minute in (26, 85, 86)] == ["on", "on", "ended"]
    mode = AttackMode.objects.get()
    assert (mode.is_on, mode.is_automatic, mode.ended_at) == (False, True, at(86))
    assert (mode.started_by, mode.ended_by) == (None, None)
    assert mode.end_reason == "Quiet for 60 minutes"


def test_what_staff_switch_on_stays_until_they_switch_it_off():
    staff = make_staff()
    switch(now=NOON, actor=staff)
    assert watch(at(60 * 24 * 7)) == "on"
    switch(on=False, now=at(60 * 24 * 8), actor=staff)
    mode = AttackMode.objects.get()
    assert (mode.started_by, mode.ended_by, mode.is_automatic) == (staff, staff, False)
    assert mails_to_staff() == []


def test_switched_off_only_what_is_declined_from_then_on_starts_it_anew():
    declined(-3, -2, -1, 0)
    watch(NOON)
    switch(on=False, now=at(1))
    declined(2, 3, 4)
    assert watch(at(5)) == "off"
    declined(5)
    assert watch(at(6)) == "started"


@pytest.mark.parametrize("on", [True, False])
def test_it_cannot_be_switched_to_what_it_is(on):
    if on:
        switch()
    rows = list(AttackMode.objects.values())
    with pytest.raises(SwitchRefused, match="is on already" if on else "is off already"):
        switch(on=on)
    assert list(AttackMode.objects.values()) == rows


# --- what a buyer meets ----------------------------------------------------------------------------


def link_in(mail: Email) -> str:
    return re.search(r"http://localhost:8000(/order/\S+/)", mail.message)[1]


def test_the_link_goes_by_mail_and_the_answer_tells_nothing_of_the_order(sandbox, client):
    switch()
    variant = open_shop()
    put_in_cart(client, variant)
    page = text_of(client.post("/checkout/", {**BUYER, "action": "totals"}))
    assert "Payment by email link" in page
    assert "Your total is $60.00." in page
    assert "Place the order</button>" in page
    assert "on Stripe</button>" not in page
    sessions = sessions_at(sandbox)

    answer = check_out(client, PRICE)

    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    assert not answer.content
    assert not answer.cookies
    assert sessions_at(sandbox) == sessions
    assert not PaymentAttempt.objects.exists()
    assert Reservation.objects.get().reference == order.number
    with reading_only(most=5):
        cart = client.get("/cart/")
    said = client.get(SENT).content.decode() + cart.content.decode()
    assert order.token not in said
    assert order.number not in said
    assert "The link to pay is in our email to you." in said
    mail = Email.objects.get()
    assert (mail.to, mail.subject) == (["jo@example.com"], f"Pay for your order {order.number}")
    assert link_in(mail) == order.get_absolute_url()


def test_the_mailed_link_leads_to_the_payment(sandbox, client):
    switch()
    put_in_cart(client, open_shop())
    check_out(client, PRICE)
    link = link_in(Email.objects.get())
    assert "Pay $60.00 on Stripe" in text_of(client.get(link))

    paid_at = sandbox.pay(client.post(f"{link}pay/")["Location"]).location

    assert client.get(paid_at.replace("http://testserver", ""))["Location"] == link
    assert Order.objects.get().is_paid


def test_ordered_once_more_the_link_is_mailed_again_after_five_minutes(no_stripe, client, settings):
    settings.CHECKOUT_LIMIT_EMAIL = 2
    switch()
    put_in_cart(client, open_shop())
    order = place_order(client, PRICE)
    assert [check_out(client, PRICE)["Location"] for _ in range(2)] == [SENT, SENT]
    assert Email.objects.count() == 1
    now = timezone.now()
    later = [now + timedelta(minutes=minutes) for minutes in (4, 6, 7, 12, 18)]
    sent = [attack_mode.send_link_again(order, now=moment) for moment in later]
    # Two an hour to one inbox, however many orders there are.
    assert sent == [False, True, False, True, False]
    assert Order.objects.count() == 1
    assert {link_in(mail) for mail in Email.objects.all()} == {order.get_absolute_url()}


def test_an_order_from_before_it_started_is_paid_by_mail_too(sandbox, client):
    put_in_cart(client, open_shop())
    order = place_order(client, PRICE)
    page = order.attempts.get().url
    switch()

    answer = check_out(client, PRICE)

    assert answer["Location"] == SENT
    assert Email.objects.latest("pk").subject == f"Pay for your order {order.number}"
    assert page not in client.get("/cart/").content.decode()
    assert client.post(f"{order.get_absolute_url()}pay/")["Location"] == page


def test_with_the_address_put_right_the_new_order_replaces_the_first(no_stripe, client):
    switch()
    variant = open_shop(on_hand=1)
    put_in_cart(client, variant)
    place_order(client, PRICE, email="joe@example.com")

    assert check_out(client, PRICE, email="jo@example.com")["Location"] == SENT

    assert list(Order.objects.order_by("pk").values_list("email", "status")) == [
        ("joe@example.com", "expired"),
        ("jo@example.com", "pending"),
    ]
    assert [mail.to for mail in Email.objects.order_by("pk")] == [
        ["joe@example.com"],
        ["jo@example.com"],
    ]


def test_what_costs_nothing_is_ordered_as_ever(no_stripe, client):
    switch()
    make_shipping(free_from_cents=0)
    put_in_cart(client, make_variant())
    make_discount_code("GIFT", percent_basis_points=10_000)
    client.post("/cart/discount/", {"code": "GIFT"})
    assert "Payment by email link" not in text_of(client.get("/checkout/"))

    answer = check_out(client, 0)

    order = Order.objects.get()
    assert answer["Location"] == order.get_absolute_url()
    assert order.is_paid


def test_once_it_is_over_buyers_go_to_the_payment_page_again(sandbox, client):
    switch()
    switch(on=False)
    put_in_cart(client, open_shop())
    assert "Payment by email link" not in text_of(client.get("/checkout/"))
    assert check_out(client, PRICE)["Location"].startswith(sandbox.url)
    assert Email.objects.get().subject == f"We have your order {Order.objects.get().number}"


def test_a_shop_that_sends_no_mail_lets_its_buyers_pay(sandbox, client, settings):
    settings.DEMO, settings.MAIL_DELIVERY = False, "keep"
    switch()
    put_in_cart(client, open_shop())
    assert check_out(client, PRICE)["Location"].startswith(sandbox.url)


@pytest.mark.parametrize(
    ("delivery", "status", "minutes", "is_late"),
    [
        ("send", STATUS.queued, 11, True),
        ("send", STATUS.requeued, 11, True),
        ("send", STATUS.queued, 9, False),
        ("send", STATUS.sent, 11, False),
        ("send", STATUS.failed, 11, False),
        ("keep", STATUS.queued, 11, False),
    ],
)
def test_the_page_says_so_when_mail_is_slow(client, settings, delivery, status, minutes, is_late):
    settings.MAIL_DELIVERY = delivery
    mail = Email.objects.create(from_email="a@example.com", to=["b@example.com"], status=status)
    written_at = timezone.now() - timedelta(minutes=minutes)
    Email.objects.filter(pk=mail.pk).update(created=written_at)
    with reading_only(most=1):
        page = text_of(client.get(SENT))
    assert ("It may take longer than usual until the link reaches you." in page) == is_late
    assert ("It should be there within a few minutes." in page) == (not is_late)
    assert "You have not paid yet." in page


def test_one_mail_that_nobody_takes_makes_no_link_late(client):
    waiting = {"from_email": "a@example.com", "status": STATUS.requeued}
    mail = Email.objects.create(to=["nobody@example.com"], **waiting)
    Email.objects.filter(pk=mail.pk).update(created=timezone.now() - timedelta(hours=2))
    Email.objects.create(from_email="a@example.com", to=["b@example.com"], status=STATUS.sent)
    assert "It should be there within a few minutes." in text_of(client.get(SENT))


def test_declines_on_pages_of_mailed_links_count_as_well(sandbox, settings):
    switch(now=timezone.now() - timedelta(hours=1))
    settings.ATTACK_DECLINES = 1
    order = make_order()
    open_page(order)
    (charge,) = decline(sandbox, order, 1)
    before = AttackMode.objects.get().alarmed_at
    tell(charge)
    assert AttackMode.objects.get().alarmed_at > before
