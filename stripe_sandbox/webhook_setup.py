"""Where events go: one endpoint, set by the environment at start or by the control route."""

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
            "enabled_events": events or ["*"],
            "is_enabled": bool(url),
        },
    )
