"""What a stranger cannot find out: whether an order, a cart, a code or a delivery is known here.

Answers are compared byte by byte, and the work behind them by its queries, not by a clock. The look-up
is in test_look_up.py, the links of orders are in test_guest_links.py.
"""

import math
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from orders import discounts
from orders.models import Order, Payment, WebhookDelivery
from orders.models.order import NUMBER_ALPHABET, NUMBER_LENGTH, new_number
from products.models import Variant
from shop.lib.tokens import new_token
from tests.factories import NOON, make_discount_code, make_order, make_variant
from tests.orders.equal_work import work_of
from tests.orders.shopping import open_shop, put_in_cart, text_of
from tests.orders.stripe_steps import deliver, event_body, pay_page, session_event, signature
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

INVALID_CODE = "This code is not valid, or not any more. Please check the spelling."


def answer_of(response):
    """What a visitor can tell answers apart by."""
    return response.status_code, response.content, dict(response.headers), str(response.cookies)


def visitor() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


# Order numbers -----------------------------------------------------------------------------------


def test_order_numbers_are_drawn_not_counted():
    assert math.log2(len(NUMBER_ALPHABET) ** NUMBER_LENGTH) > 28
    drawn = [new_number() for _ in range(300)]
    assert len(set(drawn)) == 300
    assert drawn != sorted(drawn)
    for place in range(NUMBER_LENGTH):
        assert {number[place] for number in drawn} == set(NUMBER_ALPHABET)


def test_a_number_opens_nothing(client):
    order = make_order()
    unknown = answer_of(client.get(f"/order/{new_token()}/"))

    for guess in (order.number, order.pk, order.token[:16], f"{order.token[:16]}{'x' * 27}"):
        assert answer_of(client.get(f"/order/{guess}/")) == unknown


# Carts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/cart/", "/checkout/"])
def test_a_cookie_that_was_guessed_shows_what_everybody_sees(path):
    cart = put_in_cart(visitor(), open_shop())
    nobody = answer_of(visitor().get(path))

    for guess in ("", str(cart.pk), new_token(), cart.token[:16], f"{cart.token[:-1]}-"):
        guesser = visitor()
        guesser.cookies["cart"] = guess
        assert answer_of(guesser.get(path)) == nobody
    assert "Your cart is empty" in text_of(visitor().get("/cart/"))


def test_nothing_that_a_page_shows_of_a_cart_counts_carts(client):
    cart = put_in_cart(client, open_shop())
    for _ in range(20):
        cart = put_in_cart(visitor(), Variant.objects.get())
    mine = visitor()
    mine.cookies["cart"] = cart.token

    page = mine.get("/cart/").content.decode() + mine.get("/checkout/").content.decode()

    assert cart.token not in page
    assert cart.token_start not in page


