"""The request side of the contract, read out of the installed library."""

import pytest

from stripe_sandbox.contract.endpoints import all_endpoints, endpoints_of
from stripe_sandbox.contract.kinds import ListOf, MapOf, OneOf, Shape
from stripe_sandbox.contract.requests import typed_params
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.form_body import decode_form

CREATE = next(
    endpoint
    for endpoint in endpoints_of("stripe.checkout._session_service")
    if (endpoint.method, endpoint.path) == ("POST", "/v1/checkout/sessions")
)
EVENTS = next(
    endpoint for endpoint in endpoints_of("stripe._event_service") if endpoint.path == "/v1/events"
)


def checked(text, endpoint=CREATE):
    return typed_params(decode_form(text), endpoint.params)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("mode=payment", {"mode": "payment"}),
        ("expires_at=1800000000", {"expires_at": 1800000000}),
        ("allow_promotion_codes=false", {"allow_promotion_codes": False}),
        ("expand[0]=payment_intent", {"expand": ["payment_intent"]}),
        ("expand[]=payment_intent", {"expand": ["payment_intent"]}),
        ("metadata[0]=x&metadata[b]=", {"metadata": {"0": "x", "b": ""}}),
        (
            "line_items[1][quantity]=2&line_items[0][quantity]=1",
            {"line_items": [{"quantity": 1}, {"quantity": 2}]},
        ),
        (
            "line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=5",
            {"line_items": [{"price_data": {"currency": "usd", "unit_amount": 5}}]},
        ),
    ],
)
def test_text_becomes_typed_values(text, typed):
    assert checked(text) == typed


@pytest.mark.parametrize(
    ("text", "param", "code", "message"),
    [
        ("foo=1", "foo", "parameter_unknown", "Received unknown parameter: foo"),
        (
            "api_key=sk_test_x",
            "api_key",
            "parameter_unknown",
            "Received unknown parameter: api_key",
        ),
        (
            "payment_method_types[0]=card",
            "payment_method_types",
            "parameter_unknown",
            "Received unknown parameter: payment_method_types",
        ),
        (
            "line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amout]=5",
            "line_items[0][price_data][unit_amout]",
            "parameter_unknown",
            "Received unknown parameter: line_items[0][price_data][unit_amout]",
        ),
        (
            "line_items[0][price_data][unit_amount]=5",
            "line_items[0][price_data][currency]",
            "parameter_missing",
            "Missing required param: line_items[0][price_data][currency].",
        ),
        ("expires_at=soon", "expires_at", "parameter_invalid_integer", "Invalid integer: soon"),
        ("expires_at=1.5", "expires_at", "parameter_invalid_integer", "Invalid integer: 1.5"),
        ("allow_promotion_codes=no", "allow_promotion_codes", "", "Invalid boolean: no"),
        ("mode=pay", "mode", "", "Invalid mode: must be one of payment, setup, or subscription"),
        ("line_items=x", "line_items", "", "Invalid array"),
        ("automatic_tax=true", "automatic_tax", "", "Invalid object"),
        ("success_url[a]=x", "success_url", "", "Invalid string: {'a': 'x'}"),
    ],
)
def test_what_stripe_refuses_is_refused(text, param, code, message):
    with pytest.raises(InvalidRequest) as refusal:
        checked(text)
    assert (refusal.value.param, refusal.value.code) == (param, code)
    assert refusal.value.message == message


def test_an_empty_text_cannot_unset_what_must_be_set():
    with pytest.raises(InvalidRequest) as refusal:
        checked("success_url=")
    assert refusal.value.code == "parameter_invalid_empty"
    assert refusal.value.param == "success_url"


def test_a_filter_is_a_number_or_a_range():
    assert checked("created=5", EVENTS) == {"created": 5}
    assert checked("created[gte]=5&created[lt]=9", EVENTS) == {"created": {"gte": 5, "lt": 9}}
    with pytest.raises(InvalidRequest, match="created\\[after\\]"):
        checked("created[after]=5", EVENTS)


def test_every_v1_endpoint_of_the_library_can_be_read():
    endpoints = all_endpoints()
    assert len(endpoints) > 500
    seen: set[Shape] = set()
    for endpoint in endpoints:
        read_deeply(endpoint.params, seen)
        read_deeply(endpoint.answer, seen)
    assert len(seen) > 5000


def read_deeply(kind, seen):
    if isinstance(kind, Shape) and kind not in seen:
        seen.add(kind)
        for one in kind.fields.values():
            read_deeply(one.kind, seen)
    elif isinstance(kind, OneOf):
        for option in kind.options:
            read_deeply(option, seen)
    elif isinstance(kind, ListOf):
        read_deeply(kind.item, seen)
    elif isinstance(kind, MapOf):
        read_deeply(kind.value, seen)
