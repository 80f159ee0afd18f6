"""Where events go: one endpoint set by the environment or by the control route, others over the API."""

from stripe_sandbox import clock
from stripe_sandbox.ids import random_text
from stripe_sandbox.models import WebhookEndpoint

ENDPOINT_ID = "we_sandbox"


def set_webhook(url: str, secrets: list[str], events: list[str]) -> None:
    """Deliver these event types (`*` for all) to this address, signed with these secrets.

    An empty `url` switches delivery of new events off.
    """
    WebhookEndpoint.objects.update_or_create(
        stripe_id=ENDPOINT_ID,
        defaults={
            "url": url,
            "secrets": secrets,
            "expiring": [],
            "enabled_events": events or ["*"],
            "is_enabled": bool(url),
        },
    )


def new_secret() -> str:
    """A signing secret with Stripe's prefix."""
    return f"whsec_{random_text(32)}"


def roll_secret(endpoint: WebhookEndpoint, seconds: int) -> str:
    """Replace the secrets of an endpoint; the old ones sign along for `seconds`. Returns the new one.

    Stripe offers this in its dashboard only.
    """
    now = clock.now()
    old = [{"secret": secret, "until": now + seconds} for secret in endpoint.secrets]
    kept = [one for one in endpoint.expiring if one["until"] > now]
    endpoint.expiring = [*kept, *old] if seconds > 0 else []
    endpoint.secrets = [new_secret()]
    endpoint.save()
    return str(endpoint.secrets[0])
