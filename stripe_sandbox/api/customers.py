"""/v1/customers"""

from typing import Any

from stripe_sandbox import clock
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.api.resources import altered, check_known, deleted, kept
from stripe_sandbox.api.session_rules import EMAIL, check_length
from stripe_sandbox.bodies.customer import address_body, customer_body, shipping_body
from stripe_sandbox.errors import InvalidRequest
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find

FIELDS = {
    "address", "description", "email", "metadata", "name", "phone", "preferred_locales",
    "shipping", "tax_exempt",
}  # fmt: skip


@serves("POST", "/v1/customers")
def create(call: Call) -> dict[str, Any]:
    """A customer; nothing of it is required."""
    params = check_known(call, FIELDS)
    _check(params)
    return kept(customer_body(params, clock.now()), call, "customer.created")


@serves("GET", "/v1/customers/{customer}")
def retrieve(call: Call) -> dict[str, Any]:
    """One customer."""
    return find("customer", call.ids["customer"], param="id").body


@serves("POST", "/v1/customers/{customer}")
def update(call: Call) -> dict[str, Any]:
    """Change a customer."""
    customer = find("customer", call.ids["customer"], param="id")
    _check(call.params)
    for name, shape in (("address", address_body), ("shipping", shipping_body)):
        if name in call.params:
            call.params[name] = shape(call.params[name])
    return altered(customer, call, FIELDS, "customer.updated")


@serves("DELETE", "/v1/customers/{customer}")
def delete(call: Call) -> dict[str, Any]:
    """Forget a customer and what they could pay with; payments stay."""
    customer = find("customer", call.ids["customer"], param="id")
    for method in StoredObject.objects.filter(
        object_type="payment_method", body__customer=customer.stripe_id
    ):
        method.change(customer=None)
    return deleted(customer, call, "customer.deleted")


@serves("GET", "/v1/customers")
def list_customers(call: Call) -> dict[str, Any]:
    """Customers, newest first; `email` exactly as written."""
    return listed(call, "customer", filters=("email",))


def _check(params: dict[str, Any]) -> None:
    email = params.get("email")
    if email and not EMAIL.match(email):
        raise InvalidRequest(f"Invalid email address: {email}", param="email", code="email_invalid")
    for name, longest in (("email", 512), ("name", 256), ("description", 5000)):
        check_length(params.get(name) or "", name, longest)
