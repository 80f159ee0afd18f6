"""Whatever is sent to cart, checkout and orders: a message beside its cause, nothing stored, never a 500."""

import pytest
from django.test import Client

from orders.models import Cart, CartLine, Order, OrderEvent, PaymentAttempt
from outbox.mail import Email
from products.models import Reservation
from tests.factories import make_order, make_tax_rate
from tests.orders.shopping import BUYER, check_out, open_shop, put_in_cart, text_of
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

POST_ONLY = ("/cart/add/", "/cart/update/", "/cart/discount/", "/order/{token}/pay/")
POSTS = (*POST_ONLY, "/checkout/", "/order-status/")
READ_ONLY = ("/cart/", "/order/{token}/", "/order/{token}/return/", "/order-status/sent/")
FORM = "application/x-www-form-urlencoded"
INVISIBLE = "Please leave out line breaks and other invisible characters."
NAME_ONLY = "Please enter a name only, without a web or email address."
MODELS = (Cart, CartLine, Order, OrderEvent, PaymentAttempt, Reservation, Email, Attempt)


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def shopper(client):
    """A buyer with one pack ($60.00) in the cart, and nothing else stored."""
    put_in_cart(client, open_shop())
    return client


# The address form ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("email", "", "Please enter your email."),
        ("email", "jo", "This email address looks incomplete."),
        ("email", "jo@localhost", "This email address looks incomplete."),
        ("email", '"jo doe"@example.com', "This email address looks incomplete."),
        ("email", "jo@example.com\nBcc: x@example.com", "This email address looks incomplete."),
        ("email", "jo@example.com\x00", "This email address looks incomplete."),
        ("email", f"{'j' * 250}@example.com", "at most 254 characters"),
        ("name", "", "Please enter the full name of the person who gets the parcel."),
        ("name", "   ", "Please enter the full name of the person who gets the parcel."),
        ("name", "Jo\nDoe", INVISIBLE),
        ("name", "Jo\rDoe", INVISIBLE),
        ("name", "Jo\u2028Doe", INVISIBLE),
        ("name", "Jo\x85Doe", INVISIBLE),
        ("name", "Jo\x00Doe", INVISIBLE),
        ("name", "Win at https://evil.example", NAME_ONLY),
        ("name", "Jo WWW.evil.example", NAME_ONLY),
        ("name", "jo@example.com", NAME_ONLY),
        ("name", "J" * 101, "at most 100 characters"),
        ("line1", "", "Please enter a street address."),
        ("line1", "12 Elm\nStreet", INVISIBLE),
        ("line1", "E" * 121, "at most 120 characters"),
        ("line2", "A" * 121, "at most 120 characters"),
        ("line2", "Apt\t4\n", INVISIBLE),
        ("city", "", "Please enter a city."),
        ("city", "S" * 81, "at most 80 characters"),
        ("city", "Spring\x00field", INVISIBLE),
        ("region", "", "Please choose a state."),
        ("region", "XX", "Please choose a state from the list."),
        ("region", "I" * 500, "Please choose a state from the list."),
        ("postal_code", "", "Please enter a ZIP code."),
        ("postal_code", "94103", "This ZIP code does not belong to the state."),
        ("postal_code", "ABCDE", "This ZIP code does not belong to the state."),
        ("postal_code", "6" * 17, "at most 16 characters"),
        ("postal_code", "627\x0001", INVISIBLE),
        ("phone", "5" * 33, "at most 32 characters"),
        ("phone", "555\r\n0100", INVISIBLE),
        ("country", "", "Please choose a country."),
        ("country", "DE", "We do not ship to this country."),
        ("country", "\x00", "We do not ship to this country."),
        ("shipping", "", "Please choose how we should ship."),
        ("shipping", "pigeon", "This way of shipping is not offered for this order."),
        ("shipping", "s" * 9_999, "This way of shipping is not offered for this order."),
        ("terms", "", "Please accept the terms; we cannot sell without them."),
        ("terms", "False", "Please accept the terms; we cannot sell without them."),
    ],
)
def test_each_field_of_the_checkout_says_what_is_wrong(shopper, field, typed, message):
    before = counts()

    response = check_out(shopper, 6_000, **{field: typed})

    page = text_of(response)
    assert response.status_code == 422
    assert message in page
    assert 'id="error-summary-title"' in page
    assert 'aria-invalid="true"' in page
    assert counts() == before
    kept = "Jo Doe" if field != "name" else "12 Elm Street"
    assert f'value="{kept}"' in page


@pytest.mark.parametrize("field", [name for name in BUYER if name not in ("line2", "phone")])
def test_each_field_that_is_missing_is_named(shopper, field):
    before = counts()
    data = {name: value for name, value in BUYER.items() if name != field}

    response = shopper.post("/checkout/", {**data, "shown_total": "6000"})

    assert response.status_code == 422
    assert counts() == before


def test_an_empty_form_names_everything_at_once(shopper):
    response = shopper.post("/checkout/")

    page = response.content.decode()
    assert response.status_code == 422
    summary = page[
        page.index("error-summary-title") : page.index("</ul>", page.index("error-summary-title"))
    ]
    assert summary.count("<li>") == 9
    assert not Order.objects.exists()


def test_each_message_of_the_summary_leads_to_a_field_of_the_page(shopper):
    import re

    page = shopper.post("/checkout/").content.decode()

    targets = re.findall(r'<li><a href="#([^"]+)"', page)
    assert len(targets) == 9
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_of_a_field_sent_twice_the_last_counts(shopper, no_stripe):
    data = {**BUYER, "shown_total": ["1", "6000"], "name": ["Sam Roe", "Jo Doe"], "action": "order"}

    assert shopper.post("/checkout/", data).status_code == 302
    assert Order.objects.get().name == "Jo Doe"


