"""/v1/tax/calculations: one simulated rate, zero by default."""

import pytest
import stripe

from tests.sandbox.conftest import client_of, line, session_params
from tests.sandbox.server import fetch, start

QUESTION = {
    "currency": "usd",
    "line_items": [
        {"amount": 2400, "reference": "0", "tax_behavior": "exclusive"},
        {"amount": 6010, "reference": "1", "tax_behavior": "exclusive"},
    ],
    "shipping_cost": {"amount": 599, "tax_behavior": "exclusive"},
    "customer_details": {
        "address": {"line1": "1 Main St", "city": "Springfield", "state": "IL", "country": "US"},
        "address_source": "shipping",
    },
    "expand": ["line_items"],
}


def test_tax_is_zero_unless_asked_for(api):
    answer = api.v1.tax.calculations.create(QUESTION)
    assert (answer.tax_amount_exclusive, answer.amount_total) == (0, 9009)
    assert [(line.reference, line.amount_tax) for line in answer.line_items.data] == [
        ("0", 0),
        ("1", 0),
    ]
    assert answer.shipping_cost.amount_tax == 0
    assert answer.tax_breakdown[0].taxability_reason == "not_collecting"


@pytest.fixture(scope="module")
def taxing(tmp_path_factory):
    """A sandbox that finds 6.25 % everywhere."""
    server = start(tmp_path=tmp_path_factory.mktemp("taxing"), SANDBOX_TAX_PERCENT="6.25")
    yield server
    server.stop()


def test_each_line_is_rounded_on_its_own(taxing):
    api = client_of(taxing)
    answer = api.v1.tax.calculations.create(QUESTION)
    lines = api.v1.tax.calculations.line_items.list(answer.id).data
    assert [line.amount_tax for line in lines] == [150, 376]
    assert (answer.shipping_cost.amount_tax, answer.tax_amount_exclusive) == (37, 563)
    again = api.v1.tax.calculations.retrieve(answer.id)
    assert again.amount_total == 9572
    assert "line_items" not in again


def test_automatic_tax_is_known_once_the_page_is_open(taxing):
    api = client_of(taxing)
    params = session_params(automatic_tax={"enabled": True}, line_items=[line("Patch", 2400, 2)])
    session = api.v1.checkout.sessions.create(params)
    assert (session.amount_total, session.automatic_tax.status) == (
        5399,
        "requires_location_inputs",
    )
    assert "Pay $57.36" in fetch(session.url).html
    taxing.pay(session.url)
    done = api.v1.checkout.sessions.retrieve(
        session.id,
        {"expand": ["total_details.breakdown", "shipping_cost.taxes", "payment_intent"]},
    )
    assert (done.amount_total, done.automatic_tax.status) == (5736, "complete")
    assert (done.total_details.amount_tax, done.shipping_cost.amount_tax) == (337, 37)
    assert done.shipping_cost.taxes[0].amount == 37
    assert [one.amount for one in done.total_details.breakdown.taxes] == [337]
    assert done.payment_intent.amount_received == 5736


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"customer_details": {"address_source": "shipping"}}, "customer_details[address]"),
        ({"currency": "xyz"}, "Invalid currency"),
        ({"line_items": [{"amount": 1, "reference": "a"}] * 2}, "must be unique"),
        ({"line_items": [{"amount": 1, "colour": "red"}]}, "line_items[0][colour]"),
    ],
)
def test_senseless_questions_are_refused(api, changes, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.tax.calculations.create(QUESTION | changes)
    assert words in str(refusal.value)
