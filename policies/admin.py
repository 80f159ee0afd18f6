"""Policies for staff: write the next version, read the old ones."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.form_checks import ClaimsChecked, form_of
from policies.models import Policy, PolicyVersion
from policies.published_texts import POLICY, POLICY_VERSION


@admin.register(Policy)
class PolicyAdmin(ClaimsChecked[Policy]):
    form = form_of(POLICY)
    list_display = ("title", "slug", "version_in_force")
    readonly_fields = ("slug",)

    @admin.display(description="In force")
    def version_in_force(self, policy: Policy) -> str:
        """Which version holds today."""
        versions = policy.versions.begun(on=timezone.localdate())
        current = versions.first()
        if current is None:
            return "none yet"
        return f"version {current.version}, from {current.effective_from:%B %-d, %Y}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Policies belong to addresses in the code; only their versions are written here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        """A policy's address stays."""
        return False


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ClaimsChecked[PolicyVersion]):
    form = form_of(POLICY_VERSION)
    list_display = ("policy", "version", "effective_from", "state", "change_note")
    list_filter = ("policy",)
    search_fields = ("body", "change_note")
    fields = ("policy", "effective_from", "change_note", "body", "preview")
    readonly_fields = ("preview",)
    list_select_related = ("policy",)

    @admin.display(description="State")
    def state(self, version: PolicyVersion) -> str:
        """Whether this version waits or has begun."""
        today = timezone.localdate()
        if not version.has_begun(on=today):
            return "waits, can be edited"
        return "has begun, fixed"

    @admin.display(description="As customers see it")
    def preview(self, version: PolicyVersion) -> SafeString:
        """The rendered words."""
        if not version.pk:
            return SafeString("Save first.")
        return format_html('<div class="preview">{}</div>', version.rendered.html)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start a new version from the words in force of the policy asked for (?policy=<id>)."""
        initial = dict(super().get_changeform_initial_data(request))
        policy_id = str(initial.get("policy", ""))
        if policy_id.isdecimal() and "body" not in initial:
            newest = PolicyVersion.objects.filter(policy_id=int(policy_id)).first()
            initial["body"] = newest.body if newest else ""
        return initial

    def get_view_on_site_url(self, obj: Model | None = None) -> str | None:
        """A version has no public page before its first day."""
        if not isinstance(obj, PolicyVersion) or not obj.has_begun(on=timezone.localdate()):
            return None
        return super().get_view_on_site_url(obj)

    def has_change_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """A version that has begun is read-only."""
        if obj is not None and obj.has_begun(on=timezone.localdate()):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: PolicyVersion | None = None) -> bool:
        """One by one and only before it begins, so never through the list's bulk action."""
        if obj is None or obj.has_begun(on=timezone.localdate()):
            return False
        return super().has_delete_permission(request, obj)
