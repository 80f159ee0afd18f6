"""Stripe, behind the shop's own words: the only place that talks to it.

Facts about the library and the service are in docs.stripe.com/api (version pinned by the library).
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import stripe
from django.conf import settings

from orders.gateways import stripe_states as states
from orders.gateways.base import (
    BalanceChange,
    ChargeState,
    CheckoutPage,
    CheckoutRequest,
    CheckoutState,
    DisputeState,
    FraudWarningState,
    GatewayDenied,
    GatewayRefused,
    GatewayUnavailable,
    RefundState,
    TaxAnswer,
    TaxQuestion,
    WebhookEvent,
    WebhookForged,
    WebhookInvalid,
)
from orders.gateways.stripe_requests import checkout_params, tax_params

if TYPE_CHECKING:
    from stripe._base_address import BaseAddresses

Answer = TypeVar("Answer")

# Two tries of at most 3 + 8 seconds: a buyer waits no longer, and the web server's limit is farther off.
CONNECT_SECONDS, READ_SECONDS, RETRIES = 3, 8, 1
# Where Stripe hangs, only so many threads of a process hang with it; the others serve the shop, and
# who comes too many is told soon.
CALLS_AT_ONCE, WAIT_FOR_TURN_SECONDS = 2, 3
# The intent tells whether a delayed payment failed; its charge's balance transaction tells the fee.
SESSION_PARTS = ["payment_intent.latest_charge.balance_transaction"]
# The library refuses stamps that are too old; one from the future it accepts, so we look ourselves.
MAX_CLOCK_SKEW_SECONDS = 300
LONGEST_STAMP = 12
MOST_EVENT_TYPES = 20
# The library is made for exactly this version of Stripe's API and sends its name along.
API_VERSION: str = stripe.api_version

# The answer does not tell whether Stripe did it: the same call with the same key may be made again.
_UNKNOWN_OUTCOME = (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError)

# No key, no right, no such thing in this account.
DENIED = {401, 403, 404}


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
            refusal = GatewayDenied if _is_denied(error) else GatewayRefused
            raise refusal(error.user_message or str(error), error.code or "") from error
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
        """Return a session's state."""
        _check_id(session_id, "session")
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.retrieve(
                session_id, {"expand": SESSION_PARTS}
            )
        )
        return states.checkout_state(session)

    def expire_checkout(self, session_id: str) -> CheckoutState:
        """Expire a session; one that is complete or expired already is left as it is."""
        try:
            session = self._ask(lambda: self._client.v1.checkout.sessions.expire(session_id))
        except GatewayRefused:
            return self.fetch_checkout(session_id)
        return states.checkout_state(session)

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
        return states.refund_state(refund)

    def fetch_refund(self, reference: str) -> RefundState:
        """Return a refund's state."""
        _check_id(reference, "refund")
        refund = self._ask(
            lambda: self._client.v1.refunds.retrieve(reference, {"expand": ["payment_intent"]})
        )
        return states.refund_state(refund)

    def fetch_fee(self, payment_reference: str) -> int | None:
        """Return what Stripe kept of a payment intent, in cents; None while it does not tell."""
        intent = self._ask(
            lambda: self._client.v1.payment_intents.retrieve(
                payment_reference, {"expand": ["latest_charge.balance_transaction"]}
            )
        )
        return states.fee_of(intent)

    def fetch_charge(self, reference: str) -> ChargeState:
        """Return a charge's state."""
        _check_id(reference, "charge")
        return states.charge_state(self._ask(lambda: self._client.v1.charges.retrieve(reference)))

    def list_charges(self, payment_reference: str) -> list[ChargeState]:
        """Return the newest hundred charges of a payment intent."""
        page = self._ask(
            lambda: self._client.v1.charges.list(
                {"payment_intent": payment_reference, "limit": 100}
            )
        )
        return [states.charge_state(charge) for charge in page.data]

    def fetch_dispute(self, reference: str) -> DisputeState:
        """Return a dispute's state."""
        _check_id(reference, "dispute")
        dispute = self._ask(
            lambda: self._client.v1.disputes.retrieve(reference, {"expand": ["payment_intent"]})
        )
        return states.dispute_state(dispute)

    def fetch_fraud_warning(self, reference: str) -> FraudWarningState:
        """Return an early fraud warning."""
        _check_id(reference, "warning")
        warning = self._ask(
            lambda: self._client.v1.radar.early_fraud_warnings.retrieve(
                reference, {"expand": ["payment_intent"]}
            )
        )
        return states.fraud_warning_state(warning)

    def list_checkouts(self, *, since: datetime) -> Iterator[CheckoutState]:
        """Return every session made since, the newest first."""
        sessions = self._client.v1.checkout.sessions.list
        wanted = {"created": _from(since), "expand": ["data.payment_intent"]}
        return map(states.checkout_state, self._pages(sessions, wanted))

    def list_recent_refunds(self, *, since: datetime) -> Iterator[RefundState]:
        """Return every refund made since, the newest first."""
        rows = self._pages(self._client.v1.refunds.list, {"created": _from(since)})
        return map(states.refund_state, rows)

    def list_disputes(self, *, since: datetime) -> Iterator[DisputeState]:
        """Return every dispute opened since, the newest first."""
        rows = self._pages(self._client.v1.disputes.list, {"created": _from(since)})
        return map(states.dispute_state, rows)

    def list_fraud_warnings(self, *, since: datetime) -> Iterator[FraudWarningState]:
        """Return every early fraud warning since, the newest first."""
        warnings = self._client.v1.radar.early_fraud_warnings.list
        return map(states.fraud_warning_state, self._pages(warnings, {"created": _from(since)}))

    def list_undelivered_events(
        self, types: Sequence[str], *, since: datetime
    ) -> Iterator[WebhookEvent]:
        """Yield events of `types` that did not reach (all of) our endpoints, the newest first.

        Stripe lists events of the last 30 days and takes at most 20 types at once
        (docs.stripe.com/api/events/list).
        """
        events: list[stripe.Event] = []
        for start in range(0, len(types), MOST_EVENT_TYPES):
            wanted = {
                "types": list(types[start : start + MOST_EVENT_TYPES]),
                "delivery_success": False,
                "created": _from(since),
            }
            events += self._pages(self._client.v1.events.list, wanted)
        # Each question is answered newest first; several answers make one list. Sorting keeps the
        # order of events of one second.
        events.sort(key=lambda event: event.created, reverse=True)
        for event in events:
            yield states.webhook_event(event)

    def list_balance(self) -> Iterator[BalanceChange]:
        """Return every change of our balance, each with the charge, refund or dispute behind it."""
        rows = self._pages(self._client.v1.balance_transactions.list, {"expand": ["data.source"]})
        return map(states.balance_change, rows)

    def settlement_currencies(self) -> set[str]:
        """Return the currencies that our balance is kept in, in capitals."""
        return states.currencies_of(self._ask(self._client.v1.balance.retrieve))

    def _pages(self, ask: Callable[[Any], Any], wanted: dict[str, Any]) -> Iterator[Any]:
        """Yield the `wanted` rows of a list, page after page; each is one call that waits for its turn."""
        # The library has a type for each list's parameters; what they share is added to each of them.
        page: dict[str, Any] = {**wanted, "limit": 100}
        while True:
            answer = self._ask(partial(ask, page))
            yield from answer.data
            if not answer.has_more or not answer.data:
                return
            page = {**page, "starting_after": answer.data[-1].id}

    def list_refunds(self, payment_reference: str) -> list[RefundState]:
        """Return every refund of a payment intent."""
        wanted = {"payment_intent": payment_reference}
        rows = self._pages(self._client.v1.refunds.list, wanted)
        return [states.refund_state(refund) for refund in rows]

    def calculate_tax(self, question: TaxQuestion) -> TaxAnswer:
        """Ask Stripe Tax. Only a calculation: nothing is filed or charged by it."""
        calculation = self._ask(
            lambda: self._client.v1.tax.calculations.create(tax_params(question))
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
            if _is_signed(body, signature, secret):
                try:
                    # Its age has just been looked at.
                    event = self._client.construct_event(body, signature, secret, tolerance=0)
                    return states.webhook_event(event, body)
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    message = "The body is not an event"
                    raise WebhookInvalid(message) from error
        message = "No secret of ours made this signature of late"
        raise WebhookForged(message)


def _check_id(reference: str, what: str) -> None:
    # An empty id would ask for the list of all.
    if not reference:
        message = f"No {what} id"
        raise GatewayRefused(message)


def _is_denied(error: stripe.StripeError) -> bool:
    return error.http_status in DENIED or error.code == "resource_missing"


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    tolerance = stripe.Webhook.DEFAULT_TOLERANCE
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, tolerance))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        return False  # bytes that are no text and letters that no signature has are no better


def _check_stamp(signature: str, now: datetime) -> None:
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    # Bounded: int() and arithmetic fail on numbers of hundreds of digits, sent by anybody.
    if len(stamps) != 1 or not stamps[0].isdecimal() or len(stamps[0]) > LONGEST_STAMP:
        message = "The signature has no time stamp"
        raise WebhookForged(message)
    if int(stamps[0]) - now.timestamp() > MAX_CLOCK_SKEW_SECONDS:
        message = "The signature is from the future"
        raise WebhookForged(message)


def _from(since: datetime) -> dict[str, int]:
    return {"gte": int(since.timestamp())}