def test_a_pack_that_is_not_on_sale_answers_like_one_that_never_was(client):
    make_variant(sku="HIDDEN", is_active=False)
    answers, work = [], []
    for sku in ("HIDDEN", "NOTHING"):
        data = {"sku": sku, "quantity": 1}
        work.append(work_of(lambda data=data: answers.append(client.post("/cart/add/", data))))

    pages = [answer.content.replace(b"HIDDEN", b"NOTHING") for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert pages[0] == pages[1]
    assert work[0] == work[1]


# Discount codes ----------------------------------------------------------------------------------


@pytest.fixture
def codes():
    """One that is good; returned are those that are none any more, each in its own way, or never were."""
    make_discount_code("TENOFF")
    make_discount_code("RETIRED", is_active=False)
    make_discount_code("TO-COME", starts_at=NOON + timedelta(days=1))
    make_discount_code("EXPIRED", ends_at=NOON)
    make_discount_code("USED-UP", max_uses=1, uses=1)
    make_discount_code("NO-USES", max_uses=0)
    return ("RETIRED", "TO-COME", "EXPIRED", "USED-UP", "NO-USES", "NOTHING")


@pytest.mark.parametrize("has_order", [False, True])
def test_a_code_that_was_good_once_answers_like_one_that_never_was(client, codes, has_order):
    cart = put_in_cart(client, open_shop())
    if has_order:
        cart.order = make_order()
        cart.save()
    seen = set()
    with time_machine.travel(NOON, tick=False):
        for code in codes:
            answers = []
            data = {"code": code, "action": "apply"}
            post = lambda data=data, to=answers: to.append(client.post("/cart/discount/", data))  # noqa: E731
            work = tuple(work_of(post))
            status, page, headers, cookies = answer_of(answers[0])
            assert INVALID_CODE in page.decode()
            seen.add((status, page.replace(code.encode(), b"-"), str(headers), cookies, work))
    assert len(seen) == 1


def test_whoever_holds_a_code_is_told_why_it_ended(client, codes):
    cart = put_in_cart(client, open_shop())
    cart.discount_code = "EXPIRED"
    cart.save()

    with time_machine.travel(NOON, tick=False):
        assert "The code EXPIRED has ended." in text_of(client.get("/cart/"))


def test_who_has_used_a_code_is_told_to_nobody():
    """A stranger with a customer's email reads the same words as a customer who came too late."""
    words = set()
    for limit in ("max_uses", "max_uses_per_customer"):
        code = make_discount_code(f"ONCE-{limit}", **{limit: 1})
        discounts.take(code, make_order(email="jo@example.com"))
        with pytest.raises(discounts.DiscountRefused) as refusal:
            discounts.take(code, make_order(email="jo@example.com"))
        words.add(str(refusal.value).replace(code.code, "-"))
    assert len(words) == 1


def test_wrong_codes_are_limited_per_cart_and_the_form_is_kept(client, codes):
    cart = put_in_cart(client, open_shop())
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(discounts.WRONG_PER_CART):
            assert client.post("/cart/discount/", {"code": f"X{number}"}).status_code == 422
        clock.shift(timedelta(minutes=20))
        refused = client.post("/cart/discount/", {"code": "TENOFF"})
        assert (refused.status_code, refused["Retry-After"]) == (429, "2400")
        page = text_of(refused)
        assert 'value="TENOFF"' in page
        assert "Please try again in an hour, or order without one. Your cart is kept." in page
        cart.refresh_from_db()
        assert (cart.discount_code, cart.lines.count()) == ("", 1)
        # Another visitor of the same network is not concerned; taking a code away is no try.
        other = visitor()
        put_in_cart(other, Variant.objects.get())
        assert other.post("/cart/discount/", {"code": "TENOFF"}).status_code == 302
        assert client.post("/cart/discount/", {"action": "remove"}).status_code == 302
        clock.shift(timedelta(minutes=40))
        assert client.post("/cart/discount/", {"code": "TENOFF"}).status_code == 302


def test_wrong_codes_are_limited_per_network_whatever_the_cart(codes, monkeypatch):
    assert discounts.WRONG_PER_NETWORK == 50
    monkeypatch.setattr(discounts, "WRONG_PER_NETWORK", 5)
    variant = open_shop()
    statuses = []
    for number in range(6):
        guesser = visitor()
        put_in_cart(guesser, variant)
        answer = guesser.post("/cart/discount/", {"code": f"X{number}"})
        statuses.append(answer.status_code)
    elsewhere = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="192.0.2.7")
    put_in_cart(elsewhere, variant)

    assert statuses == [422] * 5 + [429]
    assert elsewhere.post("/cart/discount/", {"code": "TENOFF"}).status_code == 302


def test_good_codes_count_against_nobody(client, codes):
    """A whole office may use the code of a newsletter, as often as it likes."""
    put_in_cart(client, open_shop())
    for _ in range(discounts.WRONG_PER_CART + 2):
        assert client.post("/cart/discount/", {"code": "TENOFF"}).status_code == 302
    assert not Attempt.objects.exists()


# The webhook -------------------------------------------------------------------------------------


def test_whatever_stripe_has_not_signed_gets_one_and_the_same_answer(sandbox):
    order = make_order()
    session_id = pay_page(sandbox, order)
    known, unknown = session_event(session_id), session_event("cs_test_unknown")
    stamp = signature(known).partition(",")[0]
    forged = [
        (known, ""),
        (known, "nonsense"),
        (known, signature(known, "whsec_other")),
        (known, signature(unknown)),
        (known, signature(known, at=1)),
        (known, f"{stamp},v1=00"),
        (unknown, signature(unknown, "whsec_other")),
        (event_body("customer.created", {"id": "cus_1"}), ""),
        ("{}", ""),
        ("", ""),
        (b"\xff\xfe", signature("x")),
        ("x" * 900_000, ""),
    ]
    answers, work = [], []
    for body, header in forged:
        send = lambda body=body, header=header: answers.append(deliver(body, header))  # noqa: E731
        work.append(work_of(send))

    assert [answer_of(answer) for answer in answers] == [answer_of(answers[0])] * len(forged)
    assert (answers[0].status_code, answers[0].content) == (400, b"Bad body or signature")
    # The database is not asked at all, and nothing is written: a flood of such fills nothing.
    assert work == [[]] * len(forged)
    assert not WebhookDelivery.objects.exists()
    assert not Payment.objects.exists()
    assert Order.objects.get().is_pending


def test_a_body_that_is_too_large_is_refused_unread(sandbox, settings):
    body = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    for header in ("", signature(body)):
        answer = deliver(body, header)
        assert (answer.status_code, answer.content) == (413, b"Too large")
    assert not WebhookDelivery.objects.exists()
