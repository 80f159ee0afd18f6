"""Reviews for staff: what waits first, the record of one review, and nowhere the stars of one to decide on."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.templatetags.order_state import mark
from reviews.admin import acting, course, deciding
from reviews.admin.importing import InAndOut
from reviews.counting import ATTRIBUTES
from reviews.models import Flag, Review, ReviewVersion, Source
from shop.lib.read_only_admin import ReadOnlyAdmin

State = Review.State
PhotoState = Review.PhotoState
STATE_MARKS = {
    State.WAITING: ("warn", "Waits"),
    State.SHOWN: ("good", "Shown"),
    State.WITHHELD: ("bad", "Withheld"),
    State.WITHDRAWN: ("plain", "Withdrawn"),
}
PHOTO_MARKS = {
    PhotoState.WAITING: ("warn", "Waits"),
    PhotoState.SHOWN: ("good", "Shown"),
    PhotoState.WITHHELD: ("bad", "Withheld"),
}
SOURCES = {Source.REQUEST: "Asked by mail", Source.SITE: "Our site", Source.IMPORT: "Imported"}
FILTERS = ("state", "reason", "source", "photo_state")
ORDER = ("waits", "age")
NO_LONGER_THAN = 18


class WaitsFilter(admin.SimpleListFilter):
    """What waits for a person."""

    title = "what to do"
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds of work."""
        return [("decide", "Decide on words or photo"), ("reply", "Shown, without a reply")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Review]") -> "QuerySet[Review]":
        """Only the reviews that wait for the work chosen."""
        if self.value() == "decide":
            return queryset.filter(_waits())
        if self.value() == "reply":
            return queryset.filter(state=State.SHOWN, reply=None)
        return queryset


