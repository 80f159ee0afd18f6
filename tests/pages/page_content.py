"""What a visitor sees of an answer, and what machines read in it."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.test.utils import CaptureQueriesContext

HIDDEN = {"script", "style", "title", "head"}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def visible_text(markup: str) -> str:
    """The words of the page in one line, without numbers of sources."""
    parser = _Words()
    parser.feed(re.sub(r"\s*<sup class=\"cite\">.*?</sup>", "", markup, flags=re.DOTALL))
    return " ".join(" ".join(parser.words).split())


def squeezed(text: str) -> str:
    """Text without any space: tags may or may not part words."""
    return re.sub(r"\s+", "", text)


def json_ld(markup: str) -> list[dict[str, Any]]:
    """All structured data of the page."""
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', markup, re.DOTALL)
    return [entry for script in scripts for entry in json.loads(script)["@graph"]]


def leaf_values(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every plain value of structured data with its key."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaf_values(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from leaf_values(each, key)
    else:
        yield key, str(value)


def assert_reads_only_and_once(queries: CaptureQueriesContext) -> None:
    """No write, nothing asked twice, at most twelve."""
    asked = [query["sql"] for query in queries.captured_queries]
    # PostgreSQL is asked for a union of queries in brackets.
    assert [sql for sql in asked if not sql.lstrip("(").startswith("SELECT")] == []
    assert len(asked) == len(set(asked))
    assert len(asked) <= 12
