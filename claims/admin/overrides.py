"""Letting a sentence stand: one person asks with a reason, another one decides; both stay on record."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from claims import desk, sources
from claims.desk import OpenFinding
from claims.models import Override
from claims.staff_words import category_words
from shop.lib.on_record import by_whom
from shop.lib.read_only_admin import ReadOnlyAdmin

ASK = "claims.request_override"
DECIDE = "claims.decide_override"
VERBS: dict[str, tuple[Callable[..., None], str]] = {
    "allow": (desk.allow, "The sentence may stand."),
    "refuse": (desk.refuse, "The sentence may not stand."),
    "take_back": (desk.take_back, "Taken back: the rule counts again."),
}


class AskForm(forms.Form):
    """Why the sentence is right."""

    reason = forms.CharField(
        label="Why may it stand?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For whoever decides, and for the record: what it rests on, with its source.",
        error_messages={"required": "Say why. A second person decides by it, and it is kept."},
    )


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin[Override]):
    """What was asked, who asked, who decided. Nothing here is edited."""

    list_display = ("sentence", "place", "kind", "state", "requested", "decided", "taken_back")
    list_filter = ("state",)
    search_fields = ("sentence", "label", "reason", "requested_by", "decided_by")
    fields = (
        *("sentence", "place", "kind", "rule", "reason", "stands"),
        *("state", "requested", "decided", "taken_back"),
    )
    readonly_fields = fields
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/claims/override/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Override]:
        """What stands in texts that this person may read."""
        return sources.readable(super().get_queryset(request), request.user)

    @admin.display(description="where", ordering="label")
    def place(self, override: Override) -> str:
        """What it stands in."""
        return override.label or override.subject

    @admin.display(description="kind of claim", ordering="category")
    def kind(self, override: Override) -> str:
        """The category in words."""
        return category_words(override.category)

    @admin.display(description="asked", ordering="requested_at")
    def requested(self, override: Override) -> str:
        """Who asked, and when."""
        return by_whom(override.requested_by, override.requested_at)

    @admin.display(description="decided", ordering="decided_at")
    def decided(self, override: Override) -> str:
        """Who allowed or refused it, and when."""
        return by_whom(override.decided_by, override.decided_at)

    @admin.display(description="taken back", ordering="taken_back_at")
    def taken_back(self, override: Override) -> str:
        """Who took it back, and when."""
        return by_whom(override.taken_back_by, override.taken_back_at)

    @admin.display(description="in the text now")
    def stands(self, override: Override) -> SafeString | str:
        """Whether the stored text has the sentence, with the way there."""
        texts = sources.texts_of(override.subject)
        if not texts:
            return "The text is gone."
        found = any(one.fingerprint == override.fingerprint for one in desk.all_findings(texts))
        said = "It stands there." if found else "It is not there: not saved yet, or changed since."
        if not texts[0].edit_path:
            return said
        return format_html('{} <a href="{}">Open the text</a>', said, texts[0].edit_path)

    def get_urls(self) -> list[URLPattern]:
        """The page that asks, and the buttons that decide."""
        ask = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.ask))
        decide = self.admin_site.admin_view(require_POST(self.decide))
        return [
            path("ask/", ask, name="claims_override_ask"),
            path("<int:override_id>/decide/", decide, name="claims_override_decide"),
            *super().get_urls(),
        ]

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Show the sentence and ask why it may stand. Raises PermissionDenied.

        Answers 404 where the sentence named in the address is not flagged in the text named there.
        """
        if not request.user.has_perm(ASK):
            raise PermissionDenied
        one = _finding(request)
        if one is None:
            return self._ask_page(request, None, None, status=404)
        form = AskForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._ask_page(request, one, form)
        try:
            desk.request_override(
                one,
                reason=form.cleaned_data["reason"],
                by=request.user.get_username(),
                now=timezone.now(),
            )
        except desk.AlreadyRequested:
            messages.warning(request, "Somebody asked about this sentence already.")
        else:
            messages.success(request, "Asked. It may stand once a second person allows it.")
        if self.has_view_permission(request):
            return redirect("admin:claims_override_changelist")
        return redirect("admin:index")

    def decide(self, request: HttpRequest, override_id: int) -> HttpResponse:
        """Allow, refuse or take back, as the button says. Raises PermissionDenied, Http404."""
        override = get_object_or_404(self.get_queryset(request), pk=override_id)
        verb = request.POST.get("verb", "")
        if verb not in VERBS or verb not in _verbs(request, override, whatever_state=True):
            raise PermissionDenied
        decide, done = VERBS[verb]
        try:
            decide(override, by=request.user.get_username(), now=timezone.now())
        except desk.SamePerson:
            messages.error(request, "You asked for this yourself: a second person has to allow it.")
        except desk.AlreadyDecided:
            messages.warning(request, "Not now: somebody decided before you.")
        else:
            messages.success(request, done)
        return redirect("admin:claims_override_change", override.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The record, with the buttons that this person has."""
        override = self.get_object(request, object_id)
        verbs = _verbs(request, override) if override else []
        is_own = override is not None and override.requested_by == request.user.get_username()
        context = {"verbs": verbs, "is_own": is_own, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _ask_page(
        self, request: HttpRequest, one: OpenFinding | None, form: AskForm | None, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Ask to let a sentence stand",
            "one": one,
            "kind": category_words(one.finding.category) if one else "",
            "form": form,
        }
        return TemplateResponse(request, "admin/claims/override/ask.html", context, **more)


def _finding(request: HttpRequest) -> OpenFinding | None:
    """What the address names, if the check finds just that in the stored text or in that place."""
    asked = {name: request.GET.get(name, "") for name in ("field", "rule", "sentence")}
    subject = request.GET.get("subject", "")
    if not sources.may_read(subject, request.user):
        return None
    return desk.finding_of(sources.texts_of(subject), **asked)


def _verbs(request: HttpRequest, override: Override, *, whatever_state: bool = False) -> list[str]:
    """What this person may do with it; a decision that was made meanwhile is told apart later."""
    may_decide = request.user.has_perm(DECIDE)
    is_own = override.requested_by == request.user.get_username()
    waits = whatever_state or override.state == Override.State.REQUESTED
    verbs = []
    if waits and may_decide and (not is_own or whatever_state):
        verbs.append("allow")
    if waits and (may_decide or (is_own and request.user.has_perm(ASK))):
        verbs.append("refuse")
    if may_decide and (whatever_state or override.state == Override.State.APPROVED):
        verbs.append("take_back")
    return verbs
