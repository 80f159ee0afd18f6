"""Coupons and promotion codes: made over the API, used by merchants and by buyers."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.sandbox.conftest import line, session_params
from tests.sandbox.server import fetch

BUYER_CODES = {"allow_promotion_codes": True}


@pytest.fixture
def code(api):
    """Make a promotion code for a coupon: `code({"percent_off": 20}, code="SAVE")`."""

    def make(coupon, **fields):
        made = api.v1.coupons.create(coupon)
        promotion = {"type": "coupon", "coupon": made.id}
        return api.v1.promotion_codes.create({"promotion": promotion, **fields})

    return make


def amounts(session):
    details = session.total_details
    return session.amount_subtotal, details.amount_discount, session.amount_total


@pytest.mark.parametrize(
    ("coupon", "discount", "total"),
    [
        ({"percent_off": 20}, 440, 2358),
        ({"percent_off": 12.5}, 275, 2523),
        ({"amount_off": 500, "currency": "usd"}, 500, 2298),
        ({"amount_off": 9999, "currency": "usd"}, 2199, 599),
        ({"percent_off": 100}, 2199, 599),
    ],
)
def test_a_merchants_coupon_lowers_goods_but_not_shipping(
    api, make_session, coupon, discount, total
):
    made = api.v1.coupons.create(coupon)
    session = make_session(allow_promotion_codes=None, discounts=[{"coupon": made.id}])
    assert amounts(session) == (2199, discount, total)
    assert session.discounts[0].to_dict() == {"coupon": made.id, "promotion_code": None}
    expand = ["line_items.data.discounts", "total_details.breakdown"]
    deep = api.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    assert sum(one.amount_discount for one in deep.line_items.data) == discount
    assert sum(one.discounts[0].amount for one in deep.line_items.data) == discount
    assert deep.total_details.breakdown.discounts[0].discount.source.coupon == made.id


def test_a_full_discount_leaves_nothing_to_pay(api, sandbox, make_session):
    made = api.v1.coupons.create({"percent_off": 100})
    session = make_session(
        allow_promotion_codes=None, shipping_options=None, discounts=[{"coupon": made.id}]
    )
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    assert fetch(session.url, {"": ""}).location.endswith(session.id)
    assert api.v1.charges.list().data == []
    assert api.v1.payment_intents.list().data == []
    assert api.v1.coupons.retrieve(made.id).times_redeemed == 1


def test_buyers_put_a_code_on_and_take_it_off(sandbox, api, make_session, code):
    made = code({"percent_off": 20}, code="SAVE20")
    session = make_session(**BUYER_CODES)
    assert fetch(session.url, {"act": "code", "code": " save20 "}).location == session.url
    page = fetch(session.url).html
    assert "Discount: SAVE20" in page
    assert "Pay $23.58" in page
    applied = api.v1.checkout.sessions.retrieve(session.id)
    assert amounts(applied) == (2199, 440, 2358)
    assert applied.discounts[0].promotion_code == made.id
    fetch(session.url, {"act": "remove"})
    assert amounts(api.v1.checkout.sessions.retrieve(session.id)) == (2199, 0, 2798)
    fetch(session.url, {"act": "code", "code": "SAVE20"})
    sandbox.pay(session.url)
    intent = api.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert api.v1.payment_intents.retrieve(intent).amount_received == 2358
    assert api.v1.promotion_codes.retrieve(made.id).times_redeemed == 1


def test_without_leave_no_code_is_taken(api, make_session, code):
    code({"percent_off": 20}, code="SAVE20")
    session = make_session()
    assert "Promotion code" not in fetch(session.url).html
    fetch(session.url, {"act": "code", "code": "SAVE20"})
    assert amounts(api.v1.checkout.sessions.retrieve(session.id)) == (2199, 0, 2798)


SOON = int(time.time()) + 1800
REFUSED_CODES = [
    ({"percent_off": 20}, {"code": "OTHER"}, "This code is invalid."),
    ({"percent_off": 20}, {"code": "X", "active": False}, "This code is invalid."),
    ({"percent_off": 20}, {"code": "X", "expires_at": SOON}, "has expired"),
    ({"percent_off": 20, "redeem_by": SOON}, {"code": "X"}, "This code is invalid."),
    (
        {"percent_off": 20},
        {"code": "X", "restrictions": {"first_time_transaction": True}},
        "prior transactions",
    ),
    (
        {"percent_off": 20},
        {
            "code": "X",
            "restrictions": {"minimum_amount": 2200, "minimum_amount_currency": "usd"},
        },
        "at least $22.00",
    ),
    ({"amount_off": 5, "currency": "eur"}, {"code": "X"}, "This code is invalid."),
]


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize("case", REFUSED_CODES, ids=lambda case: case[2])
def test_a_code_that_does_not_fit_is_explained_beside_the_field(
    sandbox, api, make_session, code, case
):
    coupon, fields, words = case
    code(coupon, **fields)
    session = make_session(**BUYER_CODES)
    if "expires_at" in fields or "redeem_by" in coupon:
        sandbox.control("clock", advance=1801)
    page = fetch(session.url, {"act": "code", "code": "X"})
    assert page.status == 400
    assert words in page.html
    assert 'value="X" aria-invalid="true"' in page.html
    assert amounts(api.v1.checkout.sessions.retrieve(session.id)) == (2199, 0, 2798)


def test_what_is_used_up_cannot_be_used_again(sandbox, api, make_session, code):
    made = code({"percent_off": 20, "max_redemptions": 1}, code="ONCE", max_redemptions=1)
    session, late = make_session(**BUYER_CODES), make_session(**BUYER_CODES)
    fetch(session.url, {"act": "code", "code": "ONCE"})
    sandbox.pay(session.url)
    assert api.v1.promotion_codes.retrieve(made.id).active is False
    assert api.v1.coupons.retrieve(made.promotion.coupon).valid is False
    assert fetch(late.url, {"act": "code", "code": "ONCE"}).status == 400
    with pytest.raises(stripe.InvalidRequestError, match="is used up and cannot be applied"):
        make_session(allow_promotion_codes=None, discounts=[{"coupon": made.promotion.coupon}])
    with pytest.raises(stripe.InvalidRequestError, match="has been used up"):
        make_session(allow_promotion_codes=None, discounts=[{"promotion_code": made.id}])


def test_the_last_use_of_a_code_goes_to_one_of_many_buyers(sandbox, api, make_session, code):
    made = code({"percent_off": 20}, code="ONCE", max_redemptions=1)
    sessions = [make_session(**BUYER_CODES) for _ in range(4)]
    for session in sessions:
        fetch(session.url, {"act": "code", "code": "ONCE"})
    with ThreadPoolExecutor(4) as threads:
        pages = list(threads.map(lambda session: sandbox.pay(session.url), sessions))
    assert sorted(page.status for page in pages) == [303, 409, 409, 409]
    assert [charge.amount for charge in api.v1.charges.list().data] == [2358]
    assert api.v1.promotion_codes.retrieve(made.id).times_redeemed == 1
    late = next(page for page in pages if page.status == 409)
    assert "This code can no longer be used" in late.html
    assert "Pay $27.98" in late.html


def test_a_code_that_is_used_up_during_3d_secure_takes_nothing_off(
    sandbox, api, make_session, code
):
    made = code({"percent_off": 20}, code="ONCE", max_redemptions=1)
    first, late = make_session(**BUYER_CODES), make_session(**BUYER_CODES)
    for session in (first, late):
        fetch(session.url, {"act": "code", "code": "ONCE"})
    challenge = sandbox.pay(late.url, "4000002760003184").location
    sandbox.pay(first.url)
    page = sandbox.authenticate(challenge)
    assert page.status == 409
    assert "This code can no longer be used. You were not charged" in page.html
    assert "Pay $27.98" in page.html
    assert [charge.amount for charge in api.v1.charges.list().data] == [2358]
    assert api.v1.promotion_codes.retrieve(made.id).times_redeemed == 1
    assert fetch(challenge).location == late.url  # nothing is left to authenticate
    sandbox.authenticate(sandbox.pay(late.url, "4000002760003184").location)
    assert [charge.amount for charge in api.v1.charges.list().data] == [2798, 2358]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"allow_promotion_codes": True, "discounts": [{"coupon": "x"}]},
            "only specify one of these parameters: allow_promotion_codes, discounts",
        ),
        ({"discounts": [{"coupon": "x"}, {"coupon": "y"}]}, "maximum allowed items: 2 (max 1)"),
        ({"discounts": [{"coupon": "x"}]}, "No such coupon: 'x'"),
        ({"discounts": [{"promotion_code": "x"}]}, "No such promotion_code: 'x'"),
    ],
)
def test_senseless_discounts_are_refused_and_nothing_is_kept(sandbox, api, changes, words):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.checkout.sessions.create(session_params(**changes))
    assert words in str(refusal.value)
    assert sandbox.state()["objects"] == []


def test_a_discount_below_the_smallest_charge_is_refused(api, make_session):
    made = api.v1.coupons.create({"amount_off": 960, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="at least"):
        make_session(
            allow_promotion_codes=None,
            shipping_options=None,
            line_items=[line("Patch", 1000)],
            discounts=[{"coupon": made.id}],
        )


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "exactly one of these parameters"),
        ({"percent_off": 101}, "at most 100"),
        ({"amount_off": 5}, "valid currency"),
        ({"percent_off": 5, "max_redemptions": 0}, "equal to 1"),
        ({"percent_off": 5, "redeem_by": 1}, "in the future"),
        ({"percent_off": 5, "applies_to": {"products": ["prod_1"]}}, "does not simulate"),
    ],
)
def test_senseless_coupons_are_refused(api, params, words):
    with pytest.raises(stripe.InvalidRequestError, match=words):
        api.v1.coupons.create(params)


def test_codes_are_listed_changed_and_unique_while_active(api, code):
    first = code({"percent_off": 5}, code="SAVE")
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        code({"percent_off": 5}, code="save")
    listed = api.v1.promotion_codes.list({"code": "save", "active": True})
    assert [one.id for one in listed.data] == [first.id]
    assert api.v1.promotion_codes.update(first.id, {"active": False}).active is False
    code({"percent_off": 5}, code="save")
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        api.v1.promotion_codes.update(first.id, {"active": True})
    assert api.v1.coupons.delete(first.promotion.coupon).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such coupon"):
        api.v1.coupons.retrieve(first.promotion.coupon)
