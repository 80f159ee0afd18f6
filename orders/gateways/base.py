"""What the shop needs of a payment gateway, in the shop's own words. No Stripe object passes here."""

from collections.abc import Mapping, Sequence
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


class WebhookInvalid(Exception):
    """The body is not a signed event of the gateway."""


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
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether no money can come from it any more."""
        return self.status in {"expired", "failed"}


@dataclass(frozen=True)
class RefundState:
    """What the gateway says about a refund, now."""

    reference: str
    status: str  # pending, succeeded, failed, canceled or requires_action
    amount_cents: int
    payment_reference: str
    failure: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


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

    def calculate_tax(self, question: TaxQuestion) -> TaxAnswer:
        """Return the sales tax at a destination, from the gateway's own tables."""
        ...

    def read_webhook(self, body: bytes, signature: str, *, now: datetime) -> WebhookEvent:
        """Check the signature of a webhook's raw body and return what it hints at.

        Raises WebhookInvalid.
        """
        ...
