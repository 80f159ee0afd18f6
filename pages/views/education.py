"""The pages of knowledge: about the vitamin, research, questions. No price and no button to buy."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from pages.charts import PLOTS, dot_plots, dot_strip
from pages.faq_search import LONGEST_QUERY, FoundGroup, clean_query, find
from pages.models import (
    DailyAmount,
    Estimate,
    FaqGroup,
    FoodSource,
    InfoPage,
    Study,
    StudyTopic,
)
from pages.reading import PageText, read_page
from pages.structured_data import education_page
from shop.lib.caching import public_page
from shop.lib.seo import faq_page

ADULT_MICROGRAMS = Decimal("2.4")
OPEN_WHEN_FOUND = 4


@require_safe
@public_page
def about(request: HttpRequest) -> HttpResponse:
    """Show what vitamin B12 is, with the amounts by age and the foods that hold it."""
    text = read_page(InfoPage.Slug.ABOUT, cites=True)
    path = reverse("about")
    context = {
        "text": text,
        **_amounts(text),
        **_foods(text),
        "adult": ADULT_MICROGRAMS,
        "adult_strip": dot_strip(ADULT_MICROGRAMS),
        "meta": text.meta(
            path, json_ld=(education_page(text.page, path),), trail="About Vitamin B12"
        ),
    }
    return render(request, "pages/about.html", context)


@require_safe
@public_page
def research(request: HttpRequest) -> HttpResponse:
    """Show the studies, all or those of one topic (`?topic=`), and the results as drawings."""
    text = read_page(InfoPage.Slug.RESEARCH, cites=True)
    path = reverse("research")
    wanted = request.GET.get("topic", "")
    topics = list(StudyTopic.objects.all())
    topic = next((topic for topic in topics if topic.slug == wanted), None)
    studies = _studies(text)
    context = {
        "text": text,
        "topics": [(each, _count(studies, each)) for each in topics],
        "topic": topic,
        "is_unknown_topic": bool(wanted) and topic is None,
        "studies": [row for row in studies if topic is None or topic in row["topics"]],
        "study_count": len(studies),
        "plots": dot_plots(PLOTS, _estimates()),
        "meta": text.meta(
            path,
            json_ld=(education_page(text.page, path),),
            trail="Research",
            robots="noindex, follow" if wanted else "",
        ),
    }
    return render(request, "pages/research.html", context)


@require_safe
@public_page
def faq(request: HttpRequest) -> HttpResponse:
    """Show questions and answers in groups, all or those that hold the words of `?q=`."""
    text = read_page(InfoPage.Slug.FAQ, cites=True)
    path = reverse("faq")
    query = clean_query(request.GET.get("q", ""))
    groups = find(FaqGroup.objects.with_published_items(), query)
    rows = _question_rows(text, groups)
    items = [item for _, group_items in rows for item in group_items]
    context = {
        "text": text,
        "query": query,
        "longest_query": LONGEST_QUERY,
        "groups": rows,
        "found": len(items),
        "open_all": bool(query) and len(items) <= OPEN_WHEN_FOUND,
        "meta": text.meta(
            path,
            json_ld=(faq_page((item["question"], item["answer"]) for item in items),)
            if items
            else (),
            trail="FAQ",
            robots="noindex, follow" if query else "",
        ),
    }
    return render(request, "pages/faq.html", context)


def _amounts(text: PageText) -> dict[str, Any]:
    rows = list(DailyAmount.objects.select_related("reference"))
    main, marks = _marks(text, rows)
    return {
        "amounts": [{"row": row, "mark": mark} for row, mark in zip(rows, marks, strict=True)],
        "amounts_mark": main,
    }


def _foods(text: PageText) -> dict[str, Any]:
    rows = list(FoodSource.objects.select_related("reference"))
    main, marks = _marks(text, rows)
    foods = [
        {
            "row": row,
            "strip": dot_strip(row.micrograms),
            "percent": _percent(row.micrograms),
            "percent_high": _percent(row.micrograms_high) if row.micrograms_high else None,
            "mark": mark,
        }
        for row, mark in zip(rows, marks, strict=True)
    ]
    return {"foods": foods, "foods_mark": main}


def _percent(micrograms: Decimal) -> int:
    return round(micrograms / ADULT_MICROGRAMS * 100)


def _marks(
    text: PageText, rows: Sequence[DailyAmount | FoodSource]
) -> tuple[SafeString, list[SafeString]]:
    """Return the citation of the source that most rows share, and those of the rows that differ."""
    keys = [row.reference.key for row in rows]
    shared = max(keys, key=keys.count, default="")
    main = text.footnotes.mark([shared])
    nothing = SafeString("")
    return main, [nothing if key == shared else text.footnotes.mark([key]) for key in keys]


def _studies(text: PageText) -> list[dict[str, Any]]:
    rows = Study.objects.filter(is_published=True).select_related("reference")
    return [
        {
            "study": study,
            "topics": list(study.topics.all()),
            "reference": study.reference,
        }
        for study in rows.prefetch_related("topics")
    ]


def _estimates() -> QuerySet[Estimate]:
    published = Estimate.objects.filter(study__is_published=True).select_related("study")
    return published.order_by("plot", "-study__year", "position", "pk")


def _count(studies: Sequence[dict[str, Any]], topic: StudyTopic) -> int:
    return sum(topic in row["topics"] for row in studies)


def _question_rows(
    text: PageText, groups: Sequence[FoundGroup]
) -> list[tuple[FaqGroup, list[dict[str, Any]]]]:
    return [
        (
            found.group,
            [
                {
                    "slug": item.slug,
                    "question": item.question,
                    "answer": text.footnotes.render(item.answer).html,
                }
                for item in found.items
            ],
        )
        for found in groups
    ]
