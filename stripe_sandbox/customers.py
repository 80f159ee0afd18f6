"""Customers that a Checkout Session makes."""

from stripe_sandbox import clock, events
from stripe_sandbox.bodies.customer import customer_body
from stripe_sandbox.events import Cause
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find, keep


def remember_buyer(session: StoredObject, cause: Cause) -> None:
    """Make a Customer of the buyer where the merchant asked for it, or wants the card again."""
    body = session.body
    wants = body["customer_creation"] == "always" or session.hidden["payment_intent_data"].get(
        "setup_future_usage"
    )
    if body["customer"] or not wants:
        return
    details = body["customer_details"]
    known = {name: details[name] for name in ("email", "name", "address")}
    customer = keep(customer_body(known, clock.now()))
    events.record("customer.created", customer.body, cause)
    session.change(customer=customer.stripe_id)
    if body["payment_intent"]:
        intent = find("payment_intent", body["payment_intent"], param="intent")
        intent.change(customer=customer.stripe_id)


def has_paid_before(customer_id: str | None, email: str | None) -> bool:
    """Whether this customer, or a guest with this address, has a payment that came in."""
    charges = StoredObject.objects.filter(object_type="charge", body__paid=True)
    if customer_id:
        return charges.filter(body__customer=customer_id).exists()
    return bool(email) and charges.filter(body__billing_details__email=email).exists()
