"""The cart page and what can be pressed on it."""

import pytest
from django.test import Client

from orders.models import Cart, CartLine
from products.models import Variant
from tests.factories import make_discount_code, make_order, make_shipping, make_variant
from tests.orders.shopping import open_shop, put_in_cart, reading_only, text_of

pytestmark = pytest.mark.django_db

NO_SUCH_NUMBER = "Please enter a whole number from 1 to 20."
SIXTY_DAYS = 60 * 24 * 3600


def test_adding_a_pack_leads_to_the_cart_that_shows_it(client):
    variant = open_shop()

    response = client.post("/cart/add/", {"sku": variant.sku, "quantity": "2"})

    assert response["Location"] == "/cart/?added=1"
    page = text_of(client.get(response["Location"]))
    assert "It is in your cart." in page
    assert "$120.00" in page


def test_the_cart_survives_the_browser_and_no_script_reads_its_token(client):
    put_in_cart(client, open_shop(), 3)

    token, count = client.cookies["cart"], client.cookies["cart_count"]
    assert token["max-age"] == count["max-age"] == SIXTY_DAYS
    assert token["httponly"]
    assert not count["httponly"]
    assert token["samesite"] == count["samesite"] == "Lax"
    assert count.value == "3"
    assert len(token.value) == 43


def test_the_count_follows_what_is_in_the_cart(client):
    first, second = open_shop(), make_variant()
    put_in_cart(client, first, 2)
    put_in_cart(client, second, 1)
    assert client.cookies["cart_count"].value == "3"

    client.post("/cart/update/", {"sku": first.sku, "quantity": "1"})
    assert client.cookies["cart_count"].value == "2"
    client.post("/cart/update/", {"sku": second.sku, "action": "remove"})
    assert client.cookies["cart_count"].value == "1"


@pytest.mark.parametrize("token", ["unknown", "x" * 65, "x" * 4_000, "\x00", "ü", '"; DROP'])
def test_a_cookie_that_is_not_ours_is_an_empty_cart(client, token):
    open_shop()
    client.cookies["cart"] = token

    assert "Your cart is empty" in text_of(client.get("/cart/"))
    assert client.get("/checkout/")["Location"] == "/cart/"


def test_adding_with_an_unknown_cookie_makes_a_new_cart(client):
    variant = open_shop()
    client.cookies["cart"] = "gone"

    cart = put_in_cart(client, variant)

    assert cart.token != "gone"
    assert cart.lines.count() == 1


def test_without_cookies_the_page_says_what_to_do(client):
    open_shop()

    assert "Please allow cookies for this shop" in text_of(client.get("/cart/?added=1"))


def test_a_new_price_is_shown_and_used(client):
    put_in_cart(client, open_shop())
    Variant.objects.update(price_cents=6_500)

    page = text_of(client.get("/cart/"))

    assert "It was $60.00 when you added it; it is $65.00 now." in page
    assert "$65.00</td></tr></tfoot>" in page


def test_a_changed_quantity_acknowledges_the_new_price(client):
    variant = open_shop()
    put_in_cart(client, variant)
    Variant.objects.update(price_cents=6_500)

    client.post("/cart/update/", {"sku": variant.sku, "quantity": "2"})

    assert "New price" not in text_of(client.get("/cart/"))


@pytest.mark.parametrize(
    "quantity", ["0", "21", "-1", "abc", "9" * 5_000, "", "1.5", "1e1", "\x00"]
)
def test_only_one_to_twenty_packs_can_be_added(client, quantity):
    variant = open_shop()

    response = client.post("/cart/add/", {"sku": variant.sku, "quantity": quantity})

    assert response.status_code == 422
    assert NO_SUCH_NUMBER in text_of(response)
    assert not Cart.objects.exists()
    assert "cart" not in client.cookies


@pytest.mark.parametrize("quantity", ["21", "-1", "abc", "9" * 5_000, "", "1.5"])
def test_a_quantity_in_the_cart_that_cannot_be_is_kept_and_explained(client, quantity):
    variant = open_shop()
    put_in_cart(client, variant, 2)

    response = client.post("/cart/update/", {"sku": variant.sku, "quantity": quantity})

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(NO_SUCH_NUMBER) == 1
    assert f'id="quantity-{variant.sku}_error"' in page
    assert f'value="{quantity or 1}"' in page
    assert CartLine.objects.get().quantity == 2


def test_a_message_about_a_line_that_is_gone_stands_on_top(client):
    put_in_cart(client, open_shop())

    for quantity, message in (
        ("2", "This pack is not in your cart any more."),
        ("x", NO_SUCH_NUMBER),
    ):
        response = client.post("/cart/update/", {"sku": "GONE", "quantity": quantity})
        assert response.status_code == 422
        assert message in text_of(response)


def test_removing_what_is_gone_already_is_no_mistake(client):
    put_in_cart(client, open_shop())

    response = client.post("/cart/update/", {"sku": "GONE", "action": "remove"})

    assert response["Location"] == "/cart/"


