"""Spelling of single words: contractions, British forms, leetspeak, stretched and glued words."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from claims.words import word_set


@dataclass(frozen=True)
class Leet:
    """Signs that stand for letters, and contractions that people write without the apostrophe."""

    signs: Mapping[int, int]
    contractions: frozenset[str]


LEET = Leet(
    signs=str.maketrans("013457@$!8", "oieastasib"),
    contractions=word_set(
        """
    cant dont doesnt wont isnt arent wasnt didnt hasnt havent wouldnt couldnt shouldnt
    youll youre theyre thats youve weve cannot aint
    """
    ),
)
# Letters with dots between them: an abbreviation, or a word in hiding.
SPELLED = {"us": "usa", "usa": "usa"}
ENDINGS = (
    ("'ll", "will"), ("'re", "are"), ("'ve", "have"), ("'m", "am"), ("'d", "would"),
)  # fmt: skip
IS_WITH_S = word_set(
    """
    it that this there here what who he she how where when everything nobody let
    """
)
BRITISH = (
    (re.compile(r"aem(?=[a-z])"), "em"),
    (re.compile(r"^anaes"), "anes"),
    (re.compile(r"haem"), "hem"),
    (re.compile(r"oed"), "ed"),
    (re.compile(r"rrhoe"), "rrhe"),
    (re.compile(r"coeli"), "celi"),
    (re.compile(r"paed"), "ped"),
    (re.compile(r"gynaec"), "gynec"),
    (re.compile(r"oesoph"), "esoph"),
    (re.compile(r"(fav|flav|col|tum|behavi|harb|vig|sav|hum|rum|lab|hon|neighb)our"), r"\1or"),
    (re.compile(r"(?<=[a-z]{3})is(e|es|ed|ing|ation|er|ers)$"), r"iz\1"),
    (re.compile(r"(?<=[a-z]{3})ys(e|es|ed|ing)$"), r"yz\1"),
    (re.compile(r"(?<=[a-z]{3})ll(ed|ing|er)$"), r"l\1"),
    (re.compile(r"(fib|cent|lit|met|theat)re(s?)$"), r"\1er\2"),
    (re.compile(r"^programme"), "program"),
    (re.compile(r"licence"), "license"),
    (re.compile(r"defence"), "defense"),
    (re.compile(r"fulfil(s?)$"), r"fulfill\1"),
)
# A shorter word is too likely to be met by chance.
SHORTEST_GUESS = 3
GLUED_LENGTHS = range(6, 40)
CAMEL = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]")


def expand(word: str) -> list[str]:
    """can't → can not, you'll → you will, it's → it is, MS's → ms."""
    word = word.strip("'")
    bare = word.replace("'", "")
    if bare in LEET.contractions and word.replace("'", "") == bare:
        word = {"cant": "can't", "wont": "won't", "cannot": "can't", "aint": "isn't"}.get(
            bare, word
        )
        word = re.sub(r"^(\w+?)(n)t$", r"\1n't", word) if "'" not in word else word
        word = re.sub(r"^(you|they|we)(ll|re|ve)$", r"\1'\2", word)
        word = re.sub(r"^that(s)$", r"that's", word)
    if word.endswith("n't"):
        return [
            {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}.get(word[:-3], word[:-3]),
            "not",
        ]
    for ending, full in ENDINGS:
        if word.endswith(ending):
            return [word.removesuffix(ending), full]
    if word.endswith("'s"):
        base = word[:-2]
        return [base, "is"] if base in IS_WITH_S else [base]
    return [word.replace("'", "")] if word.replace("'", "") else ["'"]


def american(word: str) -> str:
    """The American spelling of a British word, else the word itself."""
    for pattern, replacement in BRITISH:
        if pattern.search(word):
            return pattern.sub(replacement, word)
    return word


def plain_word(raw: str, word: str, known: Set[str]) -> list[str]:
    """A word that no list knows, read as leetspeak, as stretched, as starred or as two words in one; else itself."""
    for guess in _guesses(word):
        if guess != word and guess in known and len(guess) >= SHORTEST_GUESS:
            return [guess]
    may_be_glued = (raw.isupper() or not word.isalpha()) and len(raw) in GLUED_LENGTHS
    parts = segmented(raw, known) if may_be_glued else []
    telling = [part for part in parts if part in known and len(part) >= SHORTEST_GUESS]
    return parts if len(telling) > 1 else [word]


def _guesses(word: str) -> Iterator[str]:
    """What a word in disguise may mean."""
    if not word.isalpha():
        undone = american(word.translate(LEET.signs))
        yield from (undone, undone.replace("i", "l"))
        yield from (word.replace("*", letter) for letter in ("u", "e", "a", "i", "o", ""))
    if "y" in word:
        yield word.replace(
            "y", "u"
        )  # the Cyrillic letter that looks like a y stands in for a u as well
    if re.search(r"(.)\1\1", word):
        yield re.sub(r"(.)\1+", r"\1", word)
        yield re.sub(r"(.)\1{2,}", r"\1\1", word)


def segmented(glued: str, known: Set[str]) -> list[str]:
    """A hashtag or a coupon name cut into words: by its capitals, else into words that the lists know."""
    cut = [american(part.lower()) for part in CAMEL.findall(glued)[:12]]
    if (
        len(cut) > 1
        and all(part in known or part in SMALL_WORDS or part.isdigit() for part in cut)
        and "b" not in cut
    ):
        return cut
    return _known_parts(glued.lower()[:40], known) or (
        cut if len(cut) > 1 else [american(glued.lower())]
    )


SMALL_WORDS = word_set(
    """
    my the for with and of to in your from by on off a i
    """
)


def _known_parts(glued: str, known: Set[str]) -> list[str]:
    """The cut into the fewest known words; letters that fit none, or numbers at the end, stand alone."""
    best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(glued)
    for end in range(1, len(glued) + 1):
        for start in range(max(0, end - 20), end):
            before, piece = best[start], glued[start:end]
            if before is None or not (
                piece in SMALL_WORDS or piece.isdigit() or (piece in known and len(piece) > 1)
            ):
                continue
            cost = before[0] + (1 if len(piece) >= SHORTEST_GUESS else 2)
            if best[end] is None or cost < best[end][0]:  # type: ignore[index]
                best[end] = (cost, [*before[1], piece])
    final = best[len(glued)]
    return final[1] if final else []
