"""/v1/products, /v1/prices, /v1/shipping_rates, /v1/tax_rates"""

from typing import Any

from stripe_sandbox import clock
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.api.resources import (
    altered,
    check_known,
    deleted,
    kept,
    refuse_taken_id,
)
from stripe_sandbox.api.session_rules import check_length
from stripe_sandbox.bodies.catalogue import (
    price_body,
    product_body,
    shipping_rate_body,
    tax_rate_body,
)
from stripe_sandbox.currencies import LARGEST_AMOUNT, SUPPORTED
from stripe_sandbox.errors import InvalidRequest, Refused, invalid_currency, missing_param
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

PRODUCT = {
    "active", "description", "images", "metadata", "name", "shippable", "statement_descriptor",
    "tax_code", "unit_label", "url",
}  # fmt: skip
PRICE = {
    "active", "currency", "lookup_key", "metadata", "nickname", "product", "product_data",
    "recurring", "tax_behavior", "transfer_lookup_key", "unit_amount",
}  # fmt: skip
SHIPPING = {
    "delivery_estimate", "display_name", "fixed_amount", "metadata", "tax_behavior", "tax_code",
    "type",
}  # fmt: skip
TAX = {
    "active", "country", "description", "display_name", "inclusive", "jurisdiction", "metadata",
    "percentage", "state", "tax_type",
}  # fmt: skip
HUNDRED_PERCENT = 100


@serves("POST", "/v1/products")
def create_product(call: Call) -> dict[str, Any]:
    """A product, active unless told otherwise."""
    params = check_known(call, PRODUCT | {"id", "type"})
    refuse_taken_id("Product", params.get("id"))
    return kept(product_body(params, clock.now(), is_active=True), call, "product.created")


@serves("GET", "/v1/products/{id}")
def retrieve_product(call: Call) -> dict[str, Any]:
    """One product, those that sessions made inline included."""
    return find("product", call.ids["id"], param="id").body


@serves("POST", "/v1/products/{id}")
def update_product(call: Call) -> dict[str, Any]:
    """Change a product."""
    product = find("product", call.ids["id"], param="id")
    if "default_price" in call.params:
        find("price", call.params["default_price"], param="default_price", on_path=False)
    return altered(product, call, PRODUCT | {"default_price"}, "product.updated")


@serves("DELETE", "/v1/products/{id}")
def delete_product(call: Call) -> dict[str, Any]:
    """Remove a product that has no price."""
    product = find("product", call.ids["id"], param="id")
    if StoredObject.objects.filter(object_type="price", body__product=product.stripe_id).exists():
        raise Refused(
            "This product cannot be deleted because it has one or more user-created prices."
        )
    return deleted(product, call, "product.deleted")


@serves("GET", "/v1/products")
def list_products(call: Call) -> dict[str, Any]:
    """Products, newest first."""
    wanted = call.params.get("ids")
    also = {"stripe_id__in": wanted} if wanted else None
    return listed(call, "product", filters=("active", "shippable", "type", "url"), also=also)


@serves("POST", "/v1/prices")
def create_price(call: Call) -> dict[str, Any]:
    """A price of a product that exists or is made with it."""
    params = check_known(call, PRICE)
    _check_price(params)
    now = clock.now()
    if "product" in params:
        product_id = find("product", params["product"], param="product", on_path=False).stripe_id
    else:
        product_id = kept(
            product_body(params["product_data"], now, is_active=True), call, "product.created"
        )["id"]
    _claim_lookup_key(params)
    return kept(price_body(params, product_id, now, is_active=True), call, "price.created")


@serves("GET", "/v1/prices/{price}")
def retrieve_price(call: Call) -> dict[str, Any]:
    """One price, those that sessions made inline included."""
    return find("price", call.ids["price"], param="price").body


@serves("POST", "/v1/prices/{price}")
def update_price(call: Call) -> dict[str, Any]:
    """Change what may change; the amount never does."""
    price = find("price", call.ids["price"], param="price")
    _claim_lookup_key(call.params)
    call.params.pop("transfer_lookup_key", None)
    fields = {"active", "lookup_key", "metadata", "nickname", "tax_behavior"}
    return altered(price, call, fields, "price.updated")


@serves("GET", "/v1/prices")
def list_prices(call: Call) -> dict[str, Any]:
    """Prices, newest first."""
    keys = call.params.get("lookup_keys")
    also = {"body__lookup_key__in": keys} if keys else None
    return listed(call, "price", filters=("active", "currency", "product", "type"), also=also)