@pytest.mark.parametrize("path", ["/cart/update/", "/cart/discount/"])
def test_without_a_cart_there_is_nothing_to_change(client, path):
    open_shop()

    assert (
        client.post(path, {"sku": "B12-12", "quantity": "1", "code": "X"})["Location"] == "/cart/"
    )
    assert not Cart.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"is_active": False}, "This pack is no longer sold."),
        ({"stock_on_hand": 0}, "This pack is sold out."),
        ({"stock_on_hand": 1}, "Only 1 left."),
    ],
)
def test_what_cannot_be_had_any_more_is_said_beside_the_line(client, fields, message):
    put_in_cart(client, open_shop(), 2)
    Variant.objects.update(**fields)

    page = text_of(client.get("/cart/"))

    assert message in page
    assert "Go to checkout" not in page
    assert client.get("/checkout/")["Location"] == "/cart/"


@pytest.mark.parametrize("sku", ["", "UNKNOWN", "x" * 41, "B12\n12", "\x00", "' OR 1=1"])
def test_a_pack_that_is_not_sold_cannot_be_added(client, sku):
    open_shop()

    response = client.post("/cart/add/", {"sku": sku, "quantity": "1"})

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Cart.objects.exists()


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (1, "Shipping in the US is free from $39.00: $15.00 to go."),
        (2, "Shipping in the US is free for this order."),
    ],
)
def test_how_far_it_is_to_free_shipping(client, quantity, words):
    put_in_cart(client, open_shop(price_cents=2_400), quantity)

    assert words in text_of(client.get("/cart/"))


def test_nothing_is_promised_where_nothing_ships_free(client):
    make_shipping(free_from_cents=None)
    put_in_cart(client, make_variant())

    assert "Shipping in the US" not in text_of(client.get("/cart/"))


def test_a_code_is_applied_and_taken_away(client):
    make_discount_code()
    cart = put_in_cart(client, open_shop())

    assert client.post("/cart/discount/", {"code": "tenoff", "action": "apply"}).status_code == 302
    page = text_of(client.get("/cart/"))
    assert "Code TENOFF" in page
    assert "−$6.00" in page
    assert "$54.00</td></tr></tfoot>" in page

    assert client.post("/cart/discount/", {"code": "TENOFF", "action": "remove"}).status_code == 302
    cart.refresh_from_db()
    assert cart.discount_code == ""


@pytest.mark.parametrize("code", ["nonsense", "<b>", "x" * 41, "a\nb", "\x00", "🍒"])
def test_a_code_that_is_none_is_kept_in_the_field_with_a_message(client, code):
    make_discount_code()
    cart = put_in_cart(client, open_shop())
    client.post("/cart/discount/", {"code": "TENOFF"})

    response = client.post("/cart/discount/", {"code": code, "action": "apply"})

    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="id_code_error"' in page
    assert "<b>" not in page.replace("<b></b>", "")
    cart.refresh_from_db()
    assert cart.discount_code == "TENOFF"
    if code == "nonsense":
        assert 'value="nonsense"' in page
        assert "This code is not valid, or not any more. Please check the spelling." in page


def test_a_code_that_no_longer_holds_says_why(client):
    make_discount_code(minimum_cents=10_000)
    variant = open_shop()
    put_in_cart(client, variant, 2)
    client.post("/cart/discount/", {"code": "TENOFF"})
    client.post("/cart/update/", {"sku": variant.sku, "quantity": "1"})

    page = text_of(client.get("/cart/"))

    assert "The code TENOFF is for orders from $100.00." in page
    assert "$60.00</td></tr></tfoot>" in page


def test_an_unpaid_order_of_this_cart_is_one_press_away(client):
    variant = open_shop(on_hand=1)
    cart = put_in_cart(client, variant)
    cart.order = make_order(packs={variant: 1})
    cart.save()

    page = text_of(client.get("/cart/"))

    assert f'href="/order/{cart.order.token}/"' in page
    assert "You pay only once." in page
    assert "Go to checkout" in page  # its own hold is no "sold out"


def test_the_cart_is_nobody_elses(client):
    put_in_cart(client, open_shop())

    response = client.get("/cart/")

    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert "Your cart is empty" in text_of(Client().get("/cart/"))


@pytest.mark.parametrize("lines", [1, 6])
def test_looking_at_the_cart_reads_little_and_writes_nothing(client, lines):
    make_discount_code()
    for variant in [open_shop(), *(make_variant() for _ in range(lines - 1))]:
        put_in_cart(client, variant)
    client.post("/cart/discount/", {"code": "TENOFF"})

    with reading_only(most=5) as queries:
        assert client.get("/cart/").status_code == 200
    assert len(queries) == 4


def test_each_line_names_its_own_field_and_buttons(client):
    first, second = open_shop(), make_variant(name="4 patches")
    put_in_cart(client, first)
    put_in_cart(client, second)

    page = client.get("/cart/").content.decode()

    for variant in (first, second):
        assert f'id="quantity-{variant.sku}"' in page
        assert f'<span class="visually-hidden"> {variant.name}</span>' in page
