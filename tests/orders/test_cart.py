"""The cart: prices and stock are read afresh each time, and a visitor's own order is no obstacle."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import cart as carts
from orders.cart import CartRefused, add, find, forget_old, read, set_discount, set_quantity
from orders.discounts import DiscountRefused, take
from orders.models import Cart
from products import stock
from products.models import StockMovement, Variant
from tests.factories import NOON, make_discount_code, make_order, make_variant

pytestmark = pytest.mark.django_db


def refusal(call, *args, **kwargs):
    with pytest.raises(CartRefused) as refused:
        call(*args, **kwargs)
    return str(refused.value)


def problems(cart):
    return [item.problem for item in read(cart, now=NOON).items]


def test_adding_makes_a_cart_and_adding_again_adds_up():
    variant = make_variant()

    cart = add(None, sku=variant.sku, quantity=2)
    same = add(cart, sku=variant.sku, quantity=3)

    contents = read(cart, now=NOON)
    assert same == cart
    assert [(item.quantity, item.total_cents) for item in contents.items] == [(5, 30_000)]
    assert (contents.count, contents.goods_cents, contents.weight_grams) == (5, 30_000, 300)


def test_prices_are_read_afresh_and_a_change_is_noticed():
    variant = make_variant(price_cents=6_000)
    cart = add(None, sku=variant.sku, quantity=1)

    Variant.objects.update(price_cents=6_500)

    item = read(cart, now=NOON).items[0]
    assert (item.price_cents, item.seen_price_cents, item.is_price_changed) == (6_500, 6_000, True)
    carts.acknowledge_prices(cart)
    assert not read(cart, now=NOON).items[0].is_price_changed


@pytest.mark.parametrize(
    ("on_hand", "quantity", "message"),
    [
        (100, 21, "20 packs of one size are the most we send in one order."),
        (3, 4, "Only 3 left of this pack."),
        (0, 1, "This pack is sold out."),
    ],
)
def test_what_cannot_be_put_in_the_cart(on_hand, quantity, message):
    variant = make_variant(on_hand=on_hand)

    assert refusal(add, None, sku=variant.sku, quantity=quantity) == message
    assert not Cart.objects.exists()


def test_the_limit_counts_what_is_in_the_cart_already():
    variant = make_variant()
    cart = add(None, sku=variant.sku, quantity=20)

    assert "most we send" in refusal(add, cart, sku=variant.sku, quantity=1)
    assert read(cart, now=NOON).count == 20


@pytest.mark.parametrize("fields", [{"is_active": False}, {"sku": "OTHER"}])
def test_packs_that_are_not_sold_cannot_be_added(fields):
    make_variant(**{"sku": "B12-12", **fields})

    assert "not sold" in refusal(add, None, sku="B12-12", quantity=1)


def test_a_line_says_what_keeps_it_from_being_ordered():
    variant = make_variant(on_hand=5)
    cart = add(None, sku=variant.sku, quantity=5)

    stock.move(
        variant_id=variant.pk, kind=StockMovement.Kind.LOST, quantity=-3, reason="Water damage"
    )
    assert problems(cart) == ["Only 2 left."]
    stock.move(
        variant_id=variant.pk, kind=StockMovement.Kind.LOST, quantity=-2, reason="Water damage"
    )
    assert problems(cart) == ["This pack is sold out."]
    Variant.objects.update(is_active=False)
    assert problems(cart) == ["This pack is no longer sold."]
    assert not read(cart, now=NOON).is_orderable


def test_a_withdrawn_product_is_no_longer_sold():
    variant = make_variant()
    cart = add(None, sku=variant.sku, quantity=1)

    variant.product.is_published = False
    variant.product.save()

    assert problems(cart) == ["This pack is no longer sold."]


def test_quantities_are_set_and_zero_takes_the_line_out():
    variant = make_variant()
    cart = add(None, sku=variant.sku, quantity=5)

    set_quantity(cart, sku=variant.sku, quantity=2)
    assert read(cart, now=NOON).count == 2
    set_quantity(cart, sku=variant.sku, quantity=0)
    assert read(cart, now=NOON).items == ()
    set_quantity(cart, sku=variant.sku, quantity=0)
    assert refusal(set_quantity, cart, sku=variant.sku, quantity=1) == (
        "This pack is not in your cart any more."
    )


def test_the_packs_of_the_carts_own_unpaid_order_are_the_visitors():
    variant = make_variant(on_hand=2)
    cart = add(None, sku=variant.sku, quantity=2)
    stranger = Cart.objects.create()
    cart.order = make_order(packs={variant: 2})
    cart.save()

    assert problems(cart) == [""]
    assert read(cart, now=NOON).is_orderable
    set_quantity(cart, sku=variant.sku, quantity=1)
    assert "Only 2 left" in refusal(set_quantity, cart, sku=variant.sku, quantity=3)
    assert "sold out" in refusal(add, stranger, sku=variant.sku, quantity=1)


def test_the_last_use_of_a_code_stays_with_the_order_that_holds_it():
    variant = make_variant()
    code = make_discount_code(max_uses=1)
    cart = add(None, sku=variant.sku, quantity=1)
    set_discount(cart, code="tenoff", now=NOON)
    cart.order = make_order(packs={variant: 1})
    cart.save()
    take(code, cart.order)

    assert read(cart, now=NOON).discount_cents == 600
    set_discount(cart, code="TENOFF", now=NOON)
    with pytest.raises(DiscountRefused, match="This code is not valid"):
        set_discount(add(None, sku=variant.sku, quantity=1), code="TENOFF", now=NOON)


def test_a_code_that_has_ended_takes_nothing_off_and_says_so():
    variant = make_variant()
    make_discount_code(ends_at=NOON)
    cart = add(None, sku=variant.sku, quantity=1)
    set_discount(cart, code="tenoff", now=NOON - timedelta(seconds=1))

    contents = read(cart, now=NOON)

    assert (contents.discount_cents, contents.goods_cents) == (0, 6_000)
    assert contents.discount_problem == "The code TENOFF has ended."


def test_a_refused_code_leaves_the_one_before():
    variant = make_variant()
    make_discount_code()
    cart = add(None, sku=variant.sku, quantity=1)
    set_discount(cart, code="tenoff", now=NOON)

    with pytest.raises(DiscountRefused):
        set_discount(cart, code="nothing", now=NOON)

    cart.refresh_from_db()
    assert cart.discount_code == "TENOFF"
    set_discount(cart, code=" ", now=NOON)
    assert cart.discount_code == ""


def test_codes_are_not_stacked():
    variant = make_variant()
    make_discount_code()
    make_discount_code("FIVE", amount_cents=500)
    cart = add(None, sku=variant.sku, quantity=1)

    set_discount(cart, code="TENOFF", now=NOON)
    set_discount(cart, code="FIVE", now=NOON)

    assert read(cart, now=NOON).discount_cents == 500


@pytest.mark.parametrize("token", ["", "x" * 65, "\x00", "a b", "ü", "unknown", "'; --"])
def test_a_token_that_is_not_ours_finds_no_cart(token):
    Cart.objects.create()

    assert find(token) is None


def test_old_carts_are_forgotten():
    now = timezone.now()
    old, young = Cart.objects.create(), Cart.objects.create()
    Cart.objects.filter(pk=old.pk).update(updated_at=now - timedelta(days=60, seconds=1))

    assert forget_old(now) == 1
    assert list(Cart.objects.all()) == [young]
