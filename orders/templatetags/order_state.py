"""How staff see the state of an order: {% load order_state %}{{ order|order_badge }}."""

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orders import refund_words
from orders.models import Order, Payment, PaymentAttempt, Refund
from shop.lib.stripe_keys import is_live

register = template.Library()

# Marks are never color alone: each has a shape in admin.css and the word itself.
_ORDER_MARKS = {
    Order.Status.PENDING: ("info", "Awaits payment"),
    Order.Status.PAID: ("warn", "To ship"),
    Order.Status.SHIPPED: ("good", "Shipped"),
    Order.Status.CANCELLED: ("plain", "Canceled"),
    Order.Status.EXPIRED: ("plain", "Expired unpaid"),
}
_REFUND_MARKS = {
    Refund.Status.REQUESTED: "info",
    Refund.Status.SENT: "info",
    Refund.Status.SETTLED: "good",
    Refund.Status.FAILED: "bad",
    Refund.Status.IN_DOUBT: "bad",
}
_ATTEMPT_MARKS = {
    PaymentAttempt.Status.OPEN: "info",
    PaymentAttempt.Status.COMPLETE: "good",
    PaymentAttempt.Status.REFUSED: "bad",
}


register.filter("refund_failure", refund_words.failure)


@register.filter
def order_badge(order: Order) -> SafeString:
    """The order's status as a word with a shape; "Needs review" and "Frozen" stand before it."""
    kind, word = _ORDER_MARKS[Order.Status(order.status)]
    if order.is_frozen and order.status == Order.Status.PAID:
        kind, word = "plain", "Not sent"
    marks = [mark("bad", "Needs review")] if order.needs_review else []
    marks += [mark("bad", "Frozen")] if order.is_frozen else []
    return format_html_join(" ", "{}", ((one,) for one in [*marks, mark(kind, word)]))


@register.filter
def work_badges(order: Order) -> SafeString:
    """What matters about an order that is to be sent: how fast it must leave, and how much has left.

    "Expedited", "1 of 3 sent". Prefetch the lines.
    """
    if order.status != Order.Status.PAID:
        return SafeString("")
    marks = [mark("fast", order.shipping_name)] if order.is_expedited else []
    lines = order.lines.all()
    if sent := sum(line.quantity_shipped for line in lines):
        wanted = sum(line.quantity - line.quantity_withdrawn for line in lines)
        marks.append(mark("info", f"{sent} of {wanted} sent"))
    return format_html_join(" ", "{}", ((badge,) for badge in marks))


@register.filter
def refund_badge(refund: Refund) -> SafeString:
    """How far a refund is."""
    status = Refund.Status(refund.status)
    return mark(_REFUND_MARKS[status], status.label.split(":")[0])


@register.filter
def attempt_badge(attempt: PaymentAttempt) -> SafeString:
    """What became of a checkout session."""
    status = PaymentAttempt.Status(attempt.status)
    return mark(_ATTEMPT_MARKS.get(status, "plain"), status.label)


@register.filter
def items_summary(order: Order) -> str:
    """What was ordered, short: "2 × B12-12, 1 × B12-04". Prefetch the lines."""
    return ", ".join(f"{line.quantity} × {line.sku}" for line in order.lines.all())


@register.filter
def gateway_url(payment: Payment) -> str:
    """The payment's page in Stripe's dashboard, or in the sandbox that stands in for it.

    Empty for references that are not Stripe's. Test payments have a part of the dashboard to
    themselves (docs.stripe.com/test-mode).
    """
    if not payment.reference.startswith("pi_"):
        return ""
    return gateway_object_url("payments", payment.reference)


def gateway_object_url(kind: str, reference: str) -> str:
    """Return the address of a page of Stripe's dashboard; `kind` is its part, such as "disputes"."""
    if settings.STRIPE_API_BASE:
        # The sandbox plays the bank on its first page; an object's own page only shows it.
        page = "#disputes-title" if kind == "disputes" else f"objects/{reference}"
        return f"{settings.STRIPE_CHECKOUT_ORIGIN}/{page}"
    mode = "" if is_live(settings.STRIPE_SECRET_KEY) else "test/"
    return f"https://dashboard.stripe.com/{mode}{kind}/{reference}"


@register.simple_tag
def gateway_name() -> str:
    """What gateway_url() opens."""
    return "the Stripe sandbox" if settings.STRIPE_API_BASE else "Stripe"


@register.simple_tag
def state_mark(kind: str, word: str) -> SafeString:
    """A state as a word with a shape: {% state_mark "bad" "Overdue" %}."""
    return mark(kind, word)


def mark(kind: str, word: str) -> SafeString:
    """A state as a word with a shape. `kind` is "good", "warn", "bad", "info", "fast" or "plain"."""
    return format_html('<span class="state state-{}">{}</span>', kind, word)
