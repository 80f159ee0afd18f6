"""/v1/coupons, /v1/promotion_codes"""

import re
from typing import Any

from stripe_sandbox import clock
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.api.resources import altered, check_known, deleted, kept, refuse_taken_id
from stripe_sandbox.api.session_rules import check_length
from stripe_sandbox.bodies.catalogue import coupon_body, promotion_code_body
from stripe_sandbox.currencies import SUPPORTED
from stripe_sandbox.errors import InvalidRequest, below, missing_param, not_simulated
from stripe_sandbox.models import StoredObject
from stripe_sandbox.promotions import is_valid
from stripe_sandbox.store import find

COUPON = {
    "amount_off", "currency", "duration", "duration_in_months", "id", "max_redemptions",
    "metadata", "name", "percent_off", "redeem_by",
}  # fmt: skip
CODE = {
    "active", "code", "customer", "expires_at", "max_redemptions", "metadata", "promotion",
    "restrictions",
}  # fmt: skip
RESTRICTIONS = {"first_time_transaction", "minimum_amount", "minimum_amount_currency"}
TYPED_CODE = re.compile(r"^[A-Za-z0-9-]{1,500}$", re.ASCII)
HUNDRED_PERCENT = 100


@serves("POST", "/v1/coupons")
def create_coupon(call: Call) -> dict[str, Any]:
    """A coupon by percentage or by amount."""
    params = check_known(call, COUPON)
    _check_coupon(params)
    refuse_taken_id("Coupon", params.get("id"))
    return kept(coupon_body(params, clock.now()), call, "coupon.created")


@serves("GET", "/v1/coupons/{coupon}")
def retrieve_coupon(call: Call) -> dict[str, Any]:
    """One coupon, its `valid` as of now."""
    coupon = find("coupon", call.ids["coupon"], param="coupon")
    return coupon.body | {"valid": is_valid(coupon.body)}


@serves("POST", "/v1/coupons/{coupon}")
def update_coupon(call: Call) -> dict[str, Any]:
    """Change name and metadata; what it takes off never changes."""
    coupon = find("coupon", call.ids["coupon"], param="coupon")
    return altered(coupon, call, {"metadata", "name"}, "coupon.updated")


@serves("DELETE", "/v1/coupons/{coupon}")
def delete_coupon(call: Call) -> dict[str, Any]:
    """Nobody can redeem it any more; sessions that have it keep it."""
    coupon = find("coupon", call.ids["coupon"], param="coupon")
    coupon.body["valid"] = False
    return deleted(coupon, call, "coupon.deleted")


@serves("GET", "/v1/coupons")
def list_coupons(call: Call) -> dict[str, Any]:
    """Coupons, newest first."""
    return listed(call, "coupon")


@serves("POST", "/v1/promotion_codes")
def create_promotion_code(call: Call) -> dict[str, Any]:
    """What buyers type, for a coupon."""
    params = check_known(call, CODE)
    _check_code(params)
    return kept(promotion_code_body(params, clock.now()), call, "promotion_code.created")


@serves("GET", "/v1/promotion_codes/{promotion_code}")
def retrieve_promotion_code(call: Call) -> dict[str, Any]:
    """One promotion code."""
    return find("promotion_code", call.ids["promotion_code"], param="promotion_code").body


@serves("POST", "/v1/promotion_codes/{promotion_code}")
def update_promotion_code(call: Call) -> dict[str, Any]:
    """Switch a code on or off, or change its metadata."""
    code = find("promotion_code", call.ids["promotion_code"], param="promotion_code")
    if call.params.get("active") and not code.body["active"]:
        _refuse_second(code.body["code"])
    return altered(code, call, {"active", "metadata"}, "promotion_code.updated")


@serves("GET", "/v1/promotion_codes")
def list_promotion_codes(call: Call) -> dict[str, Any]:
    """Promotion codes, newest first; `code` without regard to case."""
    also = {}
    if "code" in call.params:
        also["body__code__iexact"] = call.params["code"]
    if "coupon" in call.params:
        also["body__promotion__coupon"] = call.params["coupon"]
    return listed(call, "promotion_code", filters=("active", "customer"), also=also)


def _check_coupon(params: dict[str, Any]) -> None:
    if ("percent_off" in params) == ("amount_off" in params):
        raise InvalidRequest(
            "You must specify exactly one of these parameters: amount_off, percent_off."
        )
    if "amount_off" in params:
        if params.get("currency") not in SUPPORTED:
            raise InvalidRequest(
                "You must pass a valid currency when passing amount_off.", param="currency"
            )
        _at_least_one(params, "amount_off")
    elif not 0 < params["percent_off"] <= HUNDRED_PERCENT:
        raise InvalidRequest(
            "Invalid percent_off: must be greater than 0 and at most 100.", param="percent_off"
        )
    _at_least_one(params, "max_redemptions")
    _in_the_future(params, "redeem_by")
    check_length(params.get("name", ""), "name", 40)


def _check_code(params: dict[str, Any]) -> None:
    promotion, limits = params["promotion"], params.get("restrictions", {})
    if "coupon" not in promotion:
        raise missing_param("promotion[coupon]")
    coupon = find("coupon", promotion["coupon"], param="promotion[coupon]", on_path=False)
    if not is_valid(coupon.body):
        raise InvalidRequest(f"Coupon {coupon.stripe_id} is no longer valid.", param="coupon")
    for name in limits.keys() - RESTRICTIONS:
        raise not_simulated(f"restrictions[{name}]")
    if ("minimum_amount" in limits) != ("minimum_amount_currency" in limits):
        raise InvalidRequest(
            "You must pass both minimum_amount and minimum_amount_currency.", param="restrictions"
        )
    if "customer" in params:
        find("customer", params["customer"], param="customer", on_path=False)
    _at_least_one(params, "max_redemptions")
    _in_the_future(params, "expires_at")
    if "code" in params:
        if not TYPED_CODE.match(params["code"]):
            raise InvalidRequest(
                "Promotion codes may contain only letters, digits and dashes.", param="code"
            )
        _refuse_second(params["code"])


def _refuse_second(text: str) -> None:
    codes = StoredObject.objects.filter(object_type="promotion_code", body__active=True)
    if codes.filter(body__code__iexact=text).exists():
        raise InvalidRequest(
            f"An active promotion code with `code: {text}` already exists.", param="code"
        )


def _at_least_one(params: dict[str, Any], name: str) -> None:
    if params.get(name, 1) < 1:
        raise below(1, name)


def _in_the_future(params: dict[str, Any], name: str) -> None:
    if name in params and params[name] <= clock.now():
        raise InvalidRequest(f"`{name}` must be in the future.", param=name)
