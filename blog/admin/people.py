"""The people whose names stand on posts."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from blog.admin.shelves import WithPages
from blog.models import Person
from blog.published_texts import PERSON
from claims.form_checks import ClaimsChecked, form_of


@admin.register(Person)
class PersonAdmin(ClaimsChecked[Person], WithPages[Person]):
    """Authors and reviewers, with what ties them to the subject."""

    form = form_of(PERSON)
    list_display = ("name", "credentials", "user", "posts_written")
    search_fields = ("name", "credentials")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("user",)
    list_select_related = ("user",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Person | None = None
    ) -> tuple[str, ...]:
        """Whose log-in is whose says who may review in whose name: only who sees the log-ins decides it."""
        return () if request.user.has_perm("accounts.view_user") else ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """People with the number of posts that bear their name."""
        return super().get_queryset(request).annotate(post_count=Count("author_rows"))

    @admin.display(description="Posts", ordering="post_count")
    def posts_written(self, person: Person) -> int:
        """How many posts bear the name, drafts included."""
        return int(person.post_count)  # type: ignore[attr-defined]
