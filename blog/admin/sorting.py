"""Tags, categories, series. Near-duplicate tags are merged here, with redirects."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from blog.admin.shelves import KeptInUse, WithPages
from blog.models import Category, Series, Tag
from blog.published_texts import CATEGORY, SERIES, TAG
from blog.sorting import NothingToMerge, merge_tags
from claims.form_checks import ClaimsChecked, form_of


class MergeForm(forms.Form):
    """Which of the chosen tags stays."""

    kept = forms.ModelChoiceField(
        Tag.objects.none(),
        label="The tag that stays",
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, tags: QuerySet[Tag], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["kept"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (says it to mypy)
        field.queryset = tags


@admin.register(Tag)
class TagAdmin(ClaimsChecked[Tag], WithPages[Tag]):
    """Tags keep the case in which they are written, and may be whole questions."""

    form = form_of(TAG)
    list_display = ("name", "slug", "posts_tagged", "is_disease", "has_introduction")
    list_filter = ("is_disease",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    actions = ("merge",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_disease", "introduction")}),
        ("For search engines", {"fields": ("meta_title", "meta_description")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        """Tags with the number of their posts."""
        return super().get_queryset(request).annotate(post_count=Count("posts"))

    @admin.display(description="Posts", ordering="post_count")
    def posts_tagged(self, tag: Tag) -> int:
        """How many posts have the tag, drafts included."""
        return int(tag.post_count)  # type: ignore[attr-defined]

    @admin.display(description="Introduction", boolean=True)
    def has_introduction(self, tag: Tag) -> bool:
        """Whether its page begins with words of ours."""
        return bool(tag.introduction)

    @admin.action(description="Merge into one tag …", permissions=["change"])
    def merge(self, request: HttpRequest, chosen: QuerySet[Tag]) -> HttpResponse | None:
        """Ask which tag stays; then move the posts of the others and leave redirects behind."""
        tags = chosen.order_by("name")
        form = MergeForm(request.POST if "kept" in request.POST else None, tags=tags)
        if len(tags) > 1 and form.is_valid():
            kept = form.cleaned_data["kept"]
            others = [tag for tag in tags if tag != kept]
            by, now = request.user.get_username(), timezone.now()
            try:
                count = merge_tags(kept, others, by=by, now=now)
            except NothingToMerge:
                told = "Somebody merged or deleted one of these tags meanwhile."
                self.message_user(request, told, messages.WARNING)
                return None
            told = f"“{kept}” took over {count} posts; the old addresses lead to it."
            self.message_user(request, told, messages.SUCCESS)
            return None
        if len(tags) < 2:  # noqa: PLR2004
            self.message_user(request, "Choose at least two tags.", messages.WARNING)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Merge tags",
            "opts": self.opts,
            "tags": tags,
            "form": form,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return render(request, "admin/blog/tag/merge.html", context)


@admin.register(Category)
class CategoryAdmin(ClaimsChecked[Category], WithPages[Category]):
    """Broad subjects; imported ones may stand inside others."""

    form = form_of(CATEGORY)
    list_display = ("name", "slug", "parent", "posts_in")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Categories with the number of their posts."""
        return super().get_queryset(request).annotate(post_count=Count("posts"))

    @admin.display(description="Posts", ordering="post_count")
    def posts_in(self, category: Category) -> int:
        """How many posts are in the category, drafts included."""
        return int(category.post_count)  # type: ignore[attr-defined]


@admin.register(Series)
class SeriesAdmin(ClaimsChecked[Series], KeptInUse[Series]):
    """Posts that follow one another; each post says its part."""

    form = form_of(SERIES)
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
