"""Stripe, behind the shop's own words. The only module that imports the library.

Facts about the library and the service are in docs.stripe.com/api (version pinned by the library).
"""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import stripe
from django.conf import settings

from orders.gateways.base import (
    CheckoutPage,
    CheckoutRequest,
    CheckoutState,
    GatewayRefused,
    GatewayUnavailable,
    RefundState,
    ShippingAddress,
    TaxAnswer,
    TaxQuestion,
    WebhookEvent,
    WebhookInvalid,
)

if TYPE_CHECKING:
    from stripe._base_address import BaseAddresses
    from stripe.params.checkout._session_create_params import (
        SessionCreateParams,
        SessionCreateParamsPaymentIntentDataShippingAddress,
    )
    from stripe.params.tax._calculation_create_params import CalculationCreateParams

Answer = TypeVar("Answer")

# Two tries of at most 3 + 8 seconds: a buyer waits no longer, and the web server's limit is farther off.
CONNECT_SECONDS, READ_SECONDS, RETRIES = 3, 8, 1
# Where Stripe hangs, only so many threads of a process hang with it; the others serve the shop, and
# who comes too many is told soon.
CALLS_AT_ONCE, WAIT_FOR_TURN_SECONDS = 2, 3
# The library refuses stamps that are too old; one from the future it accepts, so we look ourselves.
MAX_CLOCK_SKEW_SECONDS = 300
LONGEST_STAMP = 12

# The answer does not tell whether Stripe did it: the same call with the same key may be made again.
_UNKNOWN_OUTCOME = (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError)


class StripeGateway:
    """Gateway over Stripe's API, or over anything that speaks it at `api_base`."""

    def __init__(
        self, *, secret_key: str, api_base: str, webhook_secrets: list[str], deployment: str
    ) -> None:
        # Telemetry would write a file into the user's home and send figures along.
        stripe.enable_telemetry = False
        self._turns = threading.BoundedSemaphore(CALLS_AT_ONCE)
        self._webhook_secrets = webhook_secrets
        self._deployment = deployment
        base: BaseAddresses = {"api": api_base} if api_base else {}
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses=base,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
        )

    @classmethod
    def from_settings(cls) -> "StripeGateway":
        """Return the gateway that the settings describe."""
        return cls(
            secret_key=settings.STRIPE_SECRET_KEY,
            api_base=settings.STRIPE_API_BASE,
            webhook_secrets=settings.STRIPE_WEBHOOK_SECRETS,
            deployment=settings.DEPLOYMENT,
        )

    def _ask(self, call: Callable[[], Answer]) -> Answer:
        if not self._turns.acquire(timeout=WAIT_FOR_TURN_SECONDS):
            message = "Too many calls to Stripe are under way"
            raise GatewayUnavailable(message)
        try:
            return call()
        except _UNKNOWN_OUTCOME as error:
            raise GatewayUnavailable(type(error).__name__) from error
        except stripe.StripeError as error:
            raise GatewayRefused(error.user_message or str(error), error.code or "") from error
        finally:
            self._turns.release()

    def create_checkout(self, request: CheckoutRequest, *, key: str) -> CheckoutPage:
        """Make a hosted Checkout Session."""
        params = checkout_params(request)
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.create(
                params, options={"idempotency_key": key}
            )
        )
        return CheckoutPage(
            session_id=session.id,
            url=session.url or "",
            expires_at=datetime.fromtimestamp(session.expires_at, tz=UTC),
        )

    def fetch_checkout(self, session_id: str) -> CheckoutState:
        """Return a session's state. An empty id would list all sessions: refused here."""
        if not session_id:
            message = "No session id"
            raise GatewayRefused(message)
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.retrieve(
                session_id, {"expand": ["payment_intent"]}
            )
        )
        return _checkout_state(session)

    def expire_checkout(self, session_id: str) -> CheckoutState:
        """Expire a session; one that is complete or expired already is left as it is."""
        try:
            session = self._ask(lambda: self._client.v1.checkout.sessions.expire(session_id))
        except GatewayRefused:
            return self.fetch_checkout(session_id)
        return _checkout_state(session)

    def create_refund(
        self, *, payment_reference: str, amount_cents: int, key: str, metadata: Mapping[str, str]
    ) -> RefundState:
        """Refund part or all of a payment intent."""
        refund = self._ask(
            lambda: self._client.v1.refunds.create(
                {
                    "payment_intent": payment_reference,
                    "amount": amount_cents,
                    "metadata": {**metadata, "deployment": self._deployment},
                },
                options={"idempotency_key": key},
            )
        )
        return _refund_state(refund)

    def fetch_refund(self, reference: str) -> RefundState:
        """Return a refund's state."""
        if not reference:
            message = "No refund id"
            raise GatewayRefused(message)
        return _refund_state(self._ask(lambda: self._client.v1.refunds.retrieve(reference)))

    def list_refunds(self, payment_reference: str) -> list[RefundState]:
        """Return every refund of a payment intent."""
        page = self._ask(
            lambda: self._client.v1.refunds.list(
                {"payment_intent": payment_reference, "limit": 100}
            )
        )
        return [_refund_state(refund) for refund in page.data]

    def calculate_tax(self, question: TaxQuestion) -> TaxAnswer:
        """Ask Stripe Tax. Only a calculation: nothing is filed or charged by it."""
        calculation = self._ask(
            lambda: self._client.v1.tax.calculations.create(_tax_params(question))
        )
        lines = calculation.line_items.data if calculation.line_items else []
        by_reference = {line.reference: line.amount_tax for line in lines}
        shipping = calculation.shipping_cost
        return TaxAnswer(
            line_tax_cents=[by_reference[str(place)] for place in range(len(question.line_cents))],
            shipping_tax_cents=shipping.amount_tax if shipping else 0,
        )

    def read_webhook(self, body: bytes, signature: str, *, now: datetime) -> WebhookEvent:
        """Check the body against each of our secrets: during a roll-over two are valid."""
        _check_stamp(signature, now)
        for secret in self._webhook_secrets:
            try:
                event = self._client.construct_event(body, signature, secret)
                return _webhook_event(event, body)
            except stripe.SignatureVerificationError:
                continue
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                message = "The body is not an event"
                raise WebhookInvalid(message) from error
        message = "No secret of ours made this signature"
        raise WebhookInvalid(message)


