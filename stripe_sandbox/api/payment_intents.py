"""/v1/payment_intents: payments without a payment page."""

from typing import Any

from django.conf import settings

from stripe_sandbox import charging, clock, events
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import merged_metadata
from stripe_sandbox.api.pagination import listed
from stripe_sandbox.api.payment_methods import payer_from
from stripe_sandbox.api.resources import check_known
from stripe_sandbox.bodies.session import DEBITS
from stripe_sandbox.charging import Attempt
from stripe_sandbox.currencies import (
    LARGEST_AMOUNT,
    SUPPORTED,
    money_text,
    smallest_charge,
)
from stripe_sandbox.errors import (
    CardRefused,
    InvalidRequest,
    Refused,
    invalid_currency,
    not_simulated,
)
from stripe_sandbox.models import StoredObject
from stripe_sandbox.store import find
from stripe_sandbox.tokens import method_named

PATH = "/v1/payment_intents"
FIELDS = {
    "amount", "automatic_payment_methods", "capture_method", "confirm", "confirmation_method",
    "currency", "customer", "description", "mandate_data", "metadata", "off_session",
    "payment_method", "payment_method_data", "receipt_email", "return_url",
    "setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix",
    "allowed_payment_method_types", "error_on_requires_action",
}  # fmt: skip
CHANGEABLE = {
    "amount", "currency", "customer", "description", "metadata", "payment_method",
    "receipt_email", "shipping", "statement_descriptor", "statement_descriptor_suffix",
}  # fmt: skip
CONFIRMING = {
    "mandate_data", "off_session", "payment_method", "payment_method_data", "receipt_email",
    "return_url", "error_on_requires_action",
}  # fmt: skip
OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
CANCELABLE = OPEN | {"requires_capture", "processing"}


@serves("POST", PATH)
def create(call: Call) -> dict[str, Any]:
    """A PaymentIntent; with `confirm` it is tried at once."""
    params = check_known(call, FIELDS)
    _check_amount(params["amount"], params["currency"])
    if "customer" in params:
        find("customer", params["customer"], param="customer", on_path=False)
    if "off_session" in params and not params.get("confirm"):
        raise InvalidRequest(
            "You can only set `off_session` when `confirm` is true.", param="off_session"
        )
    debit = DEBITS.get(params["currency"])
    types = params.get("allowed_payment_method_types") or ["card", *([debit] if debit else [])]
    data = dict(params)
    if given := data.get("automatic_payment_methods"):
        data["automatic_payment_methods"] = {"allow_redirects": "always"} | given
    intent = charging.open_intent(
        data,
        amount=params["amount"],
        currency=params["currency"],
        method_types=types,
        cause=call.cause,
    )
    _set_method(intent, params)
    if params.get("confirm"):
        _confirm(intent, params, call)
    return intent.body


@serves("GET", PATH + "/{intent}")
def retrieve(call: Call) -> dict[str, Any]:
    """One PaymentIntent."""
    return find("payment_intent", call.ids["intent"], param="intent").body


@serves("GET", PATH)
def list_intents(call: Call) -> dict[str, Any]:
    """PaymentIntents, newest first."""
    return listed(call, "payment_intent", filters=("customer",))


@serves("POST", PATH + "/{intent}")
def update(call: Call) -> dict[str, Any]:
    """Change an intent; the amount only before it is tried."""
    intent = find("payment_intent", call.ids["intent"], param="intent")
    params = check_known(call, CHANGEABLE)
    if params.keys() & {"amount", "currency", "customer", "payment_method"}:
        _refuse_foreign(intent, "update")
        _require(intent, OPEN, "updated")
    amount = params.get("amount", intent.body["amount"])
    currency = params.get("currency", intent.body["currency"])
    _check_amount(amount, currency)
    if "customer" in params:
        find("customer", params["customer"], param="customer", on_path=False)
    changes = {name: params[name] or None for name in params.keys() - {"metadata", "expand"}}
    changes.pop("payment_method", None)
    metadata = merged_metadata(intent.body["metadata"], call.params)
    intent.change(**changes, metadata=metadata)
    _set_method(intent, params)
    return intent.body


@serves("POST", PATH + "/{intent}/confirm")
def confirm(call: Call) -> dict[str, Any]:
    """Try to take the money; a decline is answered 402 and stays on record."""
    intent = find("payment_intent", call.ids["intent"], param="intent")
    params = check_known(call, CONFIRMING)
    _refuse_foreign(intent, "confirm")
    _require(intent, OPEN, "confirmed")
    _set_method(intent, params)
    return _confirm(intent, params, call)


@serves("POST", PATH + "/{intent}/cancel")
def cancel(call: Call) -> dict[str, Any]:
    """Give up an intent that has not been paid; what was authorized is released."""
    intent = find("payment_intent", call.ids["intent"], param="intent")
    params = check_known(call, {"cancellation_reason"})
    _refuse_foreign(intent, "cancel")
    _require(intent, CANCELABLE, "canceled")
    if intent.body["status"] == "requires_capture":
        _release(intent, call)
    intent.expires_at = None
    intent.change(
        status="canceled",
        amount_capturable=0,
        canceled_at=clock.now(),
        cancellation_reason=params.get("cancellation_reason"),
        next_action=None,
    )
    events.record("payment_intent.canceled", intent.body, call.cause)
    return intent.body


