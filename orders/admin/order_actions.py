"""What staff can do with an order, one entry each: shipping, cancelling, reviewing, noting."""

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone

from orders import freezing, fulfillment, notes, payments, refunds, refunds_ended, review
from orders.admin import (
    action_page,
    correcting,
    delivering,
    disputes_deciding,
    open_packs,
    packing,
    record,
    refunding,
    resending,
)
from orders.admin.action_page import Action, view_of
from orders.admin.forms import (
    AcceptForm,
    CancelForm,
    EndRefundForm,
    NoteForm,
    ReviewForm,
    ShipForm,
)
from orders.models import Order


def _ship(request: HttpRequest, order: Order, form: ShipForm) -> str:
    fulfillment.ship(
        order_id=order.pk,
        carrier=form.cleaned_data["carrier"],
        tracking_number=form.cleaned_data["tracking_number"],
        quantities=form.quantities,
        actor=request.user,
        now=timezone.now(),
    )
    left = sum(form.left.values()) - sum(form.quantities.values())
    if left:
        return f"Parcel recorded. Still to ship: {left} {'pack' if left == 1 else 'packs'}."
    return "Parcel recorded. Everything has been shipped."


def _why_not_ship(order: Order) -> str:
    if order.needs_review:
        return "This order needs review first. Nothing ships before that is settled."
    if order.is_frozen:
        return freezing.WORDS
    if order.status != Order.Status.PAID:
        return f"Nothing can be shipped now. State of the order: {order.get_status_display()}."
    if not any(open_packs.to_ship(order).values()):
        return "No pack of this order can be shipped: all have left, or a refund is under way."
    return ""


def _cancel(request: HttpRequest, order: Order, form: CancelForm) -> str:
    after = fulfillment.cancel(
        order_id=order.pk,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=timezone.now(),
    )
    if after.payments.exists():
        return "The order is canceled. The refund’s progress is shown below."
    return "The order is canceled. Nothing had been paid."


def _why_not_cancel(order: Order) -> str:
    if order.status not in {Order.Status.PENDING, Order.Status.PAID}:
        return f"It cannot be canceled any more. State of the order: {order.get_status_display()}."
    if any(line.quantity_shipped for line in order.lines.all()):
        return "Part of it has been shipped. Refund what comes back instead."
    if record.is_disputed(order):
        return refunds.DISPUTED
    return ""


def _settle_review(request: HttpRequest, order: Order, form: ReviewForm) -> str:
    review.settle(order_id=order.pk, reason=form.cleaned_data["reason"], actor=request.user)
    return "The review is settled."


def _why_not_settle(order: Order) -> str:
    if not order.needs_review:
        return "This order does not need review."
    return review.why_not_settle(order)


def _accept(request: HttpRequest, order: Order, form: AcceptForm) -> str:
    payments.accept(
        order_id=order.pk,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=timezone.now(),
    )
    return "The order counts as paid."


def _end_refund(request: HttpRequest, order: Order, form: EndRefundForm) -> str:
    refunds_ended.end(
        order_id=order.pk,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        now=timezone.now(),
    )
    return "The refund counts as failed. Its money can be paid back anew, here or in another way."


def _why_not_end_refund(order: Order) -> str:
    # From the rows that the page has loaded.
    if refunds_ended.endable(order.refunds.all(), now=timezone.now()):
        return ""
    return refunds_ended.NOT_YET


def _add_note(request: HttpRequest, order: Order, form: NoteForm) -> str:
    notes.add(order=order, text=form.cleaned_data["text"], actor=request.user)
    return "Note added."


ACTIONS = (
    Action(
        name="ship",
        title="Mark shipped",
        button="Record this parcel",
        permission="ship_order",
        form=ShipForm,
        run=_ship,
        refusal=_why_not_ship,
    ),
    Action(
        name="cancel",
        title="Cancel",
        button="Cancel this order",
        permission="cancel_order",
        form=CancelForm,
        run=_cancel,
        refusal=_why_not_cancel,
        is_danger=True,
    ),
    Action(
        name="review",
        title="Settle review",
        button="Settle the review",
        permission="review_order",
        form=ReviewForm,
        run=_settle_review,
        refusal=_why_not_settle,
    ),
    Action(
        name="accept",
        title="Take as paid",
        button="Take this order as paid",
        permission="review_order",
        form=AcceptForm,
        run=_accept,
        refusal=payments.why_not_accept,
    ),
    Action(
        name="end_refund",
        title="End a refund in doubt",
        button="Call it failed",
        permission="refund_order",
        form=EndRefundForm,
        run=_end_refund,
        refusal=_why_not_end_refund,
        is_danger=True,
    ),
    Action(
        name="note",
        title="Add a note",
        button="Add note",
        permission="",
        form=NoteForm,
        run=_add_note,
        refusal=lambda order: "",
    ),
    disputes_deciding.ACTION,
    delivering.ACTION,
    resending.ACTION,
    *correcting.ACTIONS,
)


def urls(model_admin: "ModelAdmin[Order]") -> list[URLPattern]:
    """Return the addresses of the actions, for OrderAdmin.get_urls()."""
    wrap = model_admin.admin_site.admin_view
    return [
        path(
            f"<int:order_id>/{name}/",
            wrap(view),
            name=f"orders_order_{name}",
        )
        for name, view in [
            *((action.name, view_of(model_admin, action)) for action in ACTIONS),
            (refunding.ACTION.name, refunding.view_of(model_admin)),
        ]
    ]


def possible(order: Order, request: HttpRequest) -> dict[str, str]:
    """Return what this member of staff can do with `order` now, as {name: title}."""
    found = {
        action.name: action.title
        for action in (*ACTIONS, refunding.ACTION)
        if not action.refusal(order) and action_page.is_allowed(request, action)
    }
    # Whoever sees orders may print one, but only what may leave.
    return found if packing.refusal(order) else {**found, "packing_slip": "Packing slip"}
