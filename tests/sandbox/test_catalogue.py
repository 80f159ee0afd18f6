"""Products, prices, customers and what they pay with: stored, found, changed, sold."""

import pytest
import stripe

from tests.sandbox.server import fetch


@pytest.fixture
def price(api):
    """A stored price of $15.00."""
    return api.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1500,
            "lookup_key": "four",
            "product_data": {"name": "Pack of four"},
        }
    )


def types_of(api):
    return [event.type for event in api.v1.events.list({"limit": 100}).data][::-1]


def test_a_stored_price_is_sold(sandbox, api, make_session, price):
    session = make_session(line_items=[{"price": price.id, "quantity": 2}], shipping_options=None)
    assert session.amount_total == 3000
    assert "Pack of four" in fetch(session.url).html
    line = api.v1.checkout.sessions.line_items.list(session.id).data[0]
    assert (line.price.id, line.description) == (price.id, "Pack of four")


def test_products_are_changed_listed_and_deleted(api):
    product = api.v1.products.create({"name": "Patch", "id": "patch", "metadata": {"a": "1"}})
    assert (product.id, product.active) == ("patch", True)
    with pytest.raises(stripe.InvalidRequestError, match="Product already exists"):
        api.v1.products.create({"name": "Patch", "id": "patch"})
    changed = api.v1.products.update("patch", {"name": "Plaster", "metadata": {"b": "2"}})
    assert (changed.name, changed.metadata.to_dict()) == ("Plaster", {"a": "1", "b": "2"})
    assert [one.id for one in api.v1.products.list({"ids": ["patch"]}).data] == ["patch"]
    assert api.v1.products.delete("patch").deleted is True
    assert types_of(api) == ["product.created", "product.updated", "product.deleted"]
    assert api.v1.products.list().data == []


def test_a_product_with_a_price_stays(api, price):
    with pytest.raises(stripe.InvalidRequestError, match="user-created prices"):
        api.v1.products.delete(price.product)
    assert api.v1.products.retrieve(price.product).name == "Pack of four"


def test_prices_are_found_by_lookup_key_which_can_move(api, price):
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        api.v1.prices.create(
            {"currency": "usd", "unit_amount": 1, "product": price.product, "lookup_key": "four"}
        )
    newer = api.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1600,
            "product": price.product,
            "lookup_key": "four",
            "transfer_lookup_key": True,
        }
    )
    assert [one.id for one in api.v1.prices.list({"lookup_keys": ["four"]}).data] == [newer.id]
    assert len(api.v1.prices.list({"product": price.product}).data) == 2
    assert api.v1.prices.retrieve(price.id).lookup_key is None


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"currency": "xyz", "unit_amount": 1}, "Invalid currency"),
        ({"currency": "usd", "unit_amount": 1}, "exactly one of these parameters"),
        ({"currency": "usd", "product": "prod_nope", "unit_amount": 1}, "No such product"),
        ({"currency": "usd", "product": "prod_nope"}, "Missing required param: unit_amount"),
        ({"currency": "usd", "product": "x", "unit_amount": -1}, "equal to 0"),
        ({"currency": "usd", "product": "x", "billing_scheme": "tiered"}, "does not simulate"),
    ],
)
def test_senseless_prices_are_refused(api, params, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        api.v1.prices.create(params)


def test_prices_that_do_not_fit_a_session_are_refused(api, make_session, price):
    monthly = api.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 900,
            "product": price.product,
            "recurring": {"interval": "month"},
        }
    )
    api.v1.prices.update(price.id, {"active": False})
    for line, words in (
        ({"price": monthly.id, "quantity": 1}, "passed a recurring price"),
        ({"price": price.id, "quantity": 1}, "price specified is inactive"),
        ({"price": "price_nope", "quantity": 1}, "No such price: 'price_nope'"),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=words):
            make_session(line_items=[line])
    assert api.v1.checkout.sessions.list().data == []


def test_customers_are_found_changed_and_deleted(api):
    ada = api.v1.customers.create({"email": "ada@example.com", "name": "Ada"})
    api.v1.customers.create({"email": "bo@example.com"})
    assert [one.id for one in api.v1.customers.list({"email": "ada@example.com"}).data] == [ada.id]
    home = {"line1": "1 Main St", "country": "US"}
    changed = api.v1.customers.update(ada.id, {"name": "Ada L.", "address": home})
    assert (changed.name, changed.address.line1, changed.address.city) == (
        "Ada L.",
        "1 Main St",
        None,
    )
    assert api.v1.customers.update(ada.id, {"address": ""}).address is None
    assert api.v1.customers.delete(ada.id).deleted is True
    assert types_of(api)[-2:] == ["customer.updated", "customer.deleted"]
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        api.v1.customers.retrieve(ada.id)
    with pytest.raises(stripe.InvalidRequestError, match="Invalid email address"):
        api.v1.customers.create({"email": "nobody"})


def test_a_known_customer_pays(sandbox, api, make_session):
    ada = api.v1.customers.create({"email": "ada@example.com"})
    session = make_session(customer=ada.id, customer_email=None)
    assert (session.customer, session.customer_details.email) == (ada.id, "ada@example.com")
    assert 'name="email"' not in fetch(session.url).html
    sandbox.pay(session.url)
    intent = api.v1.payment_intents.list({"customer": ada.id}).data[0]
    assert api.v1.charges.retrieve(intent.latest_charge).customer == ada.id
    assert len(api.v1.customers.list().data) == 1


@pytest.mark.parametrize(
    ("changes", "made"),
    [
        ({}, 0),
        ({"customer_creation": "if_required"}, 0),
        ({"customer_creation": "always"}, 1),
        ({"payment_intent_data": {"setup_future_usage": "off_session"}}, 1),
    ],
)
def test_a_session_makes_a_customer_only_when_asked(sandbox, api, make_session, changes, made):
    session = make_session(**changes)
    sandbox.pay(session.url)
    customers = api.v1.customers.list().data
    assert [one.email for one in customers] == ["ada@example.com"] * made
    done = api.v1.checkout.sessions.retrieve(session.id)
    assert done.customer == (customers[0].id if made else None)
    assert types_of(api).count("customer.created") == made


def test_payment_methods_belong_to_one_customer_at_a_time(api):
    ada, bo = (api.v1.customers.create({"name": name}).id for name in ("Ada", "Bo"))
    card = api.v1.payment_methods.attach("pm_card_visa", {"customer": ada})
    assert (card.card.last4, card.customer) == ("4242", ada)
    assert [one.id for one in api.v1.payment_methods.list({"customer": ada}).data] == [card.id]
    assert len(api.v1.customers.payment_methods.list(ada, {"type": "card"}).data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        api.v1.payment_methods.attach(card.id, {"customer": bo})
    assert api.v1.payment_methods.detach(card.id).customer is None
    assert api.v1.payment_methods.list({"customer": ada}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="detachment is impossible"):
        api.v1.payment_methods.detach(card.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_method"):
        api.v1.payment_methods.attach("pm_card_nonsense", {"customer": ada})


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"type": "klarna", "klarna": {}}, "does not simulate the type klarna"),
        ({"type": "card"}, "Missing required param: card"),
        ({"type": "card", "card": {"token": "tok_nope"}}, "No such token: 'tok_nope'"),
        ({"type": "sepa_debit", "sepa_debit": {"iban": "AT1"}}, "IBAN you provided is invalid"),
    ],
)
def test_senseless_payment_methods_are_refused(api, params, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        api.v1.payment_methods.create(params)
