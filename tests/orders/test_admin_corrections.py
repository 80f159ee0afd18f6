"""Staff correct address, email and tracking: with permission, in the right state, with words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import Email

from orders import fulfillment
from orders.models import Order, OrderEvent
from tests.factories import make_paid_order, make_variant
from tests.orders.admin_steps import SEE, act, address, log_in, words_of
from tests.orders.test_corrections import open_attempt

pytestmark = pytest.mark.django_db

MAY = (SEE, "orders.change_order_address")
ACTIONS = ("address", "email", "tracking")
CHICAGO = {
    "name": "Jo Doe",
    "line1": "9 Oak Avenue",
    "line2": "",
    "city": "Chicago",
    "region": "IL",
    "postal_code": "60601",
    "phone": "",
}


def make_shipped_order(packs=2, parcels=1):
    order = make_paid_order(packs={make_variant(sku=f"B12-{packs}"): packs})
    for number in range(parcels):
        fulfillment.ship(
            order_id=order.pk,
            carrier="usps",
            tracking_number=f"9400111{number}",
            quantities={order.lines.get().pk: 1},
            actor=None,
            now=timezone.now(),
        )
    return order


@pytest.mark.parametrize("action", ACTIONS)
def test_a_correction_needs_its_permission(action):
    order = make_shipped_order()
    client, _ = log_in(SEE, "orders.ship_order", "orders.cancel_order")
    assert client.get(address(order, action)).status_code == 403
    assert client.post(address(order, action), CHICAGO).status_code == 403
    assert address(order, action) not in client.get(address(order, "change")).content.decode()
    allowed, _ = log_in(*MAY)
    assert allowed.get(address(order, action)).status_code == 200


def test_the_address_is_changed_and_the_timeline_says_by_whom():
    order = make_paid_order()
    client, user = log_in(*MAY)
    assert address(order, "address") in client.get(address(order, "change")).content.decode()
    form = client.get(address(order, "address"))
    assert form.context["form"]["line1"].value() == "12 Elm Street"
    assert "sales tax ($0.00) stay as they were charged" in words_of(form)
    page = act(client, order, "address", **CHICAGO)
    words = words_of(page)
    assert "Address changed. Print the packing slip again" in words
    assert "9 Oak Avenue Chicago, IL 60601" in words
    assert "Springfield, IL → Chicago, IL (street address, city, ZIP code)" in words
    assert order.events.get(type=OrderEvent.Type.ADDRESS_CHANGED).actor == user


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": ""}, "name", "Please enter the full name"),
        ({"name": "Jo, www.evil.example"}, "name", "a name only"),
        ({"line1": " "}, "line1", "Please enter a street address."),
        ({"region": ""}, "region", "Please choose a state."),
        ({"region": "ZZ"}, "region", "from the list"),
        ({"postal_code": "97201"}, "postal_code", "does not belong to the state"),
        ({"city": "Chicago\nIL"}, "city", "line breaks"),
        ({"line1": "x" * 121}, "line1", "at most 120"),
        (
            {"line1": "12 Elm Street", "city": "Springfield", "postal_code": "62701"},
            "__all__",
            "Nothing is different.",
        ),
    ],
)
def test_a_wrong_address_gets_its_message_and_changes_nothing(typed, field, message):
    order = make_paid_order()
    client, _ = log_in(*MAY)
    page = act(client, order, "address", **{**CHICAGO, **typed})
    assert message in str(page.context["form"].errors[field])
    assert Order.objects.get().line1 == "12 Elm Street"
    assert not order.events.filter(type=OrderEvent.Type.ADDRESS_CHANGED).exists()


def test_another_country_is_not_chosen():
    order = make_paid_order()
    client, _ = log_in(*MAY)
    act(client, order, "address", **CHICAGO, country="CA")
    order.refresh_from_db()
    assert (order.city, order.country) == ("Chicago", "US")


def test_the_address_of_a_parcel_that_left_is_not_changed():
    order = make_shipped_order()
    client, _ = log_in(*MAY)
    assert "Ask the carrier to redirect it." in words_of(client.get(address(order, "address")))
    client.post(address(order, "address"), {**CHICAGO, "form_token": "x"})
    assert Order.objects.get().city == "Springfield"


def test_the_email_is_changed_with_a_new_link():
    order = make_paid_order()
    client, _ = log_in(*MAY)
    page = act(client, order, "email", email="ana@example.org")
    words = words_of(page)
    assert "The order has a new link; it is in the outbox, for ana@example.org." in words
    assert "j…@example.com → a…@example.org" in words
    assert Order.objects.get().token != order.token
    assert Email.objects.get().to == ["ana@example.org"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter the customer"),
        ("ana", "looks incomplete"),
        ("ana@example", "looks incomplete"),
        ("jo@example.com", "That is the email it has."),
        ("ana@example.org\nBcc: x@example.org", "looks incomplete"),
    ],
)
def test_a_wrong_email_gets_its_message(typed, message):
    order = make_paid_order()
    client, _ = log_in(*MAY)
    page = act(client, order, "email", email=typed)
    assert message in str(page.context["form"].errors["email"])
    assert Order.objects.get().token == order.token
    assert not Email.objects.exists()


def test_while_a_payment_page_is_open_the_email_waits():
    order = make_paid_order()
    open_attempt(order)
    client, _ = log_in(*MAY)
    assert "Wait until it is paid" in words_of(client.get(address(order, "email")))


def test_the_parcel_is_chosen_and_its_number_corrected():
    order = make_shipped_order(packs=3, parcels=2)
    first, _ = order.shipments.order_by("pk")
    Email.objects.all().delete()
    client, _ = log_in(*MAY)
    form = client.get(address(order, "tracking")).context["form"]
    assert form["tracking_number"].value() == "94001111"
    typed = {"parcel": first.pk, "carrier": "ups", "tracking_number": "1Z 999-AA1", "tell": "on"}
    page = act(client, order, "tracking", **typed)
    assert "The parcel is now UPS 1Z999AA1. A mail to jo@example.com" in words_of(page)
    assert "USPS 94001110 → UPS 1Z999AA1" in words_of(page)
    assert "1Z999AA1" in Email.objects.get().message


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"parcel": "999999"}, "parcel", "valid choice"),
        ({"parcel": ""}, "parcel", "Choose the parcel."),
        ({"tracking_number": ""}, "tracking_number", "Enter the tracking number"),
        ({"tracking_number": "<b>"}, "tracking_number", "letters and digits"),
        ({"carrier": "pigeon"}, "carrier", "valid choice"),
        ({"tracking_number": "94001110"}, "__all__", "already"),
    ],
)
def test_a_wrong_number_gets_its_message_and_changes_nothing(typed, field, message):
    order = make_shipped_order()
    mails = Email.objects.count()
    client, _ = log_in(*MAY)
    data = {"parcel": order.shipments.get().pk, "carrier": "usps", "tracking_number": "94009999"}
    page = act(client, order, "tracking", **{**data, **typed})
    assert message in str(page.context["form"].errors[field])
    assert order.shipments.get().tracking_number == "94001110"
    assert Email.objects.count() == mails


def test_the_parcel_of_another_order_is_out_of_reach():
    order, other = make_shipped_order(2), make_shipped_order(3)
    client, _ = log_in(*MAY)
    typed = {"parcel": other.shipments.get().pk, "carrier": "ups", "tracking_number": "1Z999AA1"}
    act(client, order, "tracking", **typed)
    assert other.shipments.get().carrier == "usps"


def test_more_parcels_cost_no_more_queries():
    few, many = make_shipped_order(2, 1), make_shipped_order(5, 4)
    client, _ = log_in(*MAY)
    counts = []
    for order in (few, many):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(order, "tracking"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
