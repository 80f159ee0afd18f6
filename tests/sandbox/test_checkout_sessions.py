"""/v1/checkout/sessions through the real library."""

import time

import pytest
import stripe

from tests.sandbox.conftest import line, session_params
from tests.sandbox.server import fetch


def test_a_session_adds_up_lines_and_shipping(make_session):
    session = make_session()
    assert session.id.startswith("cs_test_")
    assert (session.amount_subtotal, session.amount_total) == (2199, 2798)
    assert session.total_details.to_dict() == {
        "amount_discount": 0,
        "amount_shipping": 599,
        "amount_tax": 0,
    }
    assert session.shipping_cost.amount_total == 599
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert session.customer_details.email == "ada@example.com"
    assert session.metadata.to_dict() == {"order": "7KQ4"}
    assert session.url.endswith(f"/c/pay/{session.id}")


def test_nothing_is_inherited_but_what_was_given_for_the_payment(api, paid):
    intent = api.v1.payment_intents.retrieve(paid.payment_intent)
    assert intent.description == "Order B12-7KQ4"
    assert intent.metadata.to_dict() == {"order": "7KQ4"}
    assert (intent.amount, intent.amount_received, intent.status) == (2798, 2798, "succeeded")


def test_line_items_keep_their_order_and_expand(api, make_session):
    session = make_session()
    lines = api.v1.checkout.sessions.line_items.list(session.id)
    assert [one.description for one in lines.data] == ["B12 Patch, 4 patches", "Sales tax"]
    assert [one.amount_total for one in lines.data] == [2000, 199]
    again = api.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["line_items.data.price.product", "shipping_cost.shipping_rate"]}
    )
    assert again.line_items.data[0].price.product.name == "B12 Patch, 4 patches"
    assert again.shipping_cost.shipping_rate.display_name == "Standard"
    assert "line_items" not in api.v1.checkout.sessions.retrieve(session.id)


@pytest.mark.parametrize(
    ("changes", "param", "words"),
    [
        ({"mode": None}, "mode", "Missing required param: mode."),
        ({"success_url": None}, "success_url", "Missing required param: success_url."),
        ({"success_url": "shop/return"}, "success_url", "Not a valid URL"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url", "Not a valid URL"),
        ({"customer_email": "ada"}, "customer_email", "Invalid email address: ada"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", "at most 200 characters"),
        ({"metadata": {"k" * 41: "v"}}, "metadata", "up to 40 characters"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", "up to 500 characters"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", "up to 50 keys"),
        ({"expires_at": int(time.time()) + 29 * 60}, "expires_at", "at least 30 minutes"),
        ({"expires_at": int(time.time()) + 25 * 3600}, "expires_at", "less than 24 hours"),
        ({"line_items": [line("Sticker", 49)], "shipping_options": None}, None, "at least $0.50"),
        (
            {"line_items": [line("Minus", -5)]},
            "line_items[0][price_data][unit_amount]",
            "equal to 0",
        ),
        ({"line_items": [line("None", 500, 0)]}, "line_items[0][quantity]", "equal to 1"),
        ({"line_items": [line("One", 5)] * 101}, "line_items", "maximum allowed items"),
        ({"mode": "subscription"}, "line_items", "at least one recurring price"),
        ({"mode": "setup"}, "mode", "does not simulate"),
        (
            {"consent_collection": {"promotions": "auto"}},
            "consent_collection",
            "does not simulate",
        ),
        ({"customer": "cus_1"}, "customer", "only specify one"),
        ({"customer": "cus_1", "customer_email": None}, "customer", "No such customer: 'cus_1'"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "unknown parameter"),
    ],
)
def test_bad_sessions_are_refused_and_nothing_is_kept(sandbox, api, changes, param, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.checkout.sessions.create(session_params(**changes))
    assert refusal.value.http_status == 400
    assert refusal.value.param == param
    assert words in str(refusal.value)
    assert sandbox.state()["objects"] == []


def test_an_older_api_version_may_still_name_payment_method_types(api):
    session = api.v1.checkout.sessions.create(
        session_params(payment_method_types=["card"]),
        options={"stripe_version": "2026-08-26.dahlia"},
    )
    assert session.last_response.headers["Stripe-Version"] == "2026-08-26.dahlia"


def test_mixed_currencies_are_refused(api):
    euro = line("Euro", 500)
    euro["price_data"]["currency"] = "eur"
    with pytest.raises(stripe.InvalidRequestError, match="same currency"):
        api.v1.checkout.sessions.create(session_params(line_items=[line("Dollar", 500), euro]))


def test_yen_have_no_decimals(sandbox, make_session):
    yen = line("Patch", 3000)
    yen["price_data"]["currency"] = "jpy"
    session = make_session(line_items=[yen], shipping_options=None)
    assert "Pay ¥3,000" in fetch(session.url).html


def test_a_total_of_zero_needs_no_card_and_makes_no_payment(sandbox, api, make_session):
    session = make_session(line_items=[line("Free patch", 0)], shipping_options=None)
    assert (session.status, session.payment_status) == ("open", "no_payment_required")
    assert "Complete order" in fetch(session.url).html
    assert fetch(session.url, {"": ""}).location.endswith(session.id)
    done = api.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.payment_intent is None
    assert [event.type for event in api.v1.events.list().data] == ["checkout.session.completed"]


def test_expire_closes_the_page(sandbox, api, make_session):
    session = make_session()
    sandbox.pay(session.url, "4000000000000002")
    expired = api.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.payment_status, expired.url) == ("expired", "unpaid", None)
    assert api.v1.payment_intents.retrieve(expired.payment_intent).status == "canceled"
    page = fetch(session.url)
    assert "This payment page has expired" in page.html
    assert 'href="http://127.0.0.1:8000/order/x/pay/"' in page.html
    assert sandbox.pay(session.url).location == session.url
    assert api.v1.charges.list().data[0].status == "failed"


@pytest.mark.parametrize("status", ["complete", "expired"])
def test_only_open_sessions_can_be_expired(sandbox, api, make_session, status):
    session = make_session()
    if status == "complete":
        sandbox.pay(session.url)
    else:
        api.v1.checkout.sessions.expire(session.id)
    with pytest.raises(stripe.InvalidRequestError, match=f"has a status of `{status}`"):
        api.v1.checkout.sessions.expire(session.id)


def test_a_session_expires_when_its_time_has_come(sandbox, api, make_session):
    session = make_session()
    sandbox.control("clock", advance=31 * 60 + 1)
    assert sandbox.pay(session.url).location == session.url
    expired = api.v1.checkout.sessions.retrieve(session.id)
    assert (expired.status, expired.payment_intent) == ("expired", None)
    assert [event.type for event in api.v1.events.list().data] == ["checkout.session.expired"]


def test_a_session_that_nobody_looks_at_expires_too(sandbox, make_session):
    session = make_session()
    sandbox.control("clock", advance=31 * 60 + 1)
    deadline = time.monotonic() + 20
    while {"id": session.id, "object": "checkout.session", "status": "expired"} not in (
        sandbox.state()["objects"]
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_metadata_can_be_changed_later(api, make_session):
    session = make_session(metadata={"a": "1", "b": "2"})
    changed = api.v1.checkout.sessions.update(session.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_an_unknown_session_is_missing(api):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.checkout.sessions.retrieve("cs_test_nope")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    assert "No such checkout.session: 'cs_test_nope'" in str(refusal.value)
