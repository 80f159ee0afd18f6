"""Addresses that are there, as the apps above offer them, and which of them a lost one resembles."""

import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import unquote

from rapidfuzz import fuzz, process

from redirects.addresses import is_not_ours

Source = Callable[[], Iterable[str]]

# Of 100. Below it a suggestion is more often wrong than right; looked at with slugs of the old blog.
ALIKE = 70
ALIKE_AT_END = 75  # a name alone says less than the whole address
WORD = re.compile(r"\w+")

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let `source()` name addresses of pages that are there (paths, such as "/faq/")."""
    if source not in _sources:
        _sources.append(source)


def all_paths() -> list[str]:
    """Return what the sources name now, each once, in their order."""
    return list(dict.fromkeys(path for source in _sources for path in source()))


def suggestions(lost: Sequence[str]) -> dict[str, str]:
    """Return for those of `lost` that resemble a page its address: typing errors and words in another
    order are overlooked. The sources are asked once.
    """
    if not lost:
        return {}
    known = [path for path in all_paths() if path != "/" and not is_not_ours(path)]
    wholes = {path: _words(path) for path in known}
    ends = {path: _end(words) for path, words in wholes.items()}
    found = {}
    for path in lost:
        words = _words(path)
        # Both in C, over ten thousand pages in some milliseconds.
        best = [
            process.extractOne(words, wholes, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE),
            # The old blog put categories and dates before a post's name.
            process.extractOne(_end(words), ends, scorer=fuzz.ratio, score_cutoff=ALIKE_AT_END),
        ]
        if alike := [match for match in best if match]:
            found[path] = max(alike, key=lambda match: match[1])[2]
    return found


def _end(words: str) -> str:
    return words.rpartition("/")[2]


def _words(path: str) -> str:
    parts = [" ".join(WORD.findall(part.replace("_", " "))) for part in unquote(path).split("/")]
    return "/".join(part for part in parts if part).lower()
