"""What the shop needs of a payment gateway, in the shop's own words. No Stripe object passes here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol


class GatewayUnavailable(Exception):
    """No usable answer. Whether it happened is unknown: ask again with the same key."""


class GatewayRefused(Exception):
    """The gateway said no, and will again. `code` is its own word for why."""

    def __init__(self, message: str, code: str = "") -> None:
        self.code = code
        super().__init__(message)


class GatewayDenied(GatewayRefused):
    """Refused before it was looked at: who asks, or what about, is not known there (any more).

    Says nothing about what was done when the same was asked before.
    """


class WebhookInvalid(Exception):
    """The body is not an event of the gateway."""


class WebhookForged(WebhookInvalid):
    """Whoever sent it knows none of our secrets, or sent it too late."""


@dataclass(frozen=True)
class CheckoutLine:
    """One line on the payment page. `amount_cents` is the price of one."""

    name: str
    amount_cents: int
    quantity: int = 1


@dataclass(frozen=True)
class ShippingAddress:
    """Where the parcel goes."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str


@dataclass(frozen=True)
class CheckoutRequest:
    """A payment page to be made. Amounts in minor units of `currency`; `expires_at` a UTC timestamp."""

    order_number: str
    attempt: int
    currency: str
    lines: Sequence[CheckoutLine]
    shipping_name: str
    shipping_cents: int
    email: str
    address: ShippingAddress
    success_url: str
    cancel_url: str
    expires_at: int
    metadata: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data, to be stored before the gateway is asked."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CheckoutRequest":
        """Return the request that as_json() stored, equal to the letter."""
        lines = [CheckoutLine(**line) for line in data["lines"]]
        address = ShippingAddress(**data["address"])
        return cls(**{**data, "lines": lines, "address": address})


@dataclass(frozen=True)
class CheckoutPage:
    """A payment page that exists."""

    session_id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True)
class CheckoutState:
    """What the gateway says about a payment page, now. Amounts in minor units."""

    session_id: str
    # open, processing (submitted, the money is on its way), complete, failed or expired
    status: str
    is_paid: bool = False
    amount_cents: int = 0
    currency: str = ""
    payment_reference: str = ""
    # What the gateway keeps; None while it does not tell.
    fee_cents: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    # The charge that failed last, while the page is open.
    failed_charge: str = ""

    @property
    def is_over(self) -> bool:
        """Whether no money can come from it any more."""
        return self.status in {"expired", "failed"}


@dataclass(frozen=True)
class ChargeState:
    """One try to take money from a card or an account."""

    reference: str
    is_declined_card: bool
    reason: str  # the gateway's own word for why, empty unless it failed
    tried_at: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefundState:
    """What the gateway says about a refund, now."""

    reference: str
    status: str  # pending, succeeded, failed, canceled or requires_action
    amount_cents: int
    payment_reference: str
    failure: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    # What the payment is marked with, where the refund was asked for by itself.
    payment_metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BalanceChange:
    """One change of our balance at the gateway. Amounts signed, in minor units; fees are positive."""

    reference: str
    type: str  # the gateway's own word, such as charge, refund or adjustment
    source: str  # what it is about: the charge, refund or dispute
    payment_reference: str
    amount_cents: int
    fee_cents: int
    currency: str
    is_dispute: bool = False
    charge: str = ""  # the charge that it moves, or moves back
    # Whether that charge's money is ours: no while a bank has not answered its debit, or said no.
    is_charge_paid: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DisputeState:
    """What the gateway says about a dispute, now; `entries` are what it did to our balance so far."""

    reference: str
    status: str
    reason: str
    amount_cents: int
    currency: str
    payment_reference: str
    opened_at: datetime
    evidence_due_at: datetime | None = None
    entries: Sequence[BalanceChange] = ()
    # What the payment is marked with, where the dispute was asked for by itself.
    payment_metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FraudWarningState:
    """The card's bank suspects a payment."""

    reference: str
    fraud_type: str
    payment_reference: str
    received_at: datetime
    payment_metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WebhookEvent:
    """A signed hint that something changed. What exactly is asked of the gateway, not read from here."""

    event_id: str
    type: str
    object_id: str
    api_version: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class TaxQuestion:
    """Amounts (minor units of `currency`, before tax) that go to an address."""

    currency: str
    line_cents: Sequence[int]
    shipping_cents: int
    line1: str
    city: str
    region: str
    postal_code: str
    country: str