@serves("POST", "/v1/shipping_rates")
def create_shipping_rate(call: Call) -> dict[str, Any]:
    """A shipping rate for sessions to offer."""
    params = check_known(call, SHIPPING)
    if "fixed_amount" not in params:
        raise missing_param("fixed_amount")
    _check_amount(params["fixed_amount"]["amount"], "fixed_amount[amount]")
    _check_currency(params["fixed_amount"]["currency"], "fixed_amount[currency]")
    check_length(params["display_name"], "display_name", 100)
    return kept(shipping_rate_body(params, clock.now(), is_active=True), call)


@serves("GET", "/v1/shipping_rates/{shipping_rate_token}")
def retrieve_shipping_rate(call: Call) -> dict[str, Any]:
    """One shipping rate, those that sessions made inline included."""
    return find("shipping_rate", call.ids["shipping_rate_token"], param="shipping_rate_token").body


@serves("POST", "/v1/shipping_rates/{shipping_rate_token}")
def update_shipping_rate(call: Call) -> dict[str, Any]:
    """Archive a rate, or change its metadata."""
    rate = find("shipping_rate", call.ids["shipping_rate_token"], param="shipping_rate_token")
    return altered(rate, call, {"active", "metadata", "tax_behavior"})


@serves("GET", "/v1/shipping_rates")
def list_shipping_rates(call: Call) -> dict[str, Any]:
    """Shipping rates, newest first."""
    currency = call.params.get("currency")
    also = {"body__fixed_amount__currency": currency} if currency else None
    return listed(call, "shipping_rate", filters=("active",), also=also)


@serves("POST", "/v1/tax_rates")
def create_tax_rate(call: Call) -> dict[str, Any]:
    """A tax rate for the lines of sessions."""
    params = check_known(call, TAX)
    if not 0 <= params["percentage"] <= HUNDRED_PERCENT:
        raise InvalidRequest("Invalid percentage: must be between 0 and 100.", param="percentage")
    return kept(tax_rate_body(params, clock.now()), call, "tax_rate.created")


@serves("GET", "/v1/tax_rates/{tax_rate}")
def retrieve_tax_rate(call: Call) -> dict[str, Any]:
    """One tax rate."""
    return find("tax_rate", call.ids["tax_rate"], param="tax_rate").body


@serves("POST", "/v1/tax_rates/{tax_rate}")
def update_tax_rate(call: Call) -> dict[str, Any]:
    """Archive or describe a tax rate; its percentage never changes."""
    rate = find("tax_rate", call.ids["tax_rate"], param="tax_rate")
    return altered(rate, call, TAX - {"inclusive", "percentage"}, "tax_rate.updated")


@serves("GET", "/v1/tax_rates")
def list_tax_rates(call: Call) -> dict[str, Any]:
    """Tax rates, newest first."""
    return listed(call, "tax_rate", filters=("active", "inclusive"))


def _check_price(params: dict[str, Any]) -> None:
    _check_currency(params["currency"], "currency")
    if ("product" in params) == ("product_data" in params):
        raise InvalidRequest(
            "You must specify exactly one of these parameters: product, product_data.",
            param="product",
        )
    if "unit_amount" not in params:
        raise missing_param("unit_amount")
    _check_amount(params["unit_amount"], "unit_amount")
    check_length(params.get("lookup_key", ""), "lookup_key", 200)


def _claim_lookup_key(params: dict[str, Any]) -> None:
    """A lookup key names one price; only `transfer_lookup_key` takes it from another."""
    key = params.get("lookup_key")
    if not key:
        return
    holder = StoredObject.objects.filter(object_type="price", body__lookup_key=key).first()
    if holder is None:
        return
    if not params.get("transfer_lookup_key"):
        raise InvalidRequest(
            f"A price (`{holder.stripe_id}`) already uses that lookup key.", param="lookup_key"
        )
    holder.change(lookup_key=None)


def _check_currency(currency: str, name: str) -> None:
    if currency not in SUPPORTED:
        raise invalid_currency(currency, name)


def _check_amount(amount: int, name: str) -> None:
    if not 0 <= amount <= LARGEST_AMOUNT:
        bound = "greater than or equal to 0" if amount < 0 else f"at most {LARGEST_AMOUNT}"
        raise InvalidRequest(
            f"This value must be {bound}.", param=name, code="parameter_invalid_integer"
        )
