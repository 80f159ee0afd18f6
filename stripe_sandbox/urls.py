"""The sandbox's addresses: API, payment pages, control."""

from django.urls import path

from stripe_sandbox import (
    checkout_page,
    control,
    control_deliveries,
    control_money,
    control_page,
    intent_page,
)
from stripe_sandbox.api import (  # noqa: F401  (registers)
    balance,
    catalogue,
    charges,
    checkout_sessions,
    customers,
    discounts,
    disputes,
    events,
    payment_intents,
    payment_methods,
    payment_pages,
    refunds,
    tax,
    webhook_endpoints,
)
from stripe_sandbox.api.view import api

urlpatterns = [
    path("v1/<path:path>", api),
    path("c/pay/<str:session_id>", checkout_page.pay_page, name="pay"),
    path(
        "c/pay/<str:session_id>/authenticate", checkout_page.authenticate_page, name="authenticate"
    ),
    path("c/authenticate/<str:intent_id>", intent_page.authenticate_page, name="challenge"),
    path("", control_page.control_page, name="control"),
    path("objects/<str:stripe_id>", control_page.show_object, name="object"),
    path("healthz", control_page.health),
    path("_control/state", control.state),
    path("_control/served", control.served),
    path(
        "_control/deliveries/<int:delivery_id>/<str:verb>", control_deliveries.one, name="delivery"
    ),
    path("_control/deliveries/<str:verb>", control_deliveries.all_waiting, name="deliveries"),
    path("_control/queue", control_deliveries.set_queue, name="queue"),
    path("_control/webhook_endpoints/<str:endpoint_id>/roll", control.roll, name="roll"),
    path("_control/<str:kind>/<str:stripe_id>/<str:verb>", control_money.act, name="deed"),
    path("_control/clock", control.move_clock, name="clock"),
    path("_control/faults", control.arm_fault, name="faults"),
    path("_control/faults/clear", control.clear_faults, name="clear_faults"),
    path("_control/webhook", control.set_endpoint),
    path("_control/reset", control.reset, name="reset"),
]
