"""Who has to say that they are ours: the list of addresses whose reviews carry a label."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone

from reviews import labels
from reviews.models import Insider


@admin.register(Insider)
class InsiderAdmin(admin.ModelAdmin[Insider]):
    """Addresses and ties. A label that stands beside a review stays there when its row goes."""

    list_display = ("address", "tie", "note")
    list_filter = ("tie",)
    search_fields = ("address", "note")
    fields = ("address", "tie", "note")

    def save_model(
        self,
        request: HttpRequest,
        obj: Insider,
        form: Any,
        change: bool,  # noqa: FBT001 (Django's signature)
    ) -> None:
        """Save; then label what they have written before."""
        super().save_model(request, obj, form, change)
        by = request.user.get_username()
        if count := labels.label_all_of(obj, actor=by, now=timezone.now()):
            messages.info(request, f"Earlier reviews that carry the label now: {count}.")
