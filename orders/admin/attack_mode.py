"""Attack mode for staff: whether it is on, its history, and the switch."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from orders import attack_mode
from orders.models import AttackMode
from orders.templatetags.order_state import mark
from shop.lib.read_only_admin import ReadOnlyAdmin

PERMISSION = "orders.switch_attackmode"
LIST = "admin:orders_attackmode_changelist"
BY_ITSELF = "By itself"


class SwitchForm(forms.Form):
    """Why it is switched. `is_on` says what it was when the form was shown."""

    reason = forms.CharField(
        max_length=200,
        label="Why?",
        help_text="For colleagues, for example “Stripe warned us of card testing”.",
        error_messages={"required": "Say why."},
    )
    is_on = forms.BooleanField(required=False, widget=forms.HiddenInput)


@admin.register(AttackMode)
class AttackModeAdmin(ReadOnlyAdmin[AttackMode]):
    """Each time attack mode was on, and the way to switch it."""

    list_display = ("started_at", "state", "why_started", "ended_at", "why_ended")
    list_display_links = None
    list_select_related = ("started_by", "ended_by")
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """The page of the switch."""
        view = require_http_methods(["GET", "HEAD", "POST"])(self.switch)
        address = path("switch/", self.admin_site.admin_view(view), name="orders_attackmode_switch")
        return [address, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show whether it is on, above its history."""
        return super().changelist_view(request, {"mode": _now_on(), **(extra_context or {})})

    def switch(self, request: HttpRequest) -> HttpResponse:
        """Ask why, and switch it on or off."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        mode = _now_on()
        form = SwitchForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            _switch(request, form.cleaned_data["reason"], was_on=form.cleaned_data["is_on"])
            return redirect(LIST if self.has_view_permission(request) else "admin:index")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Switch attack mode off" if mode else "Switch attack mode on",
            "form": form,
            "mode": mode,
        }
        return TemplateResponse(request, "admin/orders/attackmode/switch.html", context)

    @admin.display(description="State")
    def state(self, mode: AttackMode) -> SafeString:
        """Whether it is on."""
        return mark("bad", "On") if mode.is_on else mark("plain", "Over")

    @admin.display(description="Why it started")
    def why_started(self, mode: AttackMode) -> str:
        """Who switched it on, and why."""
        return f"{BY_ITSELF if mode.is_automatic else mode.started_by or '–'}: {mode.start_reason}"

    @admin.display(description="Why it ended")
    def why_ended(self, mode: AttackMode) -> str:
        """Who switched it off, and why."""
        return "" if mode.is_on else f"{mode.ended_by or BY_ITSELF}: {mode.end_reason}"


def _now_on() -> AttackMode | None:
    return AttackMode.objects.filter(is_on=True).first()


def _switch(request: HttpRequest, reason: str, *, was_on: bool) -> None:
    switch = attack_mode.switch_off if was_on else attack_mode.switch_on
    try:
        switch(reason=reason, actor=request.user, now=timezone.now())
    except attack_mode.SwitchRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"Attack mode is {'off' if was_on else 'on'}.")
