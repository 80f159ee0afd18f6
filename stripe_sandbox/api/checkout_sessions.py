"""/v1/checkout/sessions"""

from typing import Any

from stripe_sandbox import clock, sessions
from stripe_sandbox.api.calls import Call, serves
from stripe_sandbox.api.metadata import merged_metadata, without_blanks
from stripe_sandbox.api.pagination import listed, page
from stripe_sandbox.api.session_amounts import check_shipping
from stripe_sandbox.api.session_rules import DAY, check_session
from stripe_sandbox.errors import Refused, not_simulated
from stripe_sandbox.models import StoredObject

PATH = "/v1/checkout/sessions"


@serves("POST", PATH)
def create(call: Call) -> dict[str, Any]:
    """Open a session; without `expires_at` it lives for 24 hours."""
    now = clock.now()
    check_session(call.params, now)
    params = without_blanks({"expires_at": now + DAY, **call.params})
    return sessions.open_session(params).body


@serves("GET", PATH + "/{session}")
def retrieve(call: Call) -> dict[str, Any]:
    """One session, expired by now if its time has passed."""
    return sessions.current_session(call.ids["session"]).body


@serves("POST", PATH + "/{session}")
def update(call: Call) -> dict[str, Any]:
    """Change the metadata, or the shipping options while the session is open."""
    for name in call.params.keys() - {"metadata", "shipping_options", "expand"}:
        raise not_simulated(name)
    session = sessions.current_session(call.ids["session"])
    session.change(metadata=merged_metadata(session.body["metadata"], call.params))
    if "shipping_options" in call.params:
        options = call.params["shipping_options"] or []
        if session.body["status"] != "open":
            raise Refused(
                "You can only update `shipping_options` of a Checkout Session with a status of"
                f" `open`; this one is `{session.body['status']}`."
            )
        check_shipping(options, session.body["currency"])
        sessions.replace_shipping(session, without_blanks({"options": options})["options"])
        sessions.check_total(session.body)
    return session.body


@serves("GET", PATH)
def list_sessions(call: Call) -> dict[str, Any]:
    """Sessions, newest first."""
    sessions.expire_overdue()
    filters = ("payment_intent", "status", "customer", "subscription", "payment_link")
    also = {}
    if "customer_details" in call.params:
        also["body__customer_details__email"] = call.params["customer_details"]["email"]
    return listed(call, "checkout.session", filters=filters, also=also)


@serves("GET", PATH + "/{session}/line_items")
def list_line_items(call: Call) -> dict[str, Any]:
    """The lines of a session in the order given."""
    session = sessions.current_session(call.ids["session"])
    rows = StoredObject.objects.filter(object_type="item", parent_id=session.stripe_id)
    url = f"{PATH}/{session.stripe_id}/line_items"
    shown, envelope = page(rows, call.params, url, oldest_first=True)
    return envelope | {"data": [row.body for row in shown]}


@serves("POST", PATH + "/{session}/expire")
def expire(call: Call) -> dict[str, Any]:
    """Close an open session before its time."""
    session = sessions.current_session(call.ids["session"])
    sessions.expire(session, call.cause)
    return session.body