def test_markup_that_is_typed_comes_back_as_text(shopper):
    page = check_out(shopper, 6_000, name='"><script>alert(1)</script>', email="").content.decode()

    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


def test_a_city_of_markup_stays_text_in_the_new_total(shopper):
    make_tax_rate()

    page = check_out(shopper, 6_000, city="<b>Springfield</b>").content.decode()

    assert "<b>Springfield" not in page
    assert "sales tax for &lt;b&gt;Springfield&lt;/b&gt;, IL" in page


@pytest.mark.parametrize(
    "name", ["José Ñandú", "李小龍", "محمد", "O’Brien-Smith, Jr.", "Jo c/o St. Ann: 2", "🍒", "<b>"]
)
def test_names_of_all_peoples_are_taken_as_they_are(shopper, no_stripe, name):
    assert check_out(shopper, 6_000, name=name).status_code == 302
    assert Order.objects.get().name == name


# Bodies and methods -------------------------------------------------------------------------------

BODIES = {
    "nothing": (b"", FORM),
    "no form": (b"\x00\x01\x02\xff", "application/octet-stream"),
    "json": (b'{"sku": "B12-12", "quantity": 1}', "application/json"),
    "broken json": (b"{", "application/json"),
    "invalid utf-8": (b"sku=%ff%fe&quantity=1&code=%ff%fe&name=%ff&number=%ff&email=%ff", FORM),
    "raw bytes": (b"sku=\xff\xfe&quantity=\x00&code=\xff&number=\xff&email=\xff", FORM),
    "surrogates": (b"sku=%ed%a0%80&code=%ed%a0%80&name=%ed%a0%80&number=%ed%a0%80", FORM),
    "unknown charset": (b"sku=x", f"{FORM}; charset=bogus"),
    "utf-16": ("sku=x".encode("utf-16"), f"{FORM}; charset=utf-16"),
    "thousands of fields": (b"&".join(b"a%d=1" % number for number in range(1_500)), FORM),
    "two megabytes": (b"sku=" + b"x" * 2_000_000, FORM),
    "multipart without end": (
        b'--b\r\nContent-Disposition: form-data; name="sku"',
        "multipart/form-data; boundary=b",
    ),
    "multipart without boundary": (b"sku=x", "multipart/form-data"),
    "lists": (b"sku[]=x&quantity[0]=1&code[a]=b&sku=x&sku=y", FORM),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("path", [path for path in POSTS if "token" not in path])
def test_no_body_breaks_a_form_or_stores_anything(shopper, path, body):
    before = counts()

    response = shopper.generic("POST", path, body[0], content_type=body[1])

    assert response.status_code in {302, 400, 413, 422}
    if response.status_code == 302:
        # Nothing was asked for that could be refused: no code, no change.
        assert path == "/cart/discount/"
    after = counts()
    if path == "/cart/discount/":
        # A wrong code counts against whoever tries it.
        before["Attempt"] = after["Attempt"]
    assert after == before


@pytest.mark.parametrize("path", POST_ONLY)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_forms_take_posts_only(shopper, order, path, method):
    before = counts()

    response = shopper.generic(method, path.format(token=order.token))

    assert response.status_code == 405
    assert counts() == before


@pytest.mark.parametrize("path", POST_ONLY)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_form_opened_again_from_the_address_bar_leads_to_its_page(shopper, order, path, method):
    before = counts()

    response = shopper.generic(method, path.format(token=order.token))

    own_page = order.get_absolute_url() if "pay" in path else "/cart/"
    assert (response.status_code, response["Location"]) == (302, own_page)
    assert counts() == before


@pytest.mark.parametrize("path", READ_ONLY)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_pages_are_only_read(shopper, order, path, method):
    before = counts()

    response = shopper.generic(method, path.format(token=order.token))

    assert response.status_code == 405
    assert counts() == before


@pytest.mark.parametrize("path", ["/checkout/", "/order-status/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_checkout_and_look_up_are_read_and_posted(shopper, path, method):
    assert shopper.generic(method, path).status_code == 405


@pytest.mark.parametrize("path", READ_ONLY)
def test_odd_queries_are_ignored(shopper, order, path):
    page = path.format(token=order.token)

    for query in (
        "added=%00",
        "session_id=%00",
        "session_id=%ff",
        "confirming=%ed%a0%80",
        "a=" * 500,
    ):
        assert shopper.get(f"{page}?{query}").status_code in {200, 302}


# From other sites ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "https://testserver"},
        {"Referer": "https://evil.example/http://testserver/"},
        {"Origin": "http://[", "Referer": "http://testserver/"},
    ],
)
@pytest.mark.parametrize("path", POSTS)
def test_a_form_on_another_site_changes_nothing(order, path, headers):
    visitor = Client(headers={"Sec-Fetch-Site": "same-origin"})
    cart = put_in_cart(visitor, open_shop())
    attacker = Client(headers=headers)
    attacker.cookies["cart"] = cart.token
    before = counts()
    data = {
        **BUYER,
        "shown_total": "6000",
        "sku": "B12-12",
        "quantity": "1",
        "code": "X",
        "number": order.number,
    }

    response = attacker.post(path.format(token=order.token), data)

    assert response.status_code == 403
    assert "Nothing was stored and nothing was charged." in text_of(response)
    assert "cart" not in response.cookies
    assert counts() == before


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://testserver"}, {"Referer": "http://testserver/order/"}]
)
def test_an_older_browser_says_where_it_comes_from_in_another_way(headers):
    visitor = Client(headers=headers)

    put_in_cart(visitor, open_shop())
