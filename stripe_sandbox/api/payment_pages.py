"""/v1/payment_pages: what the hosted page itself asks Stripe. Undocumented, but the official CLI
pays its Checkout Sessions with it, and so may tests that want no HTML."""

from typing import Any, NotRequired, TypedDict

import stripe

from stripe_sandbox import payments, sessions
from stripe_sandbox.api.calls import UNDOCUMENTED, Call, serves
from stripe_sandbox.contract.endpoints import Endpoint
from stripe_sandbox.errors import CardRefused, Refused
from stripe_sandbox.promotions import drop_spent_code
from stripe_sandbox.store import find
from stripe_sandbox.tokens import method_named

Session = stripe.checkout.Session
PATH = "/v1/payment_pages/{session}"


class ReadParams(TypedDict):
    """Nothing but the id in the path."""

    expand: NotRequired[list[str]]


class ConfirmParams(TypedDict):
    """What is paid with, and what the page had said it would cost (smallest unit)."""

    expand: NotRequired[list[str]]
    payment_method: str
    expected_amount: NotRequired[int]


UNDOCUMENTED.extend(
    [
        Endpoint("GET", PATH, __name__, "ReadParams", "Session"),
        Endpoint("POST", PATH + "/confirm", __name__, "ConfirmParams", "Session"),
    ]
)


@serves("GET", PATH)
def read(call: Call) -> dict[str, Any]:
    """The session of a page. Stripe answers much more, none of it documented."""
    return sessions.current_session(call.ids["session"]).body


@serves("POST", PATH + "/confirm")
def confirm(call: Call) -> dict[str, Any]:
    """Pay an open session with a stored PaymentMethod; a decline is answered 402."""
    session = sessions.current_session(call.ids["session"])
    if session.body["status"] != "open":
        raise Refused(
            f"This Checkout Session has a status of `{session.body['status']}` and cannot be paid."
        )
    if drop_spent_code(session):
        raise Refused("The promotion code can no longer be redeemed.", code="coupon_expired")
    if session.body["amount_total"] == 0:
        payments.complete_free(session, call.cause)
        return session.body
    method = method_named(call.params["payment_method"], param="payment_method")
    kind = method.body["type"]
    if kind not in session.body["payment_method_types"]:
        raise Refused(f"This Checkout Session does not take {kind}.", param="payment_method")
    intent = payments.intent_to_pay(session, call.cause)
    total = session.body["amount_total"]
    if call.params.get("expected_amount", total) != total:
        raise Refused(
            "The amount expected does not match the Checkout Session's total.",
            param="expected_amount",
            code="checkout_amount_mismatch",
        )
    outcome = payments.confirm(session, intent, method, call.cause)
    if outcome.decline:
        raise CardRefused(
            outcome.decline.message,
            code=outcome.decline.code,
            payment_intent=find("payment_intent", intent.stripe_id, param="intent").body,
        )
    return outcome.session.body
