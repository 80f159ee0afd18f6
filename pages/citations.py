"""Citations in texts: `[@r5]` or `[@r5, @r7]` becomes a numbered link to the page's list of sources."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from policies.rendering import RenderedText, new_parser, render_with

# Stands in rendered HTML where a citation goes: a character of Unicode's private use area around its keys.
_PLACE = re.compile("\ue000([a-z0-9,-]+)\ue000")
CITATION = re.compile(r"\[@([a-z0-9-]+(?:\s*[,;]\s*@[a-z0-9-]+)*)\]")


def cited_keys(text: str) -> list[str]:
    """Return the keys that `text` cites, in order, each once."""
    keys = [key for group in CITATION.findall(text) for key in _split(group)]
    return list(dict.fromkeys(keys))


@dataclass
class Footnotes:
    """Numbers for the sources of one page, given in the order in which the texts cite them.

    Render all texts of a page through one object, in the order of the page; then `sources` is the list
    for its end. A key that is not in `known` (key → reference) is left out of the text; the admin
    refuses it earlier.
    """

    known: Mapping[str, Any]
    numbers: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)

    def render(self, text: str) -> RenderedText:
        """Return `text` (Markdown) as HTML with numbered citations."""
        rendered = _render_once(text)
        html = _PLACE.sub(lambda found: self.mark(found[1].split(",")), rendered.html)
        return RenderedText(mark_safe(html), rendered.headings)  # noqa: S308 (made of safe parts)

    def mark(self, keys: Sequence[str]) -> SafeString:
        """Return the numbered links for `keys`: [1], [2]."""
        links = [self._link(key) for key in keys if key in self.known]
        if not links:
            return SafeString("")
        return mark_safe(f'<sup class="cite">{" ".join(links)}</sup>')  # noqa: S308

    @property
    def sources(self) -> list[tuple[int, Any]]:
        """The cited sources with their numbers, first cited first."""
        return [(number, self.known[key]) for key, number in self.numbers.items()]

    def _link(self, key: str) -> str:
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        self.marks[key] = self.marks.get(key, 0) + 1
        safe = escape(key)
        # Only the first mark of a source has an id: the list of sources leads back to it.
        anchor = f' id="cite-{safe}"' if self.marks[key] == 1 else ""
        return f'<a href="#source-{safe}"{anchor}>[{number}]</a>'


def _split(group: str) -> list[str]:
    return [part.strip().lstrip("@") for part in re.split("[,;]", group)]


def _citation_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it's signature)
    found = CITATION.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta = {"keys": _split(found[1])}
    state.pos = found.end()
    return True


def _render_citation(
    self: Any, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]
) -> str:
    return f"\ue000{','.join(tokens[index].meta['keys'])}\ue000"


@lru_cache(maxsize=512)
def _render_once(text: str) -> RenderedText:
    """Return `text` as HTML in which a place is kept for each citation; its number differs by page."""
    return render_with(_PARSER, text.replace("\ue000", ""))


_PARSER = new_parser()
_PARSER.inline.ruler.before("link", "citation", _citation_rule)
_PARSER.add_render_rule("citation", _render_citation)
