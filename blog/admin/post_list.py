"""The list of posts: what state each is in, and ways to find one."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from blog import publishing
from blog.models import Category, Person, Post, Tag

Status = Post.Status
MARKS = {
    Status.DRAFT: "",
    Status.SUBMITTED: "state-warn",
    Status.PUBLISHED: "state-good",
    Status.UNPUBLISHED: "state-bad",
}


def state_badge(post: Post) -> SafeString:
    """Return the state of the post in words, with its mark; and whether its review is late."""
    now = timezone.now()
    mark, words = MARKS[Status(post.status)], post.get_status_display()
    if post.status == Status.PUBLISHED and post.publish_at and post.publish_at > now:
        mark, words = "state-info", f"Scheduled for {moment(post.publish_at)}"
    elif post.status == Status.PUBLISHED and not post.is_public(now):
        mark, words = "state-bad", "Left the site"
    badges = [(mark, words)]
    if post.is_public(now) and post.is_overdue(now):
        badges.append(("state-bad", "Review overdue"))
    return format_html_join(" ", '<span class="state {}">{}</span>', badges)


def moment(at: Any) -> str:
    """Return a time in the shop's time zone, for staff."""
    return date_format(timezone.localtime(at), "M j, Y, g:i a")


class ToDoFilter(admin.SimpleListFilter):
    """Posts that wait for their time, or for a review."""

    title = "what to do"
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What there is to wait for."""
        return [("scheduled", "Scheduled"), ("overdue", "Review overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Only the posts that wait for what was chosen."""
        now = timezone.now()
        if self.value() == "scheduled":
            return queryset.filter(status=Status.PUBLISHED, publish_at__gt=now)
        if self.value() == "overdue":
            return queryset.filter(pk__in=Post.objects.overdue(now).values("pk"))
        return queryset


class ChosenFilter(admin.SimpleListFilter):
    """One of many: chosen from a list, by its slug."""

    template = "admin/blog/post/choose.html"
    model: type[Model]
    lookup: str

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        # What else the list is narrowed by, so that choosing here leaves it so.
        given = {name: value for name, value in request.GET.items() if name != PAGE_VAR}
        self.others = [pair for pair in given.items() if pair[0] != self.parameter_name]
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every row by its name."""
        rows = self.model._default_manager.order_by("name").values_list("slug", "name")
        return list(rows)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Only the posts of the one that was chosen."""
        if not self.value():
            return queryset
        # A row once, also where a search joins the same table.
        chosen = Post.objects.filter(Q((f"{self.lookup}__slug", self.value())))
        return queryset.filter(pk__in=chosen.values("pk"))


class TagFilter(ChosenFilter):
    """The posts with a tag."""

    title, parameter_name, model, lookup = "tag", "tag", Tag, "tags"


class CategoryFilter(ChosenFilter):
    """The posts in a category."""

    title, parameter_name, model, lookup = "category", "category", Category, "categories"


class AuthorFilter(ChosenFilter):
    """The posts that somebody wrote."""

    title, parameter_name, model, lookup = "author", "author", Person, "authors"


class PostList(admin.ModelAdmin[Post]):
    """The list's half of the admin of posts."""

    list_display = ("title", "state", "date", "written_by", "next_review")
    list_filter = (ToDoFilter, "status", TagFilter, CategoryFilter, AuthorFilter)
    search_fields = ("title", "slug", "summary", "body")
    search_help_text = "Words of the title, the address, “In short” or the text."
    date_hierarchy = "publish_at"
    ordering = ("-updated_at", "-pk")
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    actions = ("submit",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """Every post, imported pages too, with its authors."""
        return super().get_queryset(request).prefetch_related("author_rows__person")

    def has_submit_permission(self, request: HttpRequest) -> bool:
        """Whether this person may hand drafts over to the reviewers."""
        return request.user.has_perm("blog.submit_post")

    @admin.action(description="Submit for review", permissions=["submit"])
    def submit(self, request: HttpRequest, chosen: QuerySet[Post]) -> None:
        """Hand the chosen drafts over; say which are none."""
        now, by, count = timezone.now(), request.user.get_username(), 0
        for post in chosen:
            try:
                publishing.submit(post, by=by, now=now)
                count += 1
            except publishing.TransitionNotAllowed as error:
                self.message_user(request, str(error), messages.WARNING)
        if count:
            told = "1 post was submitted." if count == 1 else f"{count} posts were submitted."
            self.message_user(request, told, messages.SUCCESS)

    @admin.display(description="State", ordering="status")
    def state(self, post: Post) -> SafeString:
        """In words, with a mark."""
        return state_badge(post)

    @admin.display(description="Date", ordering="publish_at")
    def date(self, post: Post) -> str:
        """When readers saw it first, or will."""
        return moment(post.publish_at) if post.publish_at else "–"

    @admin.display(description="Authors")
    def written_by(self, post: Post) -> str:
        """Who signs it."""
        return ", ".join(str(row.person) for row in post.author_rows.all()) or "nobody yet"

    @admin.display(description="Next review", ordering="next_review_on")
    def next_review(self, post: Post) -> str:
        """The day by which somebody looks at it again."""
        return date_format(post.next_review_on, "M j, Y") if post.next_review_on else "–"
