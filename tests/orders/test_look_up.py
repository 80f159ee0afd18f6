"""The order look-up: mails the link, and tells a stranger nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from post_office.models import Email

from orders import look_up
from orders.models import LinkRequest, Order, OrderEvent
from shop import schedule
from tests.factories import make_order
from tests.orders.equal_work import work_of
from tests.orders.shopping import reading_only, text_of
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@pytest.fixture
def order():
    return make_order(number="7KMP3XW", email="Jo@example.com")


def ask(client, number, email):
    return client.post("/order-status/", {"number": number, "email": email})


def ask_and_wait(client, number, email):
    """Ask, and let the worker come by."""
    response = ask(client, number, email)
    look_up.mail_links(timezone.now())
    return response


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("7KMP3XW", "Jo@example.com"),
        ("7kmp3xw", "jo@EXAMPLE.com"),
        (" 7KMP 3XW ", "jo@example.com"),
        ("#7KMP3XW", "jo@example.com"),
        ("# 7kmp-3xw", " jo@example.com "),
    ],
)
def test_whoever_ordered_gets_the_link(client, order, number, email):
    response = ask(client, number, email)
    assert response["Location"] == "/order-status/sent/"
    assert not Email.objects.exists()
    assert look_up.mail_links(NOW) == 1

    assert not LinkRequest.objects.exists()
    mail = Email.objects.get()
    assert mail.to == ["Jo@example.com"]
    assert mail.subject == "The link to your order 7KMP3XW"
    assert f"http://localhost:8000/order/{order.token}/" in mail.message


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("7KMP3XW", "sam@example.com"),
        ("7KMP3XC", "jo@example.com"),
        ("%", "jo@example.com"),
        ("7KMP3XW", "jo@example.co"),
    ],
)
def test_a_stranger_gets_the_same_answer_and_nobody_a_mail(client, order, number, email):
    for_stranger = ask_and_wait(client, number, email)
    assert not Email.objects.exists()
    for_customer = ask_and_wait(client, "7KMP3XW", "jo@example.com")

    assert Email.objects.count() == 1
    for name in ("status_code", "content", "headers"):
        assert getattr(for_stranger, name) == getattr(for_customer, name)
    assert for_stranger.cookies == for_customer.cookies
    assert client.get(for_stranger["Location"]).status_code == 200


def test_nothing_stays_stored_but_the_attempt(client, order):
    ask_and_wait(client, "7KMP3XW", "sam@example.com")

    assert not LinkRequest.objects.exists()
    assert Attempt.objects.count() == 1
    assert len(Attempt.objects.get().key) == 64
    assert not Email.objects.exists()
    assert not OrderEvent.objects.exists()


def test_asking_often_is_refused_for_an_hour(client, order):
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(10):
            assert ask(client, "7KMP3XC", "jo@example.com").status_code == 302
        clock.shift(timedelta(minutes=10))
        refused = ask_and_wait(client, "7KMP3XW", "jo@example.com")
        assert (refused.status_code, refused["Retry-After"]) == (429, "3000")
        page = text_of(refused)
        assert "That was often. Please try again in an hour, or write to us." in page
        assert 'value="jo@example.com"' in page
        assert not Email.objects.exists()
        clock.shift(timedelta(minutes=50))
        assert ask_and_wait(client, "7KMP3XW", "jo@example.com").status_code == 302
    assert Email.objects.count() == 1


def test_one_link_per_order_is_mailed_in_five_minutes(client, order):
    other = make_order(number="7KMP3XC", email="jo@example.com")
    with time_machine.travel(NOW, tick=False) as clock:
        answers = [ask_and_wait(client, "7KMP3XW", "jo@example.com") for _ in range(3)]
        assert {answer["Location"] for answer in answers} == {"/order-status/sent/"}
        assert Email.objects.count() == 1
        ask_and_wait(client, other.number, "jo@example.com")
        assert Email.objects.count() == 2
        clock.shift(timedelta(minutes=5))
        ask_and_wait(client, "7KMP3XW", "jo@example.com")
    assert Email.objects.count() == 3


def test_asking_looks_at_no_order_so_its_answer_cannot_tell(client, order):
    """Same queries, same writes, no mail: whether there is such an order is looked at later."""
    asked = [
        work_of(lambda pair=pair: ask(client, *pair))
        for pair in (
            ("7KMP3XW", "jo@example.com"),
            ("7KMP3XW", "sam@example.com"),
            ("7KMP3XC", "jo@example.com"),
            ("X", "nobody@example.com"),
        )
    ]

    assert asked == [asked[0]] * 4
    assert not any('"orders_order"' in query for query in asked[0])
    assert LinkRequest.objects.count() == 4
    assert not Email.objects.exists()


def test_a_link_that_cannot_be_written_keeps_no_other_from_being_mailed(client, order):
    broken = LinkRequest.objects.create(number="BROKEN", email="x@example.com", asked_at=NOW)
    make_order(number="BROKEN", email="x@example.com")
    Order.objects.filter(number="BROKEN").update(email="no address")
    LinkRequest.objects.filter(pk=broken.pk).update(email="no address")
    ask(client, "7KMP3XW", "jo@example.com")

    with time_machine.travel(NOW, tick=False):
        assert look_up.mail_links(NOW) == 1
    assert Email.objects.get().to == ["Jo@example.com"]
    assert list(LinkRequest.objects.all()) == [broken]
    assert look_up.forget_old(NOW + look_up.KEEP) == 0
    assert look_up.forget_old(NOW + look_up.KEEP + timedelta(seconds=1)) == 1


def test_the_worker_mails_what_was_asked_for(client, order):
    ask(client, "7KMP3XW", "jo@example.com")
    schedule.send_mail.call_local()

    assert Email.objects.get().subject == "The link to your order 7KMP3XW"


@pytest.mark.parametrize(
    ("number", "email", "message"),
    [
        ("", "jo@example.com", "Please enter your order number."),
        ("7KMP3XW", "", "Please enter your email."),
        ("7KMP3XW", "jo", "This email address looks incomplete."),
        ("7" * 21, "jo@example.com", "at most 20 characters"),
        ("7\x00", "jo@example.com", "invisible characters"),
        ("7\nK", "jo@example.com", "invisible characters"),
        ("7KMP3XW", "jo@example.com\x00", "This email address looks incomplete."),
        ("7KMP3XW", "jo@example.com\nBcc: x@example.com", "This email address looks incomplete."),
        ("7KMP3XW", f"{'j' * 400}@example.com", "at most 320 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_counted(client, order, number, email, message):
    response = ask(client, number, email)

    assert response.status_code == 422
    assert message in text_of(response)
    assert not LinkRequest.objects.exists()
    assert not Attempt.objects.exists()
    assert not Email.objects.exists()


def test_the_form_is_the_same_for_everybody(client):
    with reading_only(most=0):
        response = client.get("/order-status/")

    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_answer_is_kept_by_no_cache(client):
    assert client.get("/order-status/sent/")["Cache-Control"] == "private, no-store"
