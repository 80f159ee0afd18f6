"""How long a text is, how long it takes to read and how many years of school it asks for."""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import pyphen

from blog import wording

# The mean silent reading speed of English text (Brysbaert, J Mem Lang 2019;109:104047).
WORDS_A_MINUTE = 238
_HYPHENS = pyphen.Pyphen(lang="en_US")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"[^aeiouyl]e$|[^aeiouytd]ed$")


@dataclass(frozen=True)
class Measures:
    """Words of the running text and its headings; minutes, rounded up; years of school."""

    words: int
    minutes: int
    grade: float


def measure(markup: str) -> Measures:
    """Return the measures of rich text. The grade is of its paragraphs and lists."""
    blocks = wording.blocks(markup)
    count = sum(len(wording.words(block.text)) for block in blocks)
    running = [block.text for block in blocks if block.tag in {"p", "li", "blockquote"}]
    return Measures(count, minutes(count), grade(running))


def minutes(words: int) -> int:
    """Return how many minutes so many words take to read, rounded up."""
    return math.ceil(words / WORDS_A_MINUTE)


def grade(texts: list[str]) -> float:
    """Return the Flesch-Kincaid grade, to one place (Kincaid 1975: 0.39 words a sentence + 11.8
    syllables a word − 15.59); 0 for a text without words, and never less.
    """
    sentences = [
        spoken
        for text in texts
        for sentence in wording.sentences(text)
        if (spoken := wording.words(sentence))
    ]
    if not sentences:
        return 0.0
    spoken = [word for sentence in sentences for word in sentence]
    spelled = sum(syllables(word) for word in spoken)
    years = 0.39 * len(spoken) / len(sentences) + 11.8 * spelled / len(spoken) - 15.59
    return round(max(0.0, years), 1)


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Count by hyphenation or by groups of vowels, whichever is more: each misses some."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(_VOWELS.findall(letters)) - bool(_SILENT.search(letters))
    parts: str = _HYPHENS.inserted(letters)
    return max(1, groups, parts.count("-") + 1)
