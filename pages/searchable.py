"""What the search knows of the pages: their words, each question, each study."""

from collections.abc import Collection, Iterator

from django.db.models import Prefetch
from django.urls import reverse

from pages.citations import Footnotes
from pages.models import DailyAmount, FaqItem, FoodSource, InfoPage, PageBlock, Study
from pages.sitemaps import PAGES
from search.models import Kind
from search.plain_text import text_of
from search.sources import Document, Source


def study_key(slug: str) -> str:
    """Return the key of a study among the pages."""
    return f"study-{slug}"


def _pages(keys: Collection[str] | None) -> Iterator[Document]:
    rows = InfoPage.objects.filter(slug__in=PAGES if keys is None else set(PAGES) & set(keys))
    published = Prefetch("blocks", PageBlock.objects.filter(is_published=True))
    for page in rows.prefetch_related(published):
        blocks = page.blocks.all()
        parts = [page.lead, *(f"## {block.heading}\n\n{block.body}" for block in blocks)]
        yield Document(
            key=page.slug,
            path=reverse(PAGES[page.slug][0]),
            title=page.title,
            summary=page.meta_description,
            body=" ".join([*(_plain(part) for part in parts), *_tables(page)]),
            # As the bar calls it, where the heading has other words.
            keywords=page.get_slug_display(),
            updated_at=max([page.updated_at, *(block.updated_at for block in blocks)]),
            boost_percent=120,
        )


def _tables(page: InfoPage) -> list[str]:
    if page.slug != InfoPage.Slug.ABOUT:
        return []
    return [
        *(f"{name}." for name in FoodSource.objects.values_list("name", flat=True)),
        *(f"{group}." for group in DailyAmount.objects.values_list("group", flat=True)),
    ]


def _questions(keys: Collection[str] | None) -> Iterator[Document]:
    rows = FaqItem.objects.filter(is_published=True).select_related("group")
    for item in rows if keys is None else rows.filter(slug__in=keys):
        yield Document(
            key=item.slug,
            path=f"{reverse('faq')}#{item.slug}",
            title=item.question,
            body=_plain(item.answer),
            keywords=item.group.title,
            updated_at=item.updated_at,
        )


def _studies(keys: Collection[str] | None) -> Iterator[Document]:
    rows = Study.objects.filter(is_published=True).prefetch_related("topics")
    for study in rows:
        key = study_key(study.slug)
        if keys is not None and key not in keys:
            continue
        yield Document(
            key=key,
            path=f"{reverse('research')}#{study.slug}",
            title=study.title,
            summary=_plain(study.finding),
            body=" ".join(
                [study.authors, study.journal, str(study.year or ""), _plain(study.limits)]
            ),
            keywords=", ".join(topic.name for topic in study.topics.all()),
            updated_at=study.updated_at,
            boost_percent=80,
        )


def _plain(markdown: str) -> str:
    return text_of(Footnotes({}).render(markdown).html)


PAGE_TEXTS = Source(Kind.PAGE, _pages)
QUESTIONS = Source(Kind.QUESTION, _questions)
STUDIES = Source(Kind.PAGE, _studies)
