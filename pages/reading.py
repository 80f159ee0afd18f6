"""One page's words, read from its rows and rendered in the order of the page."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from pages.citations import Footnotes
from pages.models import InfoPage, PageBlock
from references.models import Reference
from shop.lib.seo import JsonLd, PageMeta


@dataclass(frozen=True)
class Section:
    """One block of a page, ready to be shown."""

    key: str
    heading: str
    html: SafeString


@dataclass(frozen=True)
class PageText:
    """A page's heading, lead and sections; `footnotes` goes on numbering where they end."""

    page: InfoPage
    lead: SafeString
    sections: tuple[Section, ...]
    footnotes: Footnotes

    @cached_property
    def by_key(self) -> dict[str, Section]:
        """The sections by their keys, for templates that place each one themselves."""
        return {section.key: section for section in self.sections}

    @property
    def sources(self) -> list[tuple[int, Reference]]:
        """What has been cited up to now, with its numbers."""
        return self.footnotes.sources

    def meta(
        self, path: str, *, json_ld: tuple[JsonLd, ...] = (), robots: str = "", trail: str = ""
    ) -> PageMeta:
        """Return what the page says about itself; `trail` is its name among the breadcrumbs."""
        page = self.page
        return PageMeta(
            title=page.meta_title,
            description=page.meta_description,
            path=path,
            breadcrumbs=((trail, path),) if trail else (),
            json_ld=json_ld,
            robots=robots if page.pk else "noindex",
        )


def read_page(slug: InfoPage.Slug, *, cites: bool = False) -> PageText:
    """Return the words of page `slug`: two queries, three for a page that cites sources.

    A page without a row (a new shop before `load`) still opens, with its name and nothing else.
    """
    published = Prefetch("blocks", PageBlock.objects.filter(is_published=True))
    page = InfoPage.objects.filter(slug=slug).prefetch_related(published).first()
    footnotes = Footnotes(Reference.objects.in_bulk(field_name="key") if cites else {})
    if page is None:
        name = slug.label
        page = InfoPage(slug=slug, title=name, meta_title=name, meta_description=name)
        return PageText(page, SafeString(""), (), footnotes)
    lead = footnotes.render(page.lead).html
    sections = tuple(
        Section(block.key, block.heading, footnotes.render(block.body).html)
        for block in page.blocks.all()
    )
    return PageText(page, lead, sections, footnotes)
