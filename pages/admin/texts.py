"""Texts, questions, studies and sources, each with the history of who changed what."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from claims.form_checks import ClaimsChecked, form_of
from pages import published_texts
from pages.models import (
    DailyAmount,
    Estimate,
    FaqGroup,
    FaqItem,
    FoodSource,
    InfoPage,
    PageBlock,
    Study,
    StudyTopic,
)
from shop.lib.history_pages import HistoryAdmin
from shop.lib.seen_soon import SeenSoon


class PageBlockInline(admin.StackedInline[PageBlock, InfoPage]):
    model = PageBlock
    form = form_of(published_texts.PAGE_BLOCK)
    extra = 0
    fields = ("key", "heading", "body", "position", "is_published")


@admin.register(InfoPage)
class InfoPageAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    form = form_of(published_texts.INFO_PAGE)
    list_display = ("slug", "title", "reviewed_on", "updated_at")
    search_fields = ("title", "lead", "blocks__heading", "blocks__body")
    inlines = (PageBlockInline,)

    def get_readonly_fields(
        self, request: HttpRequest, obj: InfoPage | None = None
    ) -> tuple[str, ...]:
        """A page's name leads to its address and stays."""
        return ("slug",) if obj else ()


@admin.register(PageBlock)
class PageBlockAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    form = form_of(published_texts.PAGE_BLOCK)
    list_display = ("heading_or_key", "page", "position", "is_published", "updated_at")
    list_filter = ("page", "is_published")
    search_fields = ("heading", "key", "body")
    list_select_related = ("page",)

    @admin.display(description="Section")
    def heading_or_key(self, block: PageBlock) -> str:
        """What the section is called."""
        return block.heading or block.key


@admin.register(FaqGroup)
class FaqGroupAdmin(ClaimsChecked[FaqGroup], SeenSoon[FaqGroup]):
    form = form_of(published_texts.FAQ_GROUP)
    list_display = ("title", "slug", "position", "questions")
    list_editable = ("position",)
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FaqGroup]:
        """Groups with the number of their questions."""
        return super().get_queryset(request).annotate(question_count=Count("items"))

    @admin.display(description="Questions")
    def questions(self, group: Any) -> int:
        """How many questions the group has, drafts included."""
        return int(group.question_count)


@admin.register(FaqItem)
class FaqItemAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    form = form_of(published_texts.FAQ_ITEM)
    list_display = (
        *("question", "group", "position", "is_published", "on_product_page", "updated_at"),
    )
    list_editable = ("position", "is_published")
    list_filter = ("group", "is_published", "on_product_page")
    search_fields = ("question", "answer")
    prepopulated_fields = {"slug": ("question",)}
    list_select_related = ("group",)


@admin.register(StudyTopic)
class StudyTopicAdmin(ClaimsChecked[StudyTopic], SeenSoon[StudyTopic]):
    form = form_of(published_texts.STUDY_TOPIC)
    list_display = ("name", "slug", "position")
    list_editable = ("position",)


class EstimateInline(admin.TabularInline[Estimate, Study]):
    model = Estimate
    form = form_of(published_texts.ESTIMATE)
    extra = 0


@admin.register(Study)
class StudyAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    form = form_of(published_texts.STUDY)
    list_display = (
        "title",
        "year",
        "design",
        "participants",
        "patch_verdict",
        "last_reviewed",
        "is_published",
    )
    list_filter = ("topics", "design", "patch_verdict", "is_published")
    search_fields = ("title", "authors", "journal", "finding", "limits", "reference__citation")
    autocomplete_fields = ("reference",)
    filter_horizontal = ("topics",)
    date_hierarchy = "last_reviewed"
    inlines = (EstimateInline,)


@admin.register(DailyAmount)
class DailyAmountAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    form = form_of(published_texts.DAILY_AMOUNT)
    list_display = ("group", "micrograms", "kind", "reference", "position")
    list_editable = ("position",)
    list_select_related = ("reference",)
    autocomplete_fields = ("reference",)


@admin.register(FoodSource)
class FoodSourceAdmin(ClaimsChecked[Any], SeenSoon[Any], HistoryAdmin):
    form = form_of(published_texts.FOOD_SOURCE)
    list_display = ("name", "serving", "micrograms", "micrograms_high", "note")
    search_fields = ("name",)
    autocomplete_fields = ("reference",)