def checkout_params(request: CheckoutRequest) -> "SessionCreateParams":
    """Return what Stripe is asked for. Every switch that an account setting could turn is named."""
    address = request.address
    # In a fixed order: PostgreSQL's JSON forgets it, and the same key wants the very same question.
    metadata = dict(sorted(request.metadata.items()))
    return {
        "mode": "payment",
        "client_reference_id": request.order_number,
        "customer_email": request.email,
        "line_items": [
            {
                "quantity": line.quantity,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": line.amount_cents,
                    "product_data": {"name": line.name},
                },
            }
            for line in request.lines
        ],
        "shipping_options": [
            {
                "shipping_rate_data": {
                    "type": "fixed_amount",
                    "display_name": request.shipping_name,
                    "fixed_amount": {
                        "amount": request.shipping_cents,
                        "currency": request.currency.lower(),
                    },
                }
            }
        ],
        # The customer has seen the total: nothing may be added to it on the way.
        "automatic_tax": {"enabled": False},
        "adaptive_pricing": {"enabled": False},
        "allow_promotion_codes": False,
        # Nothing is inherited: each object that comes back in an event needs its own.
        "metadata": metadata,
        "payment_intent_data": {
            "metadata": metadata,
            "description": f"Order {request.order_number}",
            "shipping": {
                "name": address.name,
                "address": _stripe_address(address),
            },
        },
        "submit_type": "pay",
        "locale": "en",
        "expires_at": request.expires_at,
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
    }


def _stripe_address(
    address: ShippingAddress,
) -> "SessionCreateParamsPaymentIntentDataShippingAddress":
    # An empty string would mean "unset this" to Stripe, so what is empty is left out.
    optional: SessionCreateParamsPaymentIntentDataShippingAddress = {
        "line1": address.line1,
        "city": address.city,
        "country": address.country,
    }
    if address.line2:
        optional["line2"] = address.line2
    if address.region:
        optional["state"] = address.region
    if address.postal_code:
        optional["postal_code"] = address.postal_code
    return optional


def _tax_params(question: TaxQuestion) -> "CalculationCreateParams":
    return {
        "currency": question.currency.lower(),
        "line_items": [
            {"amount": cents, "reference": str(place), "tax_behavior": "exclusive"}
            for place, cents in enumerate(question.line_cents)
        ],
        "shipping_cost": {"amount": question.shipping_cents, "tax_behavior": "exclusive"},
        "customer_details": {
            "address": {
                "line1": question.line1,
                "city": question.city,
                "state": question.region,
                "postal_code": question.postal_code,
                "country": question.country,
            },
            "address_source": "shipping",
        },
        "expand": ["line_items"],
    }


def _checkout_state(session: stripe.checkout.Session) -> CheckoutState:
    intent = session.payment_intent
    reference = intent if isinstance(intent, str) else intent.id if intent else session.id
    status = session.status or ""
    # Nothing due is "no_payment_required" from the start; it counts once the page was submitted.
    is_paid = status == "complete" and session.payment_status in {"paid", "no_payment_required"}
    if status == "complete" and not is_paid:
        # A bank debit: either on its way or refused days later. Only the intent tells which.
        is_failed = not isinstance(intent, str) and intent and intent.status != "processing"
        status = "failed" if is_failed else "processing"
    return CheckoutState(
        session_id=session.id,
        status=status,
        is_paid=is_paid,
        amount_cents=session.amount_total or 0,
        currency=(session.currency or "").upper(),
        payment_reference=reference,
        metadata=dict(session.metadata.to_dict()) if session.metadata else {},
    )


def _refund_state(refund: stripe.Refund) -> RefundState:
    intent = refund.payment_intent
    return RefundState(
        reference=refund.id,
        status=refund.status or "pending",
        amount_cents=refund.amount,
        payment_reference=intent if isinstance(intent, str) else intent.id if intent else "",
        # Stripe leaves the field out unless the refund failed.
        failure=refund.failure_reason or "" if "failure_reason" in refund else "",
        metadata=dict(refund.metadata.to_dict()) if refund.metadata else {},
    )


def _check_stamp(signature: str, now: datetime) -> None:
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    # Bounded: int() and arithmetic fail on numbers of hundreds of digits, sent by anybody.
    if len(stamps) != 1 or not stamps[0].isdecimal() or len(stamps[0]) > LONGEST_STAMP:
        message = "The signature has no time stamp"
        raise WebhookInvalid(message)
    if int(stamps[0]) - now.timestamp() > MAX_CLOCK_SKEW_SECONDS:
        message = "The signature is from the future"
        raise WebhookInvalid(message)


def _webhook_event(event: stripe.Event, body: bytes) -> WebhookEvent:
    # The event's object is of any type; the signed text itself is the plainest way to its id.
    subject = json.loads(body)["data"]["object"]
    metadata = subject.get("metadata") or {}
    return WebhookEvent(
        event_id=str(event.id),
        type=str(event.type),
        object_id=str(subject.get("id") or ""),
        api_version=str(event.api_version or ""),
        metadata={str(key): str(value) for key, value in metadata.items()},
    )