@dataclass(frozen=True)
class TaxAnswer:
    """The sales tax of a question's amounts, in the same order and unit."""

    line_tax_cents: Sequence[int]
    shipping_tax_cents: int


class Gateway(Protocol):
    """The verbs. Each raises GatewayUnavailable or GatewayRefused."""

    def create_checkout(self, request: CheckoutRequest, *, key: str) -> CheckoutPage:
        """Make a payment page; the same `key` gives the same page."""
        ...

    def fetch_checkout(self, session_id: str) -> CheckoutState:
        """Return the state of a payment page."""
        ...

    def expire_checkout(self, session_id: str) -> CheckoutState:
        """Close a payment page, and return its state: it may have been paid just before."""
        ...

    def create_refund(
        self, *, payment_reference: str, amount_cents: int, key: str, metadata: Mapping[str, str]
    ) -> RefundState:
        """Send money back; the same `key` sends it once."""
        ...

    def fetch_refund(self, reference: str) -> RefundState:
        """Return the state of a refund."""
        ...

    def list_refunds(self, payment_reference: str) -> list[RefundState]:
        """Return every refund of a payment, ours and those made elsewhere."""
        ...

    def list_balance(self) -> Iterator[BalanceChange]:
        """Return every change of the balance, the newest first, asking for more as they are read."""
        ...

    def settlement_currencies(self) -> set[str]:
        """Return the currencies (ISO, capitals) that our balance is kept in; others are exchanged."""
        ...

    def fetch_fee(self, payment_reference: str) -> int | None:
        """Return what the gateway kept of a payment (cents of its currency), None while it does not tell."""
        ...

    def fetch_charge(self, reference: str) -> ChargeState:
        """Return the state of a charge, one that failed included."""
        ...

    def list_charges(self, payment_reference: str) -> list[ChargeState]:
        """Return the newest hundred charges of a payment, the failed ones included."""
        ...

    def fetch_dispute(self, reference: str) -> DisputeState:
        """Return the state of a dispute."""
        ...

    def fetch_fraud_warning(self, reference: str) -> FraudWarningState:
        """Return an early fraud warning."""
        ...

    def list_checkouts(self, *, since: datetime) -> Iterator[CheckoutState]:
        """Yield every payment page made since, the newest first; without fees."""
        ...

    def list_recent_refunds(self, *, since: datetime) -> Iterator[RefundState]:
        """Yield every refund made since, the newest first."""
        ...

    def list_disputes(self, *, since: datetime) -> Iterator[DisputeState]:
        """Yield every dispute opened since, the newest first."""
        ...

    def list_fraud_warnings(self, *, since: datetime) -> Iterator[FraudWarningState]:
        """Yield every early fraud warning since, the newest first."""
        ...

    def list_undelivered_events(
        self, types: Sequence[str], *, since: datetime
    ) -> Iterator[WebhookEvent]:
        """Yield events of `types` since that did not reach us, the newest first."""
        ...

    def calculate_tax(self, question: TaxQuestion) -> TaxAnswer:
        """Return the sales tax at a destination, from the gateway's own tables."""
        ...

    def read_webhook(self, body: bytes, signature: str, *, now: datetime) -> WebhookEvent:
        """Check the signature of a webhook's raw body and return what it hints at.

        Raises WebhookInvalid, WebhookForged.
        """
        ...
