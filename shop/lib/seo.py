"""What a page says about itself to search engines and link previews."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

JsonLd = Mapping[str, Any]

# As Django's json_script does: a "</script>" inside a value must not end the element.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

# With the space before it, but no search from every space of a long run of them.
_CITATION_MARK = re.compile(r"(?<!\s)\s*<sup class=\"cite\">.*?</sup>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|li|td|th|tr|h[2-6]|figcaption)>")


@dataclass(frozen=True)
class PageMeta:
    """Title, description and structured data of one public page.

    `path` is the canonical path. `breadcrumbs` are (label, path) pairs without Home, the page itself
    last. `json_ld` are schema.org objects without "@context". `robots` is empty or a robots directive.
    """

    title: str
    description: str
    path: str
    breadcrumbs: tuple[tuple[str, str], ...] = ()
    json_ld: tuple[JsonLd, ...] = ()
    image: str = ""
    robots: str = ""
    og_type: str = "website"

    @property
    def canonical(self) -> str:
        """The page's one address, absolute."""
        return absolute_url(self.path)

    @property
    def graph(self) -> list[JsonLd]:
        """All structured data of the page, the trail of breadcrumbs included."""
        crumbs = breadcrumb_list(self.breadcrumbs)
        return [*self.json_ld, *([crumbs] if crumbs else [])]


def absolute_url(path: str) -> str:
    """Return `path` on the shop's own canonical host (settings.SITE_URL)."""
    return f"{settings.SITE_URL}{path}"


def breadcrumb_list(breadcrumbs: tuple[tuple[str, str], ...]) -> JsonLd | None:
    """Return schema.org's BreadcrumbList from Home to the page, None where there is no trail."""
    if not breadcrumbs:
        return None
    trail = (("Home", "/"), *breadcrumbs)
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": label, "item": absolute_url(path)}
            for place, (label, path) in enumerate(trail, start=1)
        ],
    }


def json_ld_script(graph: list[JsonLd]) -> SafeString:
    """Return the script element that carries `graph`, empty when there is nothing to say."""
    if not graph:
        return SafeString("")
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False)
    return mark_safe(  # noqa: S308 (escaped just above)
        f'<script type="application/ld+json">{text.translate(_ESCAPES)}</script>'
    )


def faq_page(questions: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return schema.org's FAQPage from questions with their answers (HTML in, plain words out)."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": plain_words(answer)},
            }
            for question, answer in questions
        ],
    }


def plain_words(markup: str) -> str:
    """Return the words of rendered HTML in one line, without the numbers of its sources."""
    spaced = _BLOCK_END.sub(" ", _CITATION_MARK.sub("", markup))
    return " ".join(html.unescape(strip_tags(spaced)).split())
