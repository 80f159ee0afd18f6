"""The inbox of the contact form: read, answer by mail, mark as answered."""

from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.desk import open_findings
from claims.form_checks import message_of
from pages.models import ContactMessage
from pages.published_texts import ANSWER


class AnswerForm(forms.Form):
    """What was answered, for colleagues. An answer sells as well: it is checked for claims."""

    answer = forms.CharField(
        label="What was answered",
        required=False,
        max_length=4000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For colleagues: a sentence, or the mail itself. It is not sent from here.",
    )

    def __init__(self, message: ContactMessage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.message = message

    def clean_answer(self) -> str:
        """Refuse what we may not tell a customer. Where the mail has gone out already, write another."""
        answer = str(self.cleaned_data["answer"])
        texts = ANSWER.of(ContactMessage(pk=self.message.pk, answer=answer))
        if found := open_findings(texts):
            raise forms.ValidationError([message_of(one) for one in found])
        return answer


def mail_link(message: ContactMessage) -> str:
    """Return the address that opens a mail to the visitor."""
    subject = quote(f"Re: your message {message.pk}")
    return f"mailto:{quote(message.email, safe='@')}?subject={subject}"


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin[ContactMessage]):
    """Read-only but for the one move from new to answered."""

    list_display = ("received_at", "state_word", "topic", "name", "order_shown", "reply")
    list_filter = ("state", "topic", "received_at")
    search_fields = ("name", "email", "order_number", "message")
    actions = ("mark_answered",)
    fields = (
        "state_word",
        "topic",
        "name",
        "email",
        "order_shown",
        "message",
        "received_at",
        "reply",
        "answered_at",
        "answered_by",
        "answer",
    )
    readonly_fields = fields

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What waits stands first, the newest of each on top."""
        # As the ordering of the list: one of the query would come after the model's own.
        is_done = Case(When(state=ContactMessage.State.NEW, then=Value(0)), default=Value(1))
        return [is_done, "-received_at", "-pk"]

    @admin.display(description="State", ordering="state")
    def state_word(self, message: ContactMessage) -> str:
        """New or answered, and whether it reports a skin reaction."""
        word = message.get_state_display()
        return f"{word}: skin reaction" if message.is_safety_report else word

    @admin.display(description="Order", ordering="order_number")
    def order_shown(self, message: ContactMessage) -> SafeString | str:
        """The number as the visitor typed it, leading to the orders that have it.

        Whoever writes is not always who ordered: the search shows name and email beside the number.
        """
        if not message.order_number:
            return "–"
        query = urlencode({"q": message.order_number.replace("-", "")})
        url = f"{reverse('admin:orders_order_changelist')}?{query}"
        return format_html('<a href="{}">{}</a>', url, message.order_number)

    @admin.display(description="Answer by mail")
    def reply(self, message: ContactMessage) -> SafeString | str:
        """A link that opens the staff member's own mail program."""
        if not message.email:
            return "No address left"
        return format_html('<a href="{}">Write to {}</a>', mail_link(message), message.email)

    def get_urls(self) -> list[URLPattern]:
        """The form that marks one message as answered."""
        view = self.admin_site.admin_view(self.answer_view)
        own = path("<int:message_id>/answer/", view, name="pages_contactmessage_answer")
        return [own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The message, with the way to mark it as answered."""
        context = {"can_answer": self.has_answer_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def answer_view(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Mark one message as answered and keep what was answered. Raises PermissionDenied, Http404."""
        if not (self.has_view_permission(request) and self.has_answer_permission(request)):
            raise PermissionDenied
        message = get_object_or_404(ContactMessage, pk=message_id)
        form = AnswerForm(message, request.POST if request.method == "POST" else None)
        is_new = message.state == ContactMessage.State.NEW
        if is_new and form.is_valid():
            by, answer = request.user.get_username(), form.cleaned_data["answer"]
            if message.mark_answered(by=by, now=timezone.now(), answer=answer):
                messages.success(request, f"Message {message.pk} is marked as answered.")
            return redirect("admin:pages_contactmessage_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Mark as answered: message {message.pk}",
            "opts": self.opts,
            "message": message,
            "form": form,
            "mail_link": mail_link(message),
        }
        return render(request, "admin/pages/contactmessage/answer.html", context)

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
