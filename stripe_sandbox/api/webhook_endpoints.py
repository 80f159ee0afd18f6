"""/v1/webhook_endpoints"""

from typing import Any
from urllib.parse import urlsplit

from django.db.models import F

from stripe_sandbox import clock
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import check_metadata, merged_metadata, without_blanks
from stripe_sandbox.api.pagination import page
from stripe_sandbox.errors import InvalidRequest, no_such, not_simulated
from stripe_sandbox.events import API_VERSION
from stripe_sandbox.ids import new_id
from stripe_sandbox.models import Delivery, Event, WebhookEndpoint
from stripe_sandbox.webhook_setup import new_secret

PATH = "/v1/webhook_endpoints"
MOST = 16  # of one account in test mode


@serves("POST", PATH)
def create(call: Call) -> dict[str, Any]:
    """A new address for events; only this answer shows the secret."""
    params = without_blanks(call.params)
    if params.get("connect"):
        raise not_simulated("connect")
    _check(params)
    if params.get("api_version", API_VERSION) != API_VERSION:
        raise InvalidRequest(
            f"stripe_sandbox speaks only the version {API_VERSION}.", param="api_version"
        )
    if WebhookEndpoint.objects.count() >= MOST:
        raise InvalidRequest(f"You have reached the maximum of {MOST} test webhook endpoints.")
    check_metadata(params.get("metadata"), "metadata")
    endpoint = WebhookEndpoint.objects.create(
        stripe_id=new_id("we_1"),
        url=params["url"],
        secrets=[new_secret()],
        enabled_events=params["enabled_events"],
        created=clock.now(),
        api_version=params.get("api_version", ""),
        description=params.get("description", ""),
        metadata=params.get("metadata", {}),
    )
    return _body(endpoint) | {"secret": endpoint.secrets[0]}


@serves("GET", PATH + "/{webhook_endpoint}")
def retrieve(call: Call) -> dict[str, Any]:
    """One endpoint, without its secret."""
    return _body(_endpoint(call))


@serves("GET", PATH)
def list_endpoints(call: Call) -> dict[str, Any]:
    """Endpoints, newest first."""
    shown, envelope = page(WebhookEndpoint.objects.exclude(url=""), call.params, PATH)
    return envelope | {"data": [_body(endpoint) for endpoint in shown]}


@serves("POST", PATH + "/{webhook_endpoint}")
def update(call: Call) -> dict[str, Any]:
    """Another address or other types; `disabled` stops the events that come from now on."""
    endpoint, params = _endpoint(call), call.params
    _check(params)
    endpoint.metadata = merged_metadata(endpoint.metadata, params)
    for name in ("url", "enabled_events", "description"):
        if name in params:
            setattr(endpoint, name, params[name])
    if "disabled" in params:
        endpoint.is_enabled = not params["disabled"]
    endpoint.save()
    return _body(endpoint)


@serves("DELETE", PATH + "/{webhook_endpoint}")
def delete(call: Call) -> dict[str, Any]:
    """Forget an endpoint and what it still waits for."""
    endpoint = _endpoint(call)
    owed = Delivery.objects.filter(endpoint=endpoint, is_copy=False)
    owed = owed.exclude(state=Delivery.State.DELIVERED)
    for event in Event.objects.filter(pk__in=owed.values("event")):
        event.pending_webhooks = F("pending_webhooks") - 1
        event.save(update_fields=["pending_webhooks"])
    endpoint.delete()
    return {"id": endpoint.stripe_id, "object": "webhook_endpoint", "deleted": True}


def _endpoint(call: Call) -> WebhookEndpoint:
    stripe_id = call.ids["webhook_endpoint"]
    found = WebhookEndpoint.objects.filter(stripe_id=stripe_id).exclude(url="").first()
    if found is None:
        raise no_such("webhook endpoint", stripe_id, param="webhook_endpoint")
    return found


def _check(params: dict[str, Any]) -> None:
    if "url" in params:
        parts = urlsplit(params["url"])
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidRequest(
                "Invalid URL: An explicit scheme (such as https) must be provided.",
                param="url",
                code="url_invalid",
            )
        if parts.scheme == "https":
            raise InvalidRequest("stripe_sandbox delivers over http only.", param="url")
    if "enabled_events" in params and not params["enabled_events"]:
        raise InvalidRequest("Missing required param: enabled_events.", param="enabled_events")


def _body(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": endpoint.stripe_id,
        "object": "webhook_endpoint",
        "api_version": endpoint.api_version or None,
        "application": None,
        "created": endpoint.created,
        "description": endpoint.description or None,
        "enabled_events": endpoint.enabled_events,
        "livemode": False,
        "metadata": endpoint.metadata,
        "status": "enabled" if endpoint.is_enabled else "disabled",
        "url": endpoint.url,
    }
