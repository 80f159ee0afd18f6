"""The sandbox's addresses: API, payment pages, control."""

from django.urls import path

from stripe_sandbox import checkout_page, control, control_page
from stripe_sandbox.api import checkout_sessions, events, money, refunds, tax  # noqa: F401  (registers)
from stripe_sandbox.api.view import api

urlpatterns = [
    path("v1/<path:path>", api),
    path("c/pay/<str:session_id>", checkout_page.pay_page, name="pay"),
    path(
        "c/pay/<str:session_id>/authenticate", checkout_page.authenticate_page, name="authenticate"
    ),
    path("", control_page.control_page, name="control"),
    path("objects/<str:stripe_id>", control_page.show_object, name="object"),
    path("healthz", control_page.health),
    path("_control/state", control.state),
    path("_control/deliveries/<int:delivery_id>/again", control.send_again, name="send_again"),
    path("_control/deliveries/<str:verb>", control.delivery_verb, name="deliveries"),
    path("_control/clock", control.move_clock, name="clock"),
    path("_control/faults", control.arm_fault),
    path("_control/faults/clear", control.clear_faults, name="clear_faults"),
    path("_control/webhook", control.set_endpoint),
    path("_control/reset", control.reset, name="reset"),
]
