"""The steps of somebody whose cards are declined, and what Stripe tells and knows of them."""

from django.conf import settings

from orders.models import Order
from tests.orders.stripe_steps import deliver, event_body, open_page, session_of, stripe_client
from tests.sandbox.server import SandboxServer

DECLINED = "4000000000009995"
OUR_DEPLOYMENT = settings.DEPLOYMENT


def decline(sandbox: SandboxServer, order: Order, times: int) -> list[str]:
    """Try `times` cards that the bank declines, without telling the shop; the ids of the charges."""
    url = open_page(order)
    for _ in range(times):
        assert "insufficient funds" in sandbox.pay(url, DECLINED).alert
    return charges_of(sandbox, order)


def charges_of(sandbox: SandboxServer, order: Order) -> list[str]:
    """Every charge of the order's newest page, the oldest first."""
    client = stripe_client(sandbox).v1
    intent = client.checkout.sessions.retrieve(session_of(order)).payment_intent
    return [charge.id for charge in client.charges.list({"payment_intent": intent}).data][::-1]


def tell(charge: str, deployment: str = OUR_DEPLOYMENT) -> int:
    """Deliver the event of a failed charge; the answer's status."""
    metadata = {"deployment": deployment}
    subject = {"id": charge, "object": "charge", "metadata": metadata}
    return deliver(event_body("charge.failed", subject)).status_code


def sessions_at(sandbox: SandboxServer) -> list[str]:
    """The newest payment pages that the sandbox has been asked for."""
    objects = sandbox.state()["objects"]
    return [row["id"] for row in objects if row["object"] == "checkout.session"]
