"""Citations: `[ref:r5]` becomes a numbered link to the list of sources, `[claim:key]` one to each source of
that statement in the register.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape

from references.models import Reference

TOKEN = r"\[((?:ref|claim):[a-z0-9-]{1,40})\]"  # noqa: S105 (a token of the text)
STATEMENT = "claim:"
# Neighbors are one mark; the space before it goes, so that no line begins with a number;
# looked for from its beginning only, else a long run of spaces would be read once for each of them.
MARK = re.compile(rf"(?<!\s)\s*{TOKEN}(?:\s*{TOKEN})*")
_KEY = re.compile(TOKEN)


@dataclass(frozen=True)
class Source:
    """A line of the list of sources. `back` is the anchor of the place that cites it first."""

    number: int
    reference: Reference
    id: str
    back: str

    @property
    def address(self) -> str:
        """Where readers open it; empty for what is no address on the web, whoever wrote it down."""
        return web_address(self.reference.address)


@dataclass
class Citations:
    """Numbers for the sources of one post, in the order in which its texts cite them.

    Render all texts through one object, in the order of the page. A key that is not in `known` is left
    out of the text; a draft shows it, so that its author sees it. `statements` has the keys of the sources
    that a statement stands for.
    """

    known: Mapping[str, Reference]
    prefix: str = ""
    address: str = ""
    is_draft: bool = False
    statements: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def mark(self, keys: Sequence[str]) -> str:
        """Return the numbered links for `keys` (see keys_of) as HTML: [1] [2]."""
        sources = dict.fromkeys(source for key in keys for source in self._sources_of(key))
        links = [link for key in sources if (link := self._link(key))]
        return f'<sup class="cite">{" ".join(links)}</sup>' if links else ""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The cited sources, first cited first."""
        return tuple(
            Source(number, self.known[key], self._id("source", key), self._id("cite", key))
            for key, number in self.numbers.items()
        )

    def _sources_of(self, key: str) -> Sequence[str]:
        # The one place where a statement turns into its sources.
        if not key.startswith(STATEMENT):
            return [key]
        return self.statements.get(key.removeprefix(STATEMENT), [key])

    def _link(self, key: str) -> str:
        if key not in self.known:
            return f"<mark>[{escape(key)}?]</mark>" if self.is_draft else ""
        is_first = key not in self.numbers
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        anchor = f' id="{self._id("cite", key)}"' if is_first else ""
        return f'<a href="{self.address}#{self._id("source", key)}"{anchor}>[{number}]</a>'

    def _id(self, kind: str, key: str) -> str:
        return f"{self.prefix}{kind}-{key}"


def web_address(text: str) -> str:
    """Return `text` if it can be linked, else nothing. Forms check it; restored rows may hold anything."""
    return text if text.startswith(("https://", "http://")) else ""


def keys_of(mark: str) -> list[str]:
    """Return the keys in a run of tokens, each once; that of a statement begins with "claim:"."""
    return [key.removeprefix("ref:") for key in dict.fromkeys(_KEY.findall(mark))]


def statements_in(text: str) -> set[str]:
    """Return the keys of the statements that a text cites, rich or plain."""
    return {key.removeprefix(STATEMENT) for key in _KEY.findall(text) if key.startswith(STATEMENT)}
