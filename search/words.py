"""What counts as a word, and when two words are the same one. Pure: text and queries pass through here.

Everything the index knows goes through `same_word`, so what is typed as "B-12", "b 12" or "B₁₂" meets what is
written as "B12", a plural its singular, and "anaemia" "anemia".
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from search import spellings

LONGEST_WORD = 40
# Shorter words are left as they are: too little would be left to tell them from others.
SHORTEST_WITH_ENDING = 7
SHORTEST_PLURAL = 4
SHORTEST_STEM = 4

# A vitamin's letter and number are one word however they are joined; of letters that are words or units
# themselves ("a 12-week trial") only what is joined without a space.
_WORD = re.compile(
    r"""
      (?<![^\W_])[b-eB-EkK][ \u00a0\u202f]\d{1,2}(?![^\W_]|[.,]\d)  # B 12
    | (?<![^\W_])[A-Za-z][-\u2010-\u2013]\d{1,3}(?![^\W_])          # B-12
    | \d+(?:[.,]\d+)+(?![^\W_])                                     # 2.4   1,000
    | [^\W_]+(?:['\u2019][^\W_]+)*                                  # patch   Crohn's
    """,
    re.VERBOSE,
)
# Unicode's categories Cc, Cs, Zl and Zp part words; Cf and Co (directions, joiners, private use) go.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNSEEN = re.compile(
    "[\xad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ue000-\uf8ff\ufeff\ufff9-\ufffb\U000e0001-\U000e007f\U000f0000-\U0010ffff]"
)
_NOT_LETTERS = re.compile(r"[\W_]+")
_SAME = {
    word: line.split()[0]
    for line in spellings.SAME.strip().splitlines()
    for word in line.split()[1:]
}
_KEPT = frozenset(line.split()[0] for line in spellings.SAME.strip().splitlines())
_NOT_ENDINGS = frozenset(spellings.NOT_ENDINGS.split())
_VOWEL = re.compile(r"[aeiouy]")

# Changes whenever the rules do, so that texts indexed by other rules can be told.
RULES = hashlib.sha256(
    repr(
        (
            3,
            _WORD.pattern,
            spellings.LETTERS,
            spellings.ENDINGS,
            spellings.NOT_ENDINGS,
            spellings.SAME,
        )
    ).encode()
).hexdigest()[:16]


class Word(NamedTuple):
    """A word as it is written, where it stands in its text, and the form that the index compares."""

    written: str
    same: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """Yield the words of `text` in order."""
    for found in _WORD.finditer(text):
        written = found[0]
        if same := same_word(written):
            yield Word(written, same, found.start(), found.end())


def tidy(text: str) -> str:
    """Return `text` in one line, composed (NFC), without characters that cannot be seen or stored."""
    return " ".join(_UNSEEN.sub("", _BREAKS.sub(" ", unicodedata.normalize("NFC", text))).split())


def first_match(text: str, wanted: Collection[str]) -> int | None:
    """Return where the first word of `text` begins whose compared form is `wanted`, None without one."""
    places = (found.start() for found in _WORD.finditer(text) if same_word(found[0]) in wanted)
    return next(places, None)


@lru_cache(maxsize=50_000)
def same_word(written: str) -> str:
    """Return the form that all spellings of a word share, empty when there is nothing to compare."""
    plain = _plain(written)[:LONGEST_WORD]
    if len(plain) < SHORTEST_PLURAL - 1 or any(letter.isdigit() for letter in plain):
        return _SAME.get(plain, plain)
    plain = _american(plain)
    if plain in _SAME or plain in _KEPT:
        return _SAME.get(plain, plain)
    singular = _singular(plain)
    if singular in _SAME or singular in _KEPT:
        return _SAME.get(singular, singular)
    return _stem(singular)


def _plain(written: str) -> str:
    """Return lower-case letters and digits without accents: "Ménière’s" → "meniere"."""
    folded = unicodedata.normalize("NFKD", written).casefold()
    folded = "".join(letter for letter in folded if not unicodedata.combining(letter))
    folded = re.sub(r"['\u2019]s$", "", folded)
    if re.fullmatch(r"\d+(?:[.,]\d+)+", folded):
        return re.sub(r",(?=\d{3}\b)", "", folded)
    return _NOT_LETTERS.sub("", folded)


def _american(word: str) -> str:
    for british, american in spellings.LETTERS:
        if british in word:
            word = word.replace(british, american)
    if len(word) >= SHORTEST_WITH_ENDING and word not in _NOT_ENDINGS:
        for british, american in spellings.ENDINGS:
            if word.endswith(british):
                return word.removesuffix(british) + american
    return word


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > SHORTEST_PLURAL:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


def _stem(word: str) -> str:
    """Take off -ing, -ed and a last e, where enough of the word is left to be told from others."""
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= SHORTEST_STEM and _VOWEL.search(rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    is_long = len(word) > SHORTEST_STEM
    return word[:-1] if is_long and word.endswith("e") and word[-2] != "e" else word
