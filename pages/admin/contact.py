"""The inbox of the contact form: read, answer by mail, mark as answered."""

from urllib.parse import quote

from django.contrib import admin, messages
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pages.models import ContactMessage


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin[ContactMessage]):
    """Read-only but for the one move from new to answered."""

    list_display = ("received_at", "state_word", "topic", "name", "order_number", "reply")
    list_filter = ("state", "topic", "received_at")
    search_fields = ("name", "email", "order_number", "message")
    actions = ("mark_answered",)
    fields = (
        "state_word",
        "topic",
        "name",
        "email",
        "order_number",
        "message",
        "received_at",
        "reply",
        "answered_at",
        "answered_by",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactMessage]:
        """What waits stands first, the newest of each on top."""
        is_done = Case(When(state=ContactMessage.State.NEW, then=Value(0)), default=Value(1))
        return super().get_queryset(request).order_by(is_done, "-received_at", "-pk")

    @admin.display(description="State", ordering="state")
    def state_word(self, message: ContactMessage) -> str:
        """New or answered, and whether it reports a skin reaction."""
        word = message.get_state_display()
        return f"{word}: skin reaction" if message.is_safety_report else word

    @admin.display(description="Answer")
    def reply(self, message: ContactMessage) -> SafeString:
        """A link that opens the staff member's own mail program."""
        subject = f"Re: your message {message.pk}"
        return format_html(
            '<a href="mailto:{}?subject={}">Write to {}</a>',
            quote(message.email, safe="@"),
            quote(subject),
            message.email,
        )

    @admin.action(description="Mark as answered", permissions=["answer"])
    def mark_answered(self, request: HttpRequest, chosen: QuerySet[ContactMessage]) -> None:
        """Note for each chosen message that it has been answered."""
        by, now = request.user.get_username(), timezone.now()
        count = sum(message.mark_answered(by=by, now=now) for message in chosen)
        messages.success(request, f"{count} marked as answered.")

    def has_answer_permission(self, request: HttpRequest) -> bool:
        """Who may mark messages as answered."""
        return request.user.has_perm("pages.answer_contactmessage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Messages come from the contact form only."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ContactMessage | None = None
    ) -> bool:
        """Nobody rewrites what a visitor wrote."""
        return False
