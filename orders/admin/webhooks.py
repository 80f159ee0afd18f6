"""What Stripe sent, for staff to look up. Read-only."""

from django.contrib import admin
from django.utils.safestring import SafeString

from orders.models import WebhookDelivery
from orders.templatetags.order_state import mark
from shop.lib.read_only_admin import ReadOnlyAdmin

_MARKS = {
    WebhookDelivery.Verdict.DONE: ("good", "Handled"),
    WebhookDelivery.Verdict.IGNORED: ("plain", "Ignored"),
    WebhookDelivery.Verdict.INVALID: ("bad", "Refused"),
    WebhookDelivery.Verdict.RETRY: ("warn", "To come again"),
}


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin[WebhookDelivery]):
    """Deliveries to our webhook with what we made of them."""

    list_display = ("received_at", "event_type", "object_id", "answer", "detail")
    list_filter = ("verdict", "source", "received_at")
    search_fields = ("event_id", "object_id", "event_type")
    search_help_text = "Stripe's id of the event or of what it is about, or the event's type."
    ordering = ("-received_at", "-pk")
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description="Answer", ordering="verdict")
    def answer(self, delivery: WebhookDelivery) -> SafeString:
        """How it was answered."""
        return mark(*_MARKS[WebhookDelivery.Verdict(delivery.verdict)])
