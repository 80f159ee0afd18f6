"""The staff's front page and log-in."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from orders import attack_mode, review
from orders.models import Refund
from pages.models import ContactMessage
from shop import staff_login, today
from tests.factories import NOON, make_order, make_paid_order, make_staff, make_variant
from tests.orders.admin_steps import log_in, words_of
from tests.orders.booked import make_dispute, make_warning

pytestmark = pytest.mark.django_db

DESK = (
    "orders.view_order",
    "orders.view_attackmode",
    "pages.view_contactmessage",
    "products.view_variant",
    "post_office.view_email",
)


def make_mail(status: int) -> Email:
    return Email.objects.create(
        from_email="shop@example.com", to=["jo@example.com"], subject="Hi", status=status
    )


def make_work() -> None:
    """One of everything that can wait."""
    variant = make_variant(on_hand=12, low_stock_at=10)
    make_order(packs={variant: 1})
    make_paid_order(packs={variant: 1})
    doubtful = make_paid_order(packs={variant: 1})
    review.ask(doubtful, "Paid twice.")
    Email.objects.all().delete()
    make_dispute(make_paid_order(packs={variant: 1}, is_frozen=True))
    make_warning(make_paid_order(packs={variant: 1}, is_frozen=True))
    Refund.objects.create(
        order=doubtful,
        payment=doubtful.payments.get(),
        amount_cents=100,
        status="in_doubt",
        idempotency_key="x",
        requested_at=timezone.now(),
    )
    fields = {"name": "Ana", "email": "ana@example.org", "topic": "order", "message": "Where?"}
    ContactMessage.objects.create(**fields, received_at=timezone.now(), sender_key_hash="x")
    for status in (STATUS.failed, STATUS.queued, STATUS.requeued, STATUS.sent):
        make_mail(status)
    attack_mode.switch_on(reason="Cards are tried out", actor=None, now=timezone.now())


def counts_of(user) -> dict[str, int]:
    return {task.label: task.count for task in today.overview(user).tasks}


def test_the_front_page_counts_what_waits():
    make_work()
    user = make_staff(*DESK)
    assert counts_of(user) == {
        "Attack mode": 1,
        "Orders to review": 1,
        "Disputes to answer": 1,
        "Fraud warnings": 1,
        "Refunds to look at": 1,
        "Mails that failed": 1,
        "Orders to ship": 1,
        "Messages to answer": 1,
        "Packs low in stock": 1,
        "Payments awaited": 1,
        "Mails kept here": 2,
    }


def test_what_is_urgent_stands_first_and_what_is_done_last():
    make_work()
    ContactMessage.objects.all().delete()
    tasks = today.overview(make_staff(*DESK)).tasks
    assert [task.state for task in tasks[:3]] == ["bad", "bad", "bad"]
    assert (tasks[-1].label, tasks[-1].count) == ("Messages to answer", 0)


def test_every_count_leads_to_as_many_rows():
    make_work()
    client, user = log_in(*DESK)
    for task in today.overview(user).tasks:
        if task.label == "Packs low in stock":
            continue  # the whole stock is shown
        page = client.get(task.path)
        assert page.status_code == 200, task.path
        assert page.context["cl"].result_count == task.count, task.path


def test_mails_are_on_their_way_where_mail_is_sent(settings):
    settings.MAIL_DELIVERY = "send"
    make_mail(STATUS.queued)
    assert counts_of(make_staff(*DESK))["Mails on their way"] == 1


def test_each_sees_only_their_own_work():
    make_work()
    assert counts_of(make_staff("pages.view_contactmessage")) == {"Messages to answer": 1}
    assert counts_of(make_staff()) == {}
    assert today.overview(make_staff("pages.view_contactmessage")).recent_orders == []


def test_logging_out_says_so_in_our_words():
    client, _ = log_in(*DESK)
    words = words_of(client.post("/admin/logout/"))
    assert "You are logged out" in words
    assert "quality time" not in words


def test_the_front_page_asks_few_questions_however_much_waits():
    client, _ = log_in(*DESK)
    with CaptureQueriesContext(connection) as empty:
        client.get("/admin/")
    make_work()
    variant = make_variant()
    for _ in range(12):
        make_paid_order(packs={variant: 1})
    with CaptureQueriesContext(connection) as full:
        page = client.get("/admin/")
    asked = [query["sql"] for query in full.captured_queries]
    assert len(page.context["today"].recent_orders) == today.RECENT_ORDERS
    assert len(full) <= len(empty) + 1  # the lines of the recent orders
    # Session, user, two kinds of permissions, and ten for the work.
    assert len(full) <= 14, "\n".join(asked)
    assert len(set(asked)) == len(asked), "asked twice"


def test_the_header_leads_to_the_daily_work():
    client, _ = log_in(*DESK)
    words = words_of(client.get("/admin/"))
    for label in ("Today", "Orders", "Messages", "Stock", "Outbox"):
        assert label in words
    other, _ = log_in("pages.view_contactmessage")
    assert "Outbox" not in words_of(other.get("/admin/"))


def test_nothing_is_written_inline_and_every_page_keeps_the_policy():
    client, _ = log_in(*DESK)
    make_work()
    for path in ("/admin/", "/admin/orders/order/", "/admin/post_office/email/"):
        page = client.get(path)
        html = page.content.decode()
        assert "style=" not in html
        assert "<script>" not in html
        assert "script-src 'self'" in page["Content-Security-Policy"]


# Log-in


def try_to_log_in(username: str, password: str, address: str = "203.0.113.7"):
    data = {"username": username, "password": password, "next": "/admin/"}
    return Client(REMOTE_ADDR=address).post("/admin/login/", data)


def test_staff_log_in_with_their_password():
    make_staff(username="ana", password="right-password-1")
    assert try_to_log_in("ana", "right-password-1").status_code == 302


def test_guessing_a_password_ends_after_ten_tries_also_with_the_right_one():
    make_staff(username="ana", password="right-password-1")
    for number in range(staff_login.TRIES_PER_NAME):
        assert try_to_log_in("ana", "wrong", f"203.0.{number}.7").status_code == 200
    refused = try_to_log_in("ANA ", "right-password-1", "198.51.100.1")
    assert refused.status_code == 429
    assert "Too many tries to log in. Wait 15 minutes, then try again." in words_of(refused)


def test_guessing_names_from_one_network_ends_too():
    make_staff(username="ana", password="right-password-1")
    for number in range(staff_login.TRIES_PER_ADDRESS):
        try_to_log_in(f"name-{number}", "wrong", f"203.0.113.{number}")
    assert try_to_log_in("ana", "right-password-1", "203.0.113.99").status_code == 429
    assert try_to_log_in("ana", "right-password-1", "198.51.100.1").status_code == 302


def test_the_log_in_opens_again_by_itself():
    make_staff(username="ana", password="right-password-1")
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(staff_login.TRIES_PER_NAME + 1):
            try_to_log_in("ana", "wrong")
        assert try_to_log_in("ana", "right-password-1").status_code == 429
        clock.shift(staff_login.PERIOD + timedelta(seconds=1))
        assert try_to_log_in("ana", "right-password-1").status_code == 302


def test_an_empty_log_in_is_told_what_is_missing_and_counts_nothing():
    page = try_to_log_in("", "")
    assert page.status_code == 200
    assert words_of(page).count("This field is required.") == 2
    for _ in range(staff_login.TRIES_PER_ADDRESS + 1):
        assert try_to_log_in("", "").status_code == 200


def test_who_is_not_staff_does_not_get_in():
    make_staff(username="jo", password="right-password-1", is_staff=False)
    assert try_to_log_in("jo", "right-password-1").status_code == 200
