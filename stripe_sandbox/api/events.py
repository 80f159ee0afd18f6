"""/v1/events"""

from typing import Any

from django.db.models import Q

from stripe_sandbox import clock
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.pagination import created_within, page
from stripe_sandbox.errors import InvalidRequest, no_such
from stripe_sandbox.models import Event

LISTABLE_SECONDS = 30 * 24 * 3600
MOST_TYPES = 20  # docs.stripe.com/api/events/list


@serves("GET", "/v1/events/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """One event of the last 30 days with the snapshot that it was sent with."""
    oldest = clock.now() - LISTABLE_SECONDS
    event = Event.objects.filter(stripe_id=call.ids["id"], created__gte=oldest).first()
    if event is None:
        raise no_such("event", call.ids["id"], param="id")
    return event.as_stripe()


@serves("GET", "/v1/events")
def list_events(call: Call) -> dict[str, Any]:
    """Events of the last 30 days, newest first."""
    rows = Event.objects.filter(created__gte=clock.now() - LISTABLE_SECONDS)
    rows = created_within(rows, call.params.get("created"))
    if "type" in call.params and "types" in call.params:
        raise InvalidRequest("You may only specify one of these parameters: type, types.")
    wanted = call.params.get("types", [call.params["type"]] if "type" in call.params else [])
    if len(wanted) > MOST_TYPES:
        raise InvalidRequest(
            f"Array types exceeded maximum {MOST_TYPES} allowed elements.", param="types"
        )
    if wanted:
        condition = Q()
        for name in wanted:
            # `charge.*` stands for the whole group.
            is_group = name.endswith("*")
            condition |= Q(type__startswith=name[:-1]) if is_group else Q(type=name)
        rows = rows.filter(condition)
    if "delivery_success" in call.params:
        arrived = Q(pending_webhooks=0)
        rows = rows.filter(arrived if call.params["delivery_success"] else ~arrived)
    shown, envelope = page(rows, call.params, "/v1/events")
    return envelope | {"data": [event.as_stripe() for event in shown]}
