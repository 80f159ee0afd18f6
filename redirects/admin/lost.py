"""Addresses that nobody found, for staff: make a redirect of each, or ignore it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from redirects import known_paths, not_found
from redirects.addresses import is_ours, typed
from redirects.models import NotFound, Redirect


class WithSuggestions(ChangeList):
    """The list with a page for each lost address that resembles one; pages are asked for once."""

    def get_results(self, request: HttpRequest) -> None:
        """Look for pages for the rows of this page of the list only."""
        super().get_results(request)
        rows: Any = self.result_list
        found = known_paths.suggestions([row.path for row in rows])
        may_add = admin.site.get_model_admin(Redirect).has_add_permission(request)
        for row in rows:
            row.suggested = found.get(row.path, "")
            row.may_be_redirected = may_add


class StateFilter(admin.SimpleListFilter):
    """What waits, what is ignored; what waits is shown first."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What else there is to be seen."""
        return [("ignored", "Ignored"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Call the first choice what it is: Django would call it "All"."""
        for choice in super().choices(changelist):
            is_first = not choice["query_string"].count("state=")
            yield {**choice, "display": "To do"} if is_first else choice

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[NotFound]"
    ) -> "QuerySet[NotFound]":
        """Only what waits, unless asked otherwise."""
        if self.value() == "all":
            return queryset
        return queryset.filter(is_ignored=self.value() == "ignored")


class LinkFilter(admin.SimpleListFilter):
    """Where the dead link is: those on our own pages are ours to correct."""

    title = "linked from"
    parameter_name = "linked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Kinds of places."""
        return [("own", "Our own pages"), ("others", "Other sites"), ("none", "Nobody knows")]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[NotFound]"
    ) -> "QuerySet[NotFound]":
        """Only the addresses linked from there."""
        if self.value() is None:
            return queryset
        if self.value() == "none":
            return queryset.filter(referrer_host="")
        hosts = NotFound.objects.exclude(referrer_host="").values_list("referrer_host", flat=True)
        own = [host for host in hosts.distinct() if is_ours(host)]
        if self.value() == "own":
            return queryset.filter(referrer_host__in=own)
        return queryset.exclude(referrer_host__in=[*own, ""])


@admin.register(NotFound)
class NotFoundAdmin(admin.ModelAdmin[NotFound]):
    """Written by visits; staff decide what becomes of each row."""

    list_display = (
        "path",
        "hits",
        "last_seen_at",
        "first_seen_at",
        "link_is_on",
        "suggestion",
        "make_redirect",
    )
    list_display_links = None
    list_filter = (StateFilter, LinkFilter)
    search_fields = ("path", "referrer_host")
    search_help_text = "Part of the address, or the site with the link."
    actions = ("ignore", "stop_ignoring")
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    fields = ("path", "hits", "first_seen_at", "last_seen_at", "referrer_host", "is_ignored")
    readonly_fields = fields
    change_list_template = "admin/redirects/notfound/change_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that knows what to suggest."""
        return WithSuggestions

    @admin.display(description="linked from", ordering="referrer_host")
    def link_is_on(self, row: NotFound) -> str:
        """The site with the link, and whether it is ours."""
        host = row.referrer_host
        return f"{host} (our own page)" if host and is_ours(host) else host or "–"

    @admin.display(description="perhaps it is")
    def suggestion(self, row: Any) -> SafeString | str:
        """A page with nearly that address."""
        if not row.suggested:
            return "–"
        return format_html('<a href="{0}">{0}</a>', row.suggested)

    @admin.display(description="what to do")
    def make_redirect(self, row: Any) -> SafeString | str:
        """The form of a new redirect with both addresses filled in."""
        if not row.may_be_redirected:
            return "–"
        query = urlencode({"old_path": typed(row.path), "new_path": row.suggested})
        return format_html(
            '<a href="{}?{}">Make a redirect<span class="visually-hidden"> of {}</span></a>',
            reverse("admin:redirects_redirect_add"),
            query,
            row.path,
        )

    @admin.action(description="Ignore", permissions=["change"])
    def ignore(self, request: HttpRequest, queryset: "QuerySet[NotFound]") -> None:
        """Take rows off the list, also when the address is asked for again."""
        count = not_found.ignore(queryset)
        self.message_user(request, f"Ignored from now on: {count}.", messages.SUCCESS)

    @admin.action(description="Stop ignoring", permissions=["change"])
    def stop_ignoring(self, request: HttpRequest, queryset: "QuerySet[NotFound]") -> None:
        """Put rows back on the list."""
        count = not_found.stop_ignoring(queryset)
        self.message_user(request, f"Back on the list: {count}.", messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only visits add to the list."""
        return False
