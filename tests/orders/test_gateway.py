"""The one module that speaks to Stripe: each kind of trouble in the shop's own words."""

import dataclasses

import pytest

from orders.gateways import gateway
from orders.gateways.base import (
    CheckoutLine,
    CheckoutRequest,
    GatewayRefused,
    GatewayUnavailable,
    ShippingAddress,
)
from orders.gateways.stripe import StripeGateway
from orders.gateways.stripe_requests import checkout_params
from tests.factories import NOON
from tests.orders.stripe_steps import make_settled_order, stripe_client
from tests.sandbox.server import SandboxServer


def make_request(**changes):
    """What the shop asks for, without an order behind it."""
    facts = {
        "order_number": "7KQ4",
        "attempt": 1,
        "currency": "USD",
        "lines": [CheckoutLine("B12 Patch, 12 patches", 6000, 2)],
        "shipping_name": "Standard",
        "shipping_cents": 599,
        "email": "jo@example.com",
        "address": ShippingAddress("Jo", "12 Elm", "", "Springfield", "IL", "62701", "US"),
        "success_url": "http://shop.test/?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/",
        "expires_at": int(NOON.timestamp()),
        "metadata": {"deployment": "localhost", "order": "7KQ4", "attempt": "1"},
    }
    return CheckoutRequest(**(facts | changes))


def test_a_stored_request_comes_back_to_the_letter():
    request = make_request()
    assert CheckoutRequest.from_json(request.as_json()) == request
    shuffled = {**request.as_json(), "metadata": dict(reversed(request.metadata.items()))}
    assert repr(checkout_params(CheckoutRequest.from_json(shuffled))) == repr(
        checkout_params(request)
    )


def test_every_switch_that_an_account_could_turn_is_named():
    params = checkout_params(make_request())
    assert params["automatic_tax"] == {"enabled": False}
    assert params["adaptive_pricing"] == {"enabled": False}
    assert params["allow_promotion_codes"] is False
    assert params["mode"] == "payment"
    assert "payment_method_types" not in params
    assert params["metadata"] == params["payment_intent_data"]["metadata"]


def test_what_is_empty_in_an_address_is_left_out():
    """Stripe takes an empty string for an order to unset the field."""
    address = ShippingAddress("Jo", "1 Rue", "", "Monaco", "", "", "MC")
    params = checkout_params(make_request(address=address))
    assert params["payment_intent_data"]["shipping"]["address"] == {
        "line1": "1 Rue",
        "city": "Monaco",
        "country": "MC",
    }


@pytest.mark.parametrize("verb", ["fetch_checkout", "fetch_refund"])
def test_an_empty_id_is_refused_here(no_stripe, verb):
    """The library would ask for the list of all instead."""
    with pytest.raises(GatewayRefused):
        getattr(gateway(), verb)("")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 500},
        {"kind": "error", "status": 503},
        {"kind": "html"},
        {"kind": "drop"},
        {"kind": "drop_after"},
    ],
)
def test_trouble_that_passes_is_tried_again_by_itself(sandbox: SandboxServer, fault):
    sandbox.control("faults", method="GET", path="/v1/refunds", **fault)
    assert gateway().list_refunds("pi_none") == []
    assert sandbox.state()["faults"] == []


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error"}, {"kind": "html"}, {"kind": "drop"}, {"kind": "error", "status": 429}],
)
def test_trouble_that_stays_is_no_answer(sandbox, fault):
    sandbox.control("faults", count=3, path="/v1/refunds", **fault)
    try:
        with pytest.raises(GatewayUnavailable):
            gateway().list_refunds("pi_none")
    finally:
        sandbox.control("faults/clear")


def test_a_refusal_carries_stripes_word_for_it(sandbox):
    with pytest.raises(GatewayRefused) as caught:
        gateway().fetch_checkout("cs_test_unknown")
    assert caught.value.code == "resource_missing"


def test_the_same_key_with_another_question_is_refused(sandbox):
    from django.utils import timezone

    soon = int(timezone.now().timestamp()) + 1920
    request = make_request(expires_at=soon)
    page = gateway().create_checkout(request, key="the-same")
    assert gateway().create_checkout(request, key="the-same") == page
    with pytest.raises(GatewayRefused):
        gateway().create_checkout(dataclasses.replace(request, shipping_cents=1), key="the-same")


def test_a_wrong_key_is_a_refusal(sandbox):
    stranger = StripeGateway(
        secret_key="sk_live_wrong", api_base=sandbox.url, webhook_secrets=[], deployment="x"
    )
    with pytest.raises(GatewayRefused):
        stranger.fetch_refund("re_1")


def test_a_session_nobody_has_submitted_is_not_paid_even_when_nothing_is_due(sandbox):
    """Stripe says "no_payment_required" of such a session from the start."""
    from django.utils import timezone

    request = make_request(
        lines=[CheckoutLine("Gift", 0)],
        shipping_cents=0,
        expires_at=int(timezone.now().timestamp()) + 1920,
    )
    page = gateway().create_checkout(request, key="a gift")
    state = gateway().fetch_checkout(page.session_id)
    assert (state.status, state.is_paid) == ("open", False)
    assert gateway().expire_checkout(page.session_id).is_paid is False


@pytest.mark.django_db
def test_all_refunds_of_a_payment_are_read_not_only_the_first_page(history_sandbox):
    """One that is not seen is taken for one that was never made. On a sandbox that is emptied afterwards."""
    order = make_settled_order(history_sandbox)
    intent = order.payments.get().reference
    refunds = stripe_client(history_sandbox).v1.refunds
    for _ in range(101):
        refunds.create({"payment_intent": intent, "amount": 1})
    assert len({one.reference for one in gateway().list_refunds(intent)}) == 101
