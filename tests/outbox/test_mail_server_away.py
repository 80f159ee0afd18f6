"""The mail server is away for an hour, a night, or for one address: nothing is lost, and staff see it."""

from collections import Counter
from datetime import timedelta
from smtplib import SMTPDataError

import pytest
import time_machine
from django.conf import settings as shop_settings
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone
from post_office.models import STATUS, Email, Log

from orders.models import Order
from outbox import delivery
from shop import schedule, today
from tests.factories import NOON, make_staff
from tests.orders.admin_steps import log_in, words_of
from tests.orders.shopping import check_out, open_shop, path_of, put_in_cart
from tests.orders.stripe_steps import deliver, session_event, session_of
from tests.outbox.mail_server import MailServer
from tests.outbox.test_admin import OUTBOX, SEE, SEND, again, make_mail

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GREYLISTED, NOBODY = "451 4.7.1 try again later", "550 5.1.1 no such mailbox"
CLOSED_PORT = "ConnectionRefusedError"


@pytest.fixture
def server(settings):
    """The shop's mail server. Nobody listens yet."""
    with MailServer() as server:
        settings.MAIL_DELIVERY = "send"
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 5
        yield server


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def let_pass(clock, time: timedelta, *, step: timedelta = MINUTE) -> None:
    """Time passes; the worker looks at the outbox at each step."""
    for _ in range(time // step):
        clock.shift(step)
        delivery.send_due()


def written() -> Counter[tuple[str, str]]:
    """Every mail of the outbox, by recipient and subject."""
    return Counter((mail.to[0], mail.subject) for mail in Email.objects.all())


def states() -> Counter[int]:
    return Counter(Email.objects.values_list("status", flat=True))


def tasks() -> dict[str, tuple[int, str]]:
    """What the front page tells staff about mail: how many, and how urgent."""
    shown = today.overview(make_staff(SEE)).tasks
    return {task.label: (task.count, task.state) for task in shown}


def test_an_order_is_placed_paid_and_shown_while_mail_is_down_for_an_hour(client, sandbox, server):
    put_in_cart(client, open_shop())
    order_page = sandbox.pay(check_out(client, 6_000)["Location"]).location
    order = Order.objects.get()
    assert deliver(session_event(session_of(order))).status_code == 200
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(60):
            clock.shift(MINUTE)
            schedule.send_mail.call_local()
        client.get(path_of(order_page))
        order.refresh_from_db()
        assert (order.status, order.payments.count()) == ("paid", 1)
        assert "Your payment has arrived." in client.get(order.get_absolute_url()).content.decode()
        wanted = written()
        assert len(wanted) == wanted.total() == 3  # placed, paid, and the one to staff
        assert states() == {STATUS.queued: 3}

        server.open()
        clock.shift(MINUTE)
        schedule.send_mail.call_local()

    assert server.taken == wanted
    assert states() == {STATUS.sent: 3}
    assert any(order.get_absolute_url() in body for body in server.bodies)


def test_a_whole_night_without_mail_server_uses_up_no_try_and_staff_see_it(server, clock, capsys):
    for number in range(8):
        make_mail(subject=f"Mail {number}")
    let_pass(clock, 12 * HOUR, step=10 * MINUTE)

    assert states() == {STATUS.queued: 8}
    assert not Email.objects.exclude(number_of_retries=None).exists()
    assert not Log.objects.exists()
    assert tasks()["Mails held up"] == (8, "bad")
    assert tasks()["Mails that failed"] == (0, "bad")
    desk, _ = log_in(SEE)
    assert "sent once mail works again" in words_of(desk.get("/admin/"))
    assert "8 mails are held up." in words_of(desk.get(OUTBOX))
    assert desk.get(OUTBOX, {"state": "late"}).context["cl"].result_count == 8
    with pytest.raises(SystemExit):
        call_command("doctor")
    told = capsys.readouterr().out
    assert f"missing  Mail server: {CLOSED_PORT}" in told
    assert "warning  Mails held up: 8 have waited for more than ten minutes" in told

    server.open()
    assert delivery.send_due() == "8 sent, 0 to retry, 0 failed"

    assert server.taken == {("jo@example.com", f"Mail {number}"): 1 for number in range(8)}
    assert tasks()["Mails held up"] == (0, "bad")
    assert "held up." not in words_of(desk.get(OUTBOX))
    assert "sent once mail works again" not in words_of(desk.get("/admin/"))
    with pytest.raises(SystemExit):
        call_command("doctor")
    told = capsys.readouterr().out
    assert "ok       Mail server: lets us in" in told
    assert "ok       Mails held up: none" in told


def test_a_server_that_goes_away_in_the_middle_of_a_round_loses_nothing(server, clock):
    for number in range(6):
        make_mail(subject=f"Mail {number}")
    server.open()
    server.answers["RCPT"] = "421 4.3.2 shutting down"
    assert delivery.send_due() == "0 sent, 3 to retry, 0 failed"  # and the rest is not even tried
    server.close()
    let_pass(clock, HOUR)
    assert states() == {STATUS.queued: 3, STATUS.requeued: 3}
    assert set(Email.objects.values_list("number_of_retries", flat=True)) == {None, 1}

    server.answers.clear()
    server.open()
    let_pass(clock, MINUTE)
    assert server.taken == {("jo@example.com", f"Mail {number}"): 1 for number in range(6)}


def test_a_server_that_says_later_all_night_is_asked_again_until_morning(server, clock):
    server.open()
    server.answers["RCPT"] = GREYLISTED
    make_mail()
    let_pass(clock, 8 * HOUR, step=10 * MINUTE)

    assert states() == {STATUS.requeued: 1}
    assert Email.objects.get().number_of_retries == 48
    assert tasks()["Mails held up"] == (1, "bad")
    server.answers.clear()
    let_pass(clock, 10 * MINUTE, step=10 * MINUTE)
    assert server.taken == {("jo@example.com", "Your order"): 1}


@pytest.mark.parametrize("refusal", [GREYLISTED, NOBODY])
def test_mails_that_nobody_takes_hold_up_no_other(server, clock, capsys, refusal):
    server.open()
    server.answers["RCPT TO:<slow"] = refusal
    for number in range(45):
        make_mail(to=[f"slow{number}@example.com"])
    make_mail(subject="New")
    assert delivery.send_due() == "1 sent, 45 to retry, 0 failed"
    assert server.taken == {("jo@example.com", "New"): 1}

    clock.shift(20 * MINUTE)  # all of them are due
    with pytest.raises(SystemExit):
        call_command("doctor")
    told = capsys.readouterr().out
    answer = f"SMTPRecipientsRefused {refusal[:3]}"
    assert f"45 have waited for more than ten minutes; last answer: {answer}" in told


def test_a_mail_that_was_not_tried_yet_goes_before_those_that_were(server, clock, caplog):
    """While the server fails a round ends early: those it failed must not always be the first again."""
    caplog.set_level("WARNING")
    server.open()
    server.answers["MAIL FROM"] = "451 4.3.0 out of order"
    for number in range(8):
        make_mail(subject=f"Mail {number}")
    tried = [delivery.send_due() for _ in range(2)]
    assert tried == ["0 sent, 3 to retry, 0 failed"] * 2
    told = [one.getMessage() for one in caplog.records if one.name == "outbox.delivery"]
    assert told == ["Mails wait, the mail server fails: SMTPSenderRefused 451"] * 2

    clock.shift(10 * MINUTE)
    delivery.send_due()
    assert Email.objects.filter(number_of_retries=1).count() == 7
    assert Email.objects.filter(number_of_retries=2).count() == 1


class SlowOffice(EmailBackend):
    """Takes no mail, and takes two minutes to say so."""

    clock = None

    def send_messages(self, _messages):
        self.clock.shift(2 * MINUTE)
        raise SMTPDataError(451, b"later")


def test_a_round_ends_after_some_minutes_for_there_is_other_work(settings, clock):
    SlowOffice.clock = clock
    settings.MAIL_DELIVERY = "send"
    backends = {"default": f"{__name__}.SlowOffice"}
    settings.POST_OFFICE = {**settings.POST_OFFICE, "BACKENDS": backends}
    for _ in range(9):
        make_mail()
    assert delivery.send_due() == "0 sent, 3 to retry, 0 failed"


def test_a_password_that_is_wrong_uses_up_no_try(server, clock, settings):
    server.open()
    server.answers["EHLO"] = "250-tests\r\n250 AUTH PLAIN"
    server.answers["AUTH"] = "535 5.7.8 wrong password"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "shop", "old"
    make_mail()
    assert delivery.server_trouble().startswith("SMTPAuthenticationError: (535,")
    let_pass(clock, 3 * HOUR, step=10 * MINUTE)
    assert states() == {STATUS.queued: 1}
    assert Email.objects.get().number_of_retries is None

    server.answers["AUTH"] = "235 2.7.0 welcome"
    let_pass(clock, MINUTE)
    assert server.taken == {("jo@example.com", "Your order"): 1}


def test_an_address_that_nobody_has_is_given_up_and_staff_can_send_it_again(server, clock):
    server.open()
    server.answers["RCPT TO:<typo@"] = NOBODY
    typo = make_mail(to=["typo@example.com"])
    make_mail()
    let_pass(clock, 80 * MINUTE)
    assert server.taken == {("jo@example.com", "Your order"): 1}
    assert tasks()["Mails that failed"] == (0, "bad")
    let_pass(clock, 10 * MINUTE)

    typo.refresh_from_db()
    assert (typo.status, typo.number_of_retries) == (STATUS.failed, delivery.MOST_REFUSALS)
    assert tasks()["Mails that failed"] == (1, "bad")
    desk, _ = log_in(SEE, SEND)
    assert "no such mailbox" in words_of(desk.get(OUTBOX, {"state": "failed"}))
    let_pass(clock, HOUR, step=10 * MINUTE)
    assert Log.objects.filter(email=typo).count() == delivery.MOST_REFUSALS

    server.answers.clear()
    again(desk, typo)
    let_pass(clock, MINUTE)
    assert server.taken["typo@example.com", "Your order"] == 1
    assert states() == {STATUS.sent: 2}


def test_nobody_is_asked_while_nothing_is_due(server):
    make_mail(STATUS.sent)
    make_mail(STATUS.requeued, scheduled_time=timezone.now() + HOUR)
    server.answers["EHLO"] = "421 go away"
    server.open()
    assert delivery.send_due() == "nothing is due"


def test_a_mail_is_given_up_after_three_days_of_tries_and_not_silently(server):
    office = shop_settings.POST_OFFICE
    assert office["MAX_RETRIES"] * office["RETRY_INTERVAL"] == timedelta(days=3)
    server.open()
    server.answers["RCPT"] = GREYLISTED
    make_mail(number_of_retries=office["MAX_RETRIES"] - 1)
    make_mail(number_of_retries=office["MAX_RETRIES"])

    assert delivery.send_due() == "0 sent, 1 to retry, 1 failed"
    assert tasks()["Mails that failed"] == (1, "bad")