@admin.register(Review)
class ReviewAdmin(InAndOut, ReadOnlyAdmin[Review]):
    """Reviews. Visitors write them, named verbs decide on them, nobody edits or deletes them."""

    list_display = (
        *("number_shown", "received", "state_shown", "photo_shown", "labels", "source_shown"),
        *("noticed", "step"),
    )
    list_display_links = ("number_shown",)
    list_filter = (WaitsFilter, *FILTERS)
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 200
    actions = None
    search_fields = ("number",)
    search_help_text = "Number, email, or words of the review."

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Review]":
        """What waits stands first, the oldest of it on top; then the newest."""
        waits = Case(When(_waits(), then=Value(0)), default=Value(1))
        age = Case(
            When(_waits(), then=F("number")), default=-F("number"), output_field=IntegerField()
        )
        rows = Review.objects.select_related("current").prefetch_related("current__flags")
        return rows.alias(waits=waits, age=age).order_by(*ORDER)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The order of get_queryset(); no address changes it."""
        return ORDER

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let the list be narrowed by its filters and by nothing else, least of all by the stars."""
        return lookup in {WaitsFilter.parameter_name, *(f"{name}__exact" for name in FILTERS)}

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Review]", search_term: str
    ) -> tuple["QuerySet[Review]", bool]:
        """Find by number, by email or by words of the current version."""
        term = search_term.strip().replace("\0", "")
        if not term:
            return queryset, False
        if term.isdecimal() and len(term) <= NO_LONGER_THAN:
            return queryset.filter(number=int(term)), False
        words = Q(current__title__icontains=term) | Q(current__body__icontains=term)
        name = Q(current__author_name__icontains=term) | Q(email__icontains=term)
        return queryset.filter(words | name), False

    def get_urls(self) -> list[URLPattern]:
        """The decision and the acts beside Django's own pages."""
        site = self.admin_site
        decide = site.admin_view(lambda request, review_id: deciding.view(self, request, review_id))
        following = site.admin_view(self.next_view)
        own = [
            path("next/", following, name="reviews_review_next"),
            path("<int:review_id>/decide/", decide, name="reviews_review_decide"),
        ]
        for act in acting.ACTS:
            view = site.admin_view(acting.view_of(self, act))
            address = f"<int:review_id>/{act.name.replace('_', '-')}/"
            own.append(path(address, view, name=f"reviews_review_{act.name}"))
        return [*own, *super().get_urls()]

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Lead to what waits longest. Raises PermissionDenied."""
        if not deciding.may_decide(self, request):
            raise PermissionDenied
        return deciding.to_next(None, request.user.get_username())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The record of one review. Raises PermissionDenied, Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        review = course.find(course.key_of(object_id))
        state, photo = State(review.state), PhotoState(review.photo_state)
        may_decide = deciding.may_decide(self, request) and state != State.WITHDRAWN
        # Whoever may decide on it reads it here without them, also once everybody can look them up.
        tells_stars = not may_decide and state in {State.SHOWN, State.WITHDRAWN}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(review),
            "review": review,
            "badge": mark(*STATE_MARKS[state]),
            "photo_badge": mark(*PHOTO_MARKS[photo]) if photo in PHOTO_MARKS else "",
            "photo": course.photo_of(review),
            "ratings": _ratings(review) if tells_stars else None,
            "earlier": ReviewVersion.objects.filter(review=review)
            .exclude(pk=review.current_id or 0)
            .order_by("-place"),
            "log": course.lines(review),
            "source": SOURCES[Source(review.source)],
            "acts": acting.possible(request, review),
            "may_decide": may_decide,
        }
        return TemplateResponse(request, "admin/reviews/review/record.html", context)

    # Columns.

    @admin.display(description="Review")
    def number_shown(self, review: Review) -> SafeString:
        """Its public number."""
        demo = mark("plain", "Demo") if review.is_demo else ""
        return format_html('<span class="number">{}</span> {}', review.number, demo)

    @admin.display(description="Received")
    def received(self, review: Review) -> str:
        """When, in the shop's time zone."""
        return date_format(timezone.localtime(review.received_at), "M j, Y, g:i a")

    @admin.display(description="Words")
    def state_shown(self, review: Review) -> SafeString:
        """Where it stands, with the reason where it is withheld."""
        badge = mark(*STATE_MARKS[State(review.state)])
        if not review.reason:
            return badge
        return format_html('{} <span class="quiet">{}</span>', badge, review.get_reason_display())

    @admin.display(description="Photo")
    def photo_shown(self, review: Review) -> SafeString | str:
        """Where its photo stands."""
        state = PhotoState(review.photo_state)
        return mark(*PHOTO_MARKS[state]) if state in PHOTO_MARKS else "–"

    @admin.display(description="Labels")
    def labels(self, review: Review) -> str:
        """What stands beside it on the page."""
        bought = "Bought here" if review.order_line_id else ""
        found = [bought, review.insider_label, "Thanked" if review.incentive_label else ""]
        return ", ".join(filter(None, found)) or "–"

    @admin.display(description="Came by")
    def source_shown(self, review: Review) -> str:
        """How it came to us."""
        return SOURCES[Source(review.source)]

    @admin.display(description="Noticed")
    def noticed(self, review: Review) -> str:
        """What the rules noticed about its words."""
        flags = review.current.flags.all() if review.current else []
        found = [flag.get_kind_display() for flag in flags if flag.kind != Flag.Kind.INSIDER]
        if review.reports_reaction:
            found.append("Tells of a reaction")
        return "; ".join(found) or "–"

    @admin.display(description="Next")
    def step(self, review: Review) -> SafeString | str:
        """The way to the decision, where one is to be made."""
        waits_for_photo = review.is_shown and review.photo_state == PhotoState.WAITING
        if review.state != State.WAITING and not waits_for_photo:
            return "–"
        url = reverse("admin:reviews_review_decide", args=[review.pk])
        return format_html(
            '<a href="{}">Decide<span class="visually-hidden"> on review {}</span></a>',
            url,
            review.number,
        )


def _waits() -> Q:
    return Q(state=State.WAITING) | Q(state=State.SHOWN, photo_state=PhotoState.WAITING)


def _ratings(review: Review) -> list[tuple[str, int]]:
    """Return the stars and the other ratings, in words and numbers."""
    found = [("Overall", review.stars)]
    for name in ATTRIBUTES:
        field = ReviewVersion._meta.get_field(name)
        if rating := getattr(review.current, name):
            found.append((str(getattr(field, "verbose_name", name)).capitalize(), rating))
    return found
