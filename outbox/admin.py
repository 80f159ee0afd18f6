"""The outbox for staff: every mail with its state, to be read and sent again, never to be edited."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log

from outbox import delivery, resend
from outbox.masking import masked

# A mail's own HTML, shown to staff: no script, no form, no request to anywhere, no access to our pages.
PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# post_office's own pages carry inline styles and let mails be edited; its templates are not used here.
for _model in (Attachment, Email, EmailTemplate, Log):
    admin.site.unregister(_model)


class StateFilter(admin.SimpleListFilter):
    """What became of a mail."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Waiting is called what it is: kept, where no mail is sent."""
        if settings.MAIL_DELIVERY == "keep":
            return [("waiting", "Kept"), ("failed", "Failed"), ("sent", "Sent")]
        held_up = ("late", "Held up")
        return [("waiting", "Waiting"), held_up, ("failed", "Failed"), ("sent", "Sent")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Only mails in the state chosen."""
        match self.value():
            case "waiting":
                return queryset.filter(status__in=[STATUS.queued, STATUS.requeued])
            case "late":
                late = delivery.held_up(timezone.now())
                return queryset.filter(pk__in=late.values("pk"))
            case "failed":
                return queryset.filter(status=STATUS.failed)
            case "sent":
                return queryset.filter(status=STATUS.sent)
        return queryset


@admin.register(Email)
class OutboxAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # post_office has no types
    """The outbox. `post_office.change_email` is the permission to send a mail again."""

    list_display = ("subject_shown", "recipient", "state", "created_shown", "problem")
    list_display_links = ("subject_shown",)
    list_filter = (StateFilter,)
    search_fields = ("to", "subject")
    search_help_text = "Recipient or subject."
    ordering = ("-created", "-pk")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Mails with what the server said about them."""
        return super().get_queryset(request).prefetch_related("logs")

    def get_urls(self) -> list[URLPattern]:
        """The mail's HTML and the way to send it again, beside Django's own pages."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:email_id>/html/", wrap(self.html_view), name="outbox_html"),
            path("<int:email_id>/again/", wrap(self.again_view), name="outbox_again"),
        ]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Mails are written by the shop."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent stays on record."""
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one mail. There is nothing to edit."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        email = _as_staff_may_read(self._find(request, object_id))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": email.subject,
            "email": email,
            "state": self.state(email),
            "logs": email.logs.all(),
            "is_kept": settings.MAIL_DELIVERY == "keep",
            "can_send_again": self.has_change_permission(request) and email.status != STATUS.queued,
        }
        return TemplateResponse(request, "admin/outbox/mail.html", context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List the mails, and say where they go."""
        context = {
            "is_kept": settings.MAIL_DELIVERY == "keep",
            "held_up": delivery.held_up(timezone.now()).count(),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def html_view(self, request: HttpRequest, email_id: int) -> HttpResponse:
        """The mail as its reader sees it, shut away from our own pages by its policy."""
        email = _as_staff_may_read(self._find(request, str(email_id)))
        if not email.html_message:
            raise Http404
        headers = {
            "Content-Security-Policy": PREVIEW_POLICY,
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(email.html_message, headers=headers)

    def again_view(self, request: HttpRequest, email_id: int) -> HttpResponse:
        """Send one mail again (POST)."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        email = self._find(request, str(email_id))
        if not self.has_change_permission(request):
            raise PermissionDenied
        self._send_again(request, email)
        return HttpResponseRedirect(reverse("admin:post_office_email_change", args=[email.pk]))

    @admin.action(description="Send again", permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        """Send the chosen mails again, one by one."""
        for email in queryset.order_by("pk"):
            self._send_again(request, email)

    def _send_again(self, request: HttpRequest, email: Any) -> None:
        try:
            sent = resend.again(email_id=email.pk)
        except resend.NotPossible as error:
            self.message_user(request, f"{email.subject}: {error}", messages.WARNING)
        else:
            what = "A copy waits" if sent.pk != email.pk else "It waits"
            self.message_user(request, f"{what} in the outbox: {sent.subject}", messages.SUCCESS)

    def _find(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=object_id) if object_id.isdecimal() else None
        email = found.first() if found is not None else None
        if email is None:
            raise Http404
        return email

    # Columns.

    @admin.display(description="Subject", ordering="subject")
    def subject_shown(self, email: Any) -> str:
        """The subject, never empty: it is the link."""
        return email.subject or "(no subject)"

    @admin.display(description="To")
    def recipient(self, email: Any) -> str:
        """Everybody it goes to."""
        return ", ".join([*email.to, *email.cc, *email.bcc])

    @admin.display(description="State", ordering="status")
    def state(self, email: Any) -> SafeString:
        """The state with its mark; mails that wait are kept where none is sent."""
        waiting = "Kept" if settings.MAIL_DELIVERY == "keep" else "Waiting"
        kind, word = {
            STATUS.sent: ("good", "Sent"),
            STATUS.failed: ("bad", "Failed"),
            STATUS.queued: ("info", waiting),
            STATUS.requeued: ("warn", "To be tried again"),
        }.get(email.status, ("plain", "Not queued"))
        return format_html('<span class="state state-{}">{}</span>', kind, word)

    @admin.display(description="Written", ordering="created")
    def created_shown(self, email: Any) -> str:
        """When, in the shop's time zone."""
        return date_format(timezone.localtime(email.created), "M j, Y, g:i a")

    @admin.display(description="What went wrong")
    def problem(self, email: Any) -> str:
        """The last thing the mail server complained about."""
        if email.status == STATUS.sent:
            return ""
        complaints = [log for log in email.logs.all() if log.status == STATUS.failed]
        latest = max(complaints, key=lambda log: log.date, default=None)
        return f"{latest.exception_type}: {latest.message}"[:160] if latest else ""


def _as_staff_may_read(email: Any) -> Any:
    """Return the mail, in memory only, without links that are for its reader alone."""
    email.message, email.html_message = masked(email.message), masked(email.html_message)
    email.headers = {name: masked(str(value)) for name, value in (email.headers or {}).items()}
    return email
