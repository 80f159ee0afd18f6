"""Coupons and promotion codes at work: whether one may be used, on a session, and used up."""

from typing import Any

from stripe_sandbox import clock
from stripe_sandbox.bodies.catalogue import discount_body
from stripe_sandbox.currencies import money_text, smallest_charge
from stripe_sandbox.customers import has_paid_before
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.models import StoredObject
from stripe_sandbox.pricing import reprice
from stripe_sandbox.store import find

INVALID_CODE = "This code is invalid."


class CodeRefused(Exception):
    """A buyer's code that cannot be used; the message is for the payment page."""


def apply_discount(session: StoredObject, given: dict[str, Any], param: str) -> None:
    """Put a coupon or a promotion code, given by id over the API, on a new session.

    Raises InvalidRequest for one that is unknown, inactive, expired, used up or not for this buyer.
    """
    if "promotion_code" in given:
        code = find("promotion_code", given["promotion_code"], param=param, on_path=False)
        try:
            _check_code(code, session)
        except CodeRefused as refusal:
            raise InvalidRequest(str(refusal), param=param) from refusal
        coupon = find("coupon", code.body["promotion"]["coupon"], param=param, on_path=False)
    else:
        code, coupon = None, find("coupon", given["coupon"], param=param, on_path=False)
    _check_coupon(coupon, session, param)
    _use(session, coupon, code)


def apply_code(session: StoredObject, text: str) -> None:
    """Put what a buyer typed on an open session; raises CodeRefused."""
    codes = StoredObject.objects.filter(object_type="promotion_code", body__active=True)
    code = codes.filter(body__code__iexact=text.strip()).first()
    if code is None:
        raise CodeRefused(INVALID_CODE)
    _check_code(code, session)
    coupon = StoredObject.objects.filter(stripe_id=code.body["promotion"]["coupon"]).first()
    if coupon is None:
        raise CodeRefused(INVALID_CODE)
    try:
        _check_coupon(coupon, session, "")
    except InvalidRequest as refusal:
        raise CodeRefused(INVALID_CODE) from refusal
    before = session.hidden.get("discount"), session.body["discounts"]
    _use(session, coupon, code)
    total, currency = session.body["amount_total"], session.body["currency"]
    if 0 < total < smallest_charge(currency):
        session.hidden["discount"], session.body["discounts"] = before
        reprice(session)
        raise CodeRefused("This code would leave less to pay than a card can be charged.")


def remove_code(session: StoredObject) -> None:
    """Take the discount off an open session."""
    session.hidden["discount"] = None
    session.body["discounts"] = []
    reprice(session)


def drop_spent_code(session: StoredObject) -> bool:
    """Take a buyer's code off that somebody else has used up, or time has ended, in the meantime."""
    discount = session.hidden.get("discount")
    if not discount or not session.body["allow_promotion_codes"]:
        return False
    code_id = discount["body"]["promotion_code"]
    rows = StoredObject.objects.filter(stripe_id__in=(code_id, discount["coupon"]["id"]))
    found = {row.object_type: row for row in rows}
    coupon, code = found.get("coupon"), found.get("promotion_code")
    try:
        if coupon and code and is_valid(coupon.body):
            _check_code(code, session)
            return False
    except CodeRefused:
        pass
    remove_code(session)
    return True


def is_valid(coupon: dict[str, Any]) -> bool:
    """Whether a coupon can still be redeemed."""
    is_over = coupon["redeem_by"] is not None and coupon["redeem_by"] <= clock.now()
    most = coupon["max_redemptions"]
    return not is_over and (most is None or coupon["times_redeemed"] < most)


def redeem(session: StoredObject) -> None:
    """Count the use of the session's discount; what is used up becomes invalid."""
    discount = session.hidden.get("discount")
    if not discount:
        return
    names = (discount["coupon"]["id"], discount["body"]["promotion_code"] or "")
    for row in StoredObject.objects.filter(stripe_id__in=names):
        row.body["times_redeemed"] += 1
        if row.object_type == "coupon":
            row.body["valid"] = is_valid(row.body)
        elif row.body["times_redeemed"] == row.body["max_redemptions"]:
            row.body["active"] = False
        row.save()


def _use(session: StoredObject, coupon: StoredObject, code: StoredObject | None) -> None:
    code_id = code.stripe_id if code else None
    session.hidden["discount"] = {
        "coupon": coupon.body,
        "body": discount_body(coupon.stripe_id, code_id, session.stripe_id, clock.now()),
    }
    # Stripe names the promotion code where there is one, else the coupon.
    session.body["discounts"] = [
        {"coupon": None if code_id else coupon.stripe_id, "promotion_code": code_id}
    ]
    reprice(session)


def _check_coupon(coupon: StoredObject, session: StoredObject, param: str) -> None:
    body = coupon.body
    if not is_valid(body):
        is_over = body["redeem_by"] is not None and body["redeem_by"] <= clock.now()
        what = "expired" if is_over else "used up"
        raise InvalidRequest(
            f"Coupon {coupon.stripe_id} is {what} and cannot be applied.",
            param=param,
            code="coupon_expired",
        )
    currency = session.body["currency"]
    if body["amount_off"] is not None and body["currency"] != currency:
        raise InvalidRequest(
            f"The coupon's currency ({body['currency']}) does not match the Checkout Session's"
            f" ({currency}).",
            param=param,
        )


def _check_code(code: StoredObject, session: StoredObject) -> None:
    body, buyer = code.body, session.body
    most = body["max_redemptions"]
    if body["expires_at"] is not None and body["expires_at"] <= clock.now():
        raise CodeRefused("This promotion code has expired.")
    if most is not None and body["times_redeemed"] >= most:
        raise CodeRefused("This promotion code has been used up.")
    if not body["active"]:
        raise CodeRefused("This promotion code is not active.")
    if body["customer"] and body["customer"] != buyer["customer"]:
        raise CodeRefused("This promotion code is not for this customer.")
    limits = body["restrictions"]
    if limits["first_time_transaction"] and has_paid_before(
        buyer["customer"], buyer["customer_email"]
    ):
        raise CodeRefused(
            "This promotion code cannot be redeemed because the associated customer has prior"
            " transactions."
        )
    least = limits["minimum_amount"]
    if least is not None and buyer["amount_subtotal"] < least:
        text = money_text(least, limits["minimum_amount_currency"])
        raise CodeRefused(f"This promotion code needs an order of at least {text}.")
