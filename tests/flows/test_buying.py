"""The whole story: a buyer finds the patch, buys it with a code, gets it, and gets some money back."""

import pytest
from django.utils import timezone
from post_office.models import Email

from orders import demo as orders_demo
from orders import fulfillment, refunds
from orders.models import Order, OrderEvent, Payment
from policies import starter_content as policy_content
from products import demo as products_demo
from products.models import StockMovement, Variant
from shop import schedule
from tests.factories import NOON, make_staff
from tests.orders.shopping import BUYER, path_of, text_of
from tests.orders.stripe_steps import stripe_client

pytestmark = pytest.mark.django_db

Type = OrderEvent.Type


@pytest.fixture
def shop():
    """The demo shop, as `make run` fills it."""
    products_demo.load(NOON)
    orders_demo.load(NOON)
    policy_content.load(NOON)


def subjects(number):
    return [mail.subject.replace(number, "N") for mail in Email.objects.order_by("pk")]


def test_a_purchase_from_the_first_look_to_the_money_back(client, shop, sandbox):  # noqa: PLR0915
    # One story is told in one piece, although it is long.

    # Browse.
    assert "$60.00" in text_of(client.get("/product-information/"))
    assert "B12-12" in text_of(client.get("/order/?pack=B12-12"))

    # Cart and code.
    added = client.post("/cart/add/", {"sku": "B12-12", "quantity": "2"})
    assert "$120.00" in text_of(client.get(added["Location"]))
    client.post("/cart/discount/", {"code": "demo10", "action": "apply"})
    assert "−$12.00" in text_of(client.get("/cart/"))

    # Checkout: before tax first, then the total with Illinois' 6.25 % on $108.00.
    page = client.get("/checkout/")
    assert "Total before tax" in text_of(page)
    with_tax = client.post("/checkout/", {**BUYER, "shown_total": "10800"})
    assert "Your total is $114.75" in text_of(with_tax)
    assert not Order.objects.exists()
    to_stripe = client.post("/checkout/", {**BUYER, "shown_total": "11475"})
    order = Order.objects.get()
    assert (order.items_cents, order.discount_cents, order.tax_cents) == (12_000, 1_200, 675)
    assert (order.shipping_cents, order.total_cents) == (0, 11_475)

    # Pay and come back.
    declined = sandbox.pay(to_stripe["Location"], "4000000000000002")
    assert "declined" in declined.alert
    back = client.get(path_of(sandbox.pay(to_stripe["Location"]).location))
    assert back["Location"] == order.get_absolute_url()
    assert "Your payment has arrived." in text_of(client.get(back["Location"]))
    payment = Payment.objects.get()
    assert payment.amount_cents == 11_475
    intent = stripe_client(sandbox).v1.payment_intents.retrieve(payment.reference)
    assert (intent.amount_received, intent.status) == (11_475, "succeeded")
    assert "Your cart is empty" in text_of(client.get("/cart/"))

    # Ship.
    staff = make_staff()
    line = order.lines.get()
    fulfillment.ship(
        order_id=order.pk,
        carrier="ups",
        tracking_number="1Z999",
        quantities={line.pk: 2},
        actor=staff,
        now=timezone.now(),
    )
    assert "https://www.ups.com/track?tracknum=1Z999" in text_of(client.get(back["Location"]))
    variant = Variant.objects.get(sku="B12-12")
    assert (variant.stock_on_hand, variant.stock_reserved) == (118, 0)

    # One pack comes back: half of what both cost, and it can be sold again.
    refund = refunds.refund(
        order_id=order.pk,
        amount_cents=5_738,
        items=[refunds.RefundItem(line.pk, 1, restock=True)],
        reason="One pack came back unopened",
        actor=staff,
        now=timezone.now(),
    )
    assert refund.status == "settled"
    assert "$57.38 of it has been sent back to you." in text_of(client.get(back["Location"]))
    intent = stripe_client(sandbox).v1.payment_intents.retrieve(
        payment.reference, {"expand": ["latest_charge"]}
    )
    assert intent.latest_charge.amount_refunded == 5_738
    variant.refresh_from_db()
    assert variant.stock_on_hand == 119
    assert (
        sum(StockMovement.objects.filter(variant=variant).values_list("quantity", flat=True)) == 119
    )

    # What was told to whom, and what is written down.
    assert subjects(order.number) == [
        "We have your order N",
        "Your payment for order N has arrived",
        "To ship: order N, $114.75",
        "Your parcel is on its way (order N)",
        "We have sent $57.38 back to you (order N)",
    ]
    types = list(order.events.order_by("pk").values_list("type", flat=True))
    assert types == [
        Type.PLACED,
        Type.PAYMENT_STARTED,
        Type.PAYMENT_RECEIVED,
        Type.PAID,
        Type.SHIPPED,
        Type.REFUND_REQUESTED,
        Type.REFUND_SETTLED,
    ]
    order.refresh_from_db()
    assert order.status == "shipped"
    assert order.policy_versions.count() == 3


def test_the_way_in_the_mail_leads_to_the_order(client, shop, no_stripe):
    client.post("/cart/add/", {"sku": "B12-04", "quantity": "1"})
    client.post(
        "/checkout/", {**BUYER, "region": "OR", "postal_code": "97201", "shown_total": "2999"}
    )
    order = Order.objects.get()

    client.cookies.clear()
    client.post("/order-status/", {"number": order.number.lower(), "email": "JO@example.com"})
    schedule.send_mail.call_local()

    mail = Email.objects.order_by("pk").last()
    link = next(word for word in mail.message.split() if "/order/" in word)
    assert "Order " + order.number in text_of(client.get(path_of(link)))
