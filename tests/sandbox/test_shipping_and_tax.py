"""Shipping that the buyer chooses, tax rates on lines, automatic tax, currencies without decimals."""

import pytest
import stripe

from tests.sandbox.conftest import line
from tests.sandbox.server import fetch


def rate(cents, name="Express", currency="usd"):
    return {
        "type": "fixed_amount",
        "display_name": name,
        "fixed_amount": {"amount": cents, "currency": currency},
    }


def inline(cents, name="Express", currency="usd"):
    return {"shipping_rate_data": rate(cents, name, currency)}


def test_the_choice_of_shipping_changes_the_total(sandbox, api, make_session):
    stored = api.v1.shipping_rates.create(
        rate(1999)
        | {
            "delivery_estimate": {
                "minimum": {"unit": "business_day", "value": 1},
                "maximum": {"unit": "business_day", "value": 2},
            }
        }
    )
    session = make_session(shipping_options=[inline(599, "Standard"), {"shipping_rate": stored.id}])
    assert (session.amount_total, len(session.shipping_options)) == (2798, 2)
    page = fetch(session.url).html
    assert "1 to 2 business days" in page
    fetch(session.url, {"act": "shipping", "shipping_rate": "shr_other"})
    fetch(session.url, {"act": "shipping", "shipping_rate": stored.id})
    assert "Pay $41.98" in fetch(session.url).html
    sandbox.pay(session.url)
    done = api.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["shipping_cost.shipping_rate"]}
    )
    assert done.amount_total == 4198
    assert done.shipping_cost.shipping_rate.id == stored.id
    assert api.v1.payment_intents.retrieve(done.payment_intent).amount_received == 4198


def test_shipping_options_can_be_replaced_while_the_session_is_open(sandbox, api, make_session):
    session = make_session()
    changed = api.v1.checkout.sessions.update(session.id, {"shipping_options": [inline(100)]})
    assert (changed.amount_total, changed.total_details.amount_shipping) == (2299, 100)
    assert (
        api.v1.checkout.sessions.update(session.id, {"shipping_options": ""}).amount_total == 2199
    )
    sandbox.pay(session.url)
    with pytest.raises(stripe.InvalidRequestError, match="status of `open`"):
        api.v1.checkout.sessions.update(session.id, {"shipping_options": [inline(100)]})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([inline(1)] * 6, "maximum allowed items: 6 (max 5)"),
        ([inline(1, currency="eur")], "same currency"),
        ([{"shipping_rate": "shr_nope"}], "No such shipping_rate"),
        ([inline(1) | {"shipping_rate": "shr_nope"}], "must specify either"),
    ],
)
def test_senseless_shipping_is_refused(api, make_session, options, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        make_session(shipping_options=options)
    assert words in str(refusal.value)


def test_an_archived_shipping_rate_is_not_offered(api, make_session):
    stored = api.v1.shipping_rates.create(rate(500))
    assert [one.id for one in api.v1.shipping_rates.list({"active": True}).data] == [stored.id]
    api.v1.shipping_rates.update(stored.id, {"active": False})
    with pytest.raises(stripe.InvalidRequestError, match="archived"):
        make_session(shipping_options=[{"shipping_rate": stored.id}])


TAX_CASES = [
    # inclusive?, percent, unit price, coupon percent → tax, total
    ([(False, 6.25)], 2000, None, 125, 2125),
    ([(True, 20)], 2000, None, 333, 2000),
    ([(False, 10), (False, 2.5)], 1999, None, 250, 2249),
    ([(True, 20), (False, 5)], 2000, None, 416, 2083),
    ([(False, 10)], 2000, 50, 100, 1100),
    ([(True, 25)], 1000, 50, 100, 500),
]


@pytest.mark.parametrize("case", TAX_CASES)
def test_tax_rates_add_up_after_the_discount(api, make_session, case):
    rates, unit, off, tax, total = case
    ids = [
        api.v1.tax_rates.create(
            {"display_name": "VAT", "inclusive": inclusive, "percentage": percent}
        ).id
        for inclusive, percent in rates
    ]
    changes = {}
    if off:
        coupon = api.v1.coupons.create({"percent_off": off})
        changes = {"allow_promotion_codes": None, "discounts": [{"coupon": coupon.id}]}
    session = make_session(
        line_items=[line("Patch", unit) | {"tax_rates": ids}], shipping_options=None, **changes
    )
    assert (session.total_details.amount_tax, session.amount_total) == (tax, total)
    deep = api.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["line_items.data.taxes", "total_details.breakdown"]}
    )
    assert [one.rate.id for one in deep.line_items.data[0].taxes] == ids
    assert sum(one.amount for one in deep.line_items.data[0].taxes) == tax
    assert sum(one.amount for one in deep.total_details.breakdown.taxes) == tax


def test_tax_rates_are_changed_listed_and_checked(api):
    made = api.v1.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 20})
    assert api.v1.tax_rates.update(made.id, {"active": False}).active is False
    assert api.v1.tax_rates.list({"active": True}).data == []
    assert api.v1.tax_rates.retrieve(made.id).percentage == 20
    with pytest.raises(stripe.InvalidRequestError, match="between 0 and 100"):
        api.v1.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 101})


def test_tax_rates_and_automatic_tax_exclude_each_other(api, make_session):
    made = api.v1.tax_rates.create({"display_name": "VAT", "inclusive": True, "percentage": 20})
    with pytest.raises(stripe.InvalidRequestError, match="cannot use `tax_rates`"):
        make_session(
            line_items=[line("Patch", 500) | {"tax_rates": [made.id]}],
            automatic_tax={"enabled": True},
        )


def test_yen_are_whole_in_every_total(sandbox, api, make_session):
    yen = line("Patch", 3000, 2)
    yen["price_data"]["currency"] = "jpy"
    vat = api.v1.tax_rates.create({"display_name": "VAT", "inclusive": False, "percentage": 10})
    coupon = api.v1.coupons.create({"amount_off": 333, "currency": "jpy"})
    session = make_session(
        line_items=[yen | {"tax_rates": [vat.id]}],
        shipping_options=[inline(500, currency="jpy")],
        allow_promotion_codes=None,
        discounts=[{"coupon": coupon.id}],
    )
    assert session.payment_method_types == ["card"]
    # ¥6,000 less ¥333, 10 % of the rest (¥566.7), ¥500 shipping
    assert (session.amount_total, session.total_details.amount_tax) == (6734, 567)
    page = fetch(session.url).html
    for text in ("Pay ¥6,734", "-¥333", "¥567", "2 at ¥3,000 each"):
        assert text in page
    sandbox.pay(session.url)
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert api.v1.payment_intents.retrieve(intent).amount_received == 6734