@serves("POST", PATH + "/{intent}/capture")
def capture(call: Call) -> dict[str, Any]:
    """Take what was authorized, or less of it."""
    intent = find("payment_intent", call.ids["intent"], param="intent")
    params = check_known(call, {"amount_to_capture", "metadata"})
    _require(intent, {"requires_capture"}, "captured")
    most = intent.body["amount_capturable"]
    amount = params.get("amount_to_capture", most)
    if not 1 <= amount <= most:
        raise Refused(
            "The provided amount_to_capture is outside what the PaymentIntent still has to"
            f" capture ({money_text(most, intent.body['currency'])}).",
            param="amount_to_capture",
            code="amount_too_large" if amount > most else "parameter_invalid_integer",
        )
    charge = find("charge", intent.body["latest_charge"], param="charge")
    # The rest is let go, which Stripe shows as refunded (github.com/solidusio/solidus_stripe/pull/268).
    let_go = charge.body["amount"] - amount
    charge.change(captured=True, amount_captured=amount, amount_refunded=let_go)
    events.record("charge.captured", charge.body, call.cause)
    intent.change(amount_capturable=0, metadata=merged_metadata(intent.body["metadata"], params))
    charging.succeed(intent, call.cause, received=amount)
    charging.tell_session_captured(intent)
    charging.settle(charge, call.cause)
    return intent.body


def _confirm(intent: StoredObject, params: dict[str, Any], call: Call) -> dict[str, Any]:
    if intent.body["payment_method"] is None:
        raise Refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=intent.body,
        )
    method = charging.method_of(intent)
    intent.hidden["return_url"] = params.get("return_url", "")
    attempt = charging.attempt(intent, method, call.cause, challenge=_challenge(intent, params))
    if attempt.status == "succeeded" and attempt.charge:
        charging.settle(attempt.charge, call.cause)
    if attempt.decline:
        raise _refusal(intent, attempt, method)
    return intent.body


def _challenge(intent: StoredObject, params: dict[str, Any]) -> dict[str, Any]:
    url = f"{settings.SANDBOX_PUBLIC_URL}/c/authenticate/{intent.stripe_id}"
    if "return_url" in params:
        redirect = {"return_url": params["return_url"], "url": url}
        return {"redirect_to_url": redirect, "type": "redirect_to_url"}
    details = {"type": "three_d_secure_redirect", "stripe_js": url}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": details}


def _refusal(intent: StoredObject, attempt: Attempt, method: StoredObject) -> CardRefused:
    decline = attempt.decline
    if decline is None or attempt.charge is None:
        raise ValueError("only a declined charge is refused")
    more = {"decline_code": decline.decline_code} if decline.decline_code else {}
    return CardRefused(
        decline.message,
        code=decline.code,
        charge=attempt.charge.stripe_id,
        payment_intent=intent.body,
        payment_method=method.body,
        **more,
    )


def _set_method(intent: StoredObject, params: dict[str, Any]) -> None:
    if "payment_method" in params and "payment_method_data" in params:
        raise InvalidRequest(
            "You may only specify one of these parameters: payment_method, payment_method_data."
        )
    if "payment_method" in params:
        method = method_named(params["payment_method"], param="payment_method")
        owner = method.body["customer"]
        if owner and owner != intent.body["customer"]:
            raise InvalidRequest(
                "The provided PaymentMethod belongs to another Customer. Please include the"
                " Customer in the `customer` parameter on the PaymentIntent.",
                param="payment_method",
            )
    elif "payment_method_data" in params:
        data = params["payment_method_data"]
        if data["type"] not in ("sepa_debit", "us_bank_account") or data["type"] not in data:
            raise not_simulated("payment_method_data")
        method = charging.keep_method(payer_from(data))
    else:
        return
    kind, types = method.body["type"], intent.body["payment_method_types"]
    if kind not in types:
        raise InvalidRequest(
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please"
            f" attach a PaymentMethod of one of the following types: {', '.join(types)}.",
            param="payment_method",
        )
    intent.change(payment_method=method.stripe_id, status="requires_confirmation")


def _refuse_foreign(intent: StoredObject, verb: str) -> None:
    """What Checkout opened is paid and given up through its session."""
    if intent.parent_id.startswith("cs_") and intent.body["status"] in OPEN:
        raise Refused(
            f"You cannot {verb} this PaymentIntent because it was created by Checkout. Use its"
            " Checkout Session instead.",
            code="payment_intent_unexpected_state",
            payment_intent=intent.body,
        )


def _require(intent: StoredObject, statuses: set[str], verb: str) -> None:
    status = intent.body["status"]
    if status not in statuses:
        *most, last = sorted(statuses)
        spoken = f"{', '.join(most)}, or {last}" if most else last
        raise Refused(
            f"This PaymentIntent could not be {verb} because it has a status of {status}. Only a"
            f" PaymentIntent with one of the following statuses may be {verb}: {spoken}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent.body,
        )


def _release(intent: StoredObject, call: Call) -> None:
    """The bank lets go of what was only authorized; Stripe shows it as refunded."""
    charge = find("charge", intent.body["latest_charge"], param="charge")
    charge.change(amount_refunded=charge.body["amount"], refunded=True)
    events.record("charge.refunded", charge.body, call.cause)


def _check_amount(amount: int, currency: str) -> None:
    if currency not in SUPPORTED:
        raise invalid_currency(currency, "currency")
    if amount < smallest_charge(currency):
        least = money_text(smallest_charge(currency), currency)
        raise InvalidRequest(
            f"Amount must be at least {least} {currency}", param="amount", code="amount_too_small"
        )
    if amount > LARGEST_AMOUNT:
        most = money_text(LARGEST_AMOUNT, currency)
        raise InvalidRequest(
            f"Amount must be no more than {most} {currency}",
            param="amount",
            code="amount_too_large",
        )
