"""The steps of paying and hearing about it, for the tests of payments, refunds and webhooks."""

import json
import time
from typing import Any

import stripe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from orders import payments
from orders.gateways import gateway
from orders.gateways.base import CheckoutState
from orders.models import Order
from tests.factories import make_order
from tests.sandbox.server import GOOD_CARD, SandboxServer
from tests.stripe_fixtures import WEBHOOK_SECRET

BASE_URL = "http://shop.test"


def stripe_client(sandbox: SandboxServer) -> stripe.StripeClient:
    """Stripe's own view of things, and the dashboard's hands."""
    return stripe.StripeClient(sandbox.key, base_addresses={"api": sandbox.url})


def open_page(order: Order, **more: Any) -> str:
    """Send the customer to the payment page; its address."""
    arguments = {"base_url": BASE_URL, "now": timezone.now(), **more}
    return payments.start_payment(order_id=order.pk, **arguments)


def session_of(order: Order) -> str:
    """The id of the order's newest session."""
    return order.attempts.order_by("-number")[0].session_id


def pay_page(sandbox: SandboxServer, order: Order, card: str = GOOD_CARD) -> str:
    """Open the page and pay there, without telling the shop; the session's id."""
    page = sandbox.pay(open_page(order), card)
    assert page.location, page.alert
    return session_of(order)


def make_settled_order(sandbox: SandboxServer, **fields: Any) -> Order:
    """An order paid for real at the sandbox, so that its money can go back."""
    order = make_order(**fields)
    session_id = pay_page(sandbox, order)
    return payments.record_payment(session_id=session_id, now=timezone.now())


def event_types(order: Order) -> list[str]:
    """What happened to the order, in order."""
    return [event.type for event in order.events.order_by("pk")]


def event_body(event_type: str, subject: dict[str, Any], **more: Any) -> str:
    """An event as Stripe writes it."""
    return json.dumps(
        {
            "id": f"evt_{time.monotonic_ns()}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "type": event_type,
            "data": {"object": subject},
            **more,
        }
    )


def session_event(
    session_id: str, event_type: str = "checkout.session.completed", **metadata: str
) -> str:
    """An event about a session of ours."""
    known = {"deployment": settings.DEPLOYMENT, **metadata}
    subject = {"id": session_id, "object": "checkout.session", "metadata": known}
    return event_body(event_type, subject)


def signature(body: str, secret: str = WEBHOOK_SECRET, *, at: float | None = None) -> str:
    """Stripe's signature of a body."""
    stamp = int(time.time() if at is None else at)
    return stripe.WebhookSignature.generate_signature_header(body, secret, stamp)


def deliver(body: str | bytes, header: str | None = None, client: Client | None = None) -> Any:
    """Deliver to the webhook as Stripe does; signed well unless `header` says otherwise."""
    if header is None:
        header = signature(body if isinstance(body, str) else body.decode())
    return (client or Client()).post(
        "/webhooks/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": header} if header else {},
    )


def state_of(order: Order, **changes: Any) -> CheckoutState:
    """What Stripe would say about the order's page, paid in full."""
    facts = {
        "session_id": session_of(order),
        "status": "complete",
        "is_paid": True,
        "amount_cents": order.total_cents,
        "currency": "USD",
        "payment_reference": f"pi_{order.number}",
    }
    return CheckoutState(**(facts | changes))


def expire_at_stripe(order: Order) -> None:
    """End the order's page at Stripe, as time would."""
    gateway().expire_checkout(session_of(order))


def mails_to_staff() -> list[str]:
    """The subjects of what staff were told."""
    return [mail.subject for mail in Email.objects.all() if "staff@" in mail.to[0]]
