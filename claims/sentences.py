"""Cuts a text into sentences and words, and puts tags from the word lists on the words.

A question and the sentence that answers it are read as one unit: "Can it cure MS? No." and
"Can it cure MS? Yes!" differ only in the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from claims.spelling import LEET, SPELLED, american, expand, plain_word, segmented
from claims.words import word_lists, word_set

# More than anybody writes in one sentence; a limit so that hostile text stays cheap.
LONGEST_UNIT = 90
SOURCE_MARK = r"\[(?:\d[\d\s,;-]{0,30}|[^\]\[\n]{0,30}?(?:@|ref:|claim:|doi|pmid)[^\]\[\n]{1,80})\]"
BREAK = re.compile(
    rf"([.!?]{{1,8}})[\"')\]*†]{{0,4}}((?:\s?{SOURCE_MARK}){{0,4}})(?=\s|$|[*†])|\n\s*|\s\*(?=[A-Z])",
    re.IGNORECASE,
)
ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|st|vs|no|inc|approx|fig|al|etc|e\.g|i\.e|u\.s|u\.k|jr|sr|ca|cf|mt)|\b[A-Z])$",
    re.IGNORECASE,
)
TOKEN = re.compile(
    rf"""(?P<mark>{SOURCE_MARK})
    |(?P<url>https?://[^\s)\]]{{1,300}}|www\.[^\s)\]]{{1,300}}|\b(?:[\w-]{{1,40}}\.){{1,4}}[a-z]{{2,12}}/[^\s)\]]{{0,300}})
    |(?P<spelled>\b[^\W\d_](?:[.*_·-][^\W\d_]){{2,12}}\b\.?|\b[^\W\d_](?:\s[^\W\d_]){{3,12}}\b)
    |(?P<b12>\bb[\s-]?12\b)
    |(?P<number>\d[\d,.]*\d|\d)(?![^\W_])
    |(?P<word>[#@]?[^\W_](?:[^\W_]|['@$!*0](?=[^\W_]))*)
    |(?P<sign>---?|—|(?<=\s)-(?=\s)|[,;:?!()"%*†&=+/]|(?<=\s)\|(?=\s))""",
    re.VERBOSE | re.IGNORECASE,
)


# Before these letters in capitals stands an illness, not the writer.
OF_AN_ILLNESS = frozenset(("with", "of", "has", "have", "for", "had"))
# Abbreviations of illnesses that are common words when they are not written in capitals.
ONLY_IN_CAPITALS = frozenset(("add", "adds", "aids"))
# Verbs of the word lists that are nouns after a determiner: "I get a cut", "take a break".
NOUN_TOO = frozenset(
    ("cut", "break", "drop", "stop", "pass", "run", "trim", "lead", "move", "rate")
)
DETERMINERS = frozenset(("a", "an", "the", "my", "his", "her", "their", "small", "little", "of"))
# A patch that is none of ours: a bald patch, a patch of skin, a rough patch.
OF_ANOTHER_KIND = word_set(
    "bald rough dry numb itchy scaly red sore dark white pale vegetable bad eye"
)
OF_SKIN = word_set("skin hair scalp eczema psoriasis ice grass land ground dry red numb")
AMBIGUOUS = ONLY_IN_CAPITALS | NOUN_TOO | {"ms", "patch", "patches", "dot", "dots"}
# A coupon code: capitals, then a number.
CODE = re.compile(r"(?!B12$|COVID)[A-Z]{3,16}\d{1,4}")
# What stands for a source mark, an address and the vitamin.
FIXED = {"mark": "§", "url": "url", "b12": "b12"}


@dataclass(slots=True)
class Word:
    """One word of a unit: what it says, where it stands in the normalized text, and its tags."""

    text: str
    start: int
    end: int
    tags: list[str] = field(default_factory=list)
    is_denied: bool = False
    is_asked: bool = False
    is_refused: bool = False


@dataclass(slots=True)
class Unit:
    """A sentence, or a question with its answer."""

    words: list[Word]
    start: int
    end: int
    is_answered_yes: bool = False
    rendered: str = ""
    positions: list[int] = field(default_factory=list)
    tags: frozenset[str] = frozenset()


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text. A full stop after an abbreviation ends none; a line break does."""
    start = 0
    for match in BREAK.finditer(text):
        is_line = "\n" in match[0]
        after = text[match.end() : match.end() + 1]
        if (
            is_line
            and match[0].count("\n") == 1
            and after.islower()
            and text[start : match.start()].rstrip()[-1:] not in ".!?:"
        ):
            continue  # a wrapped line goes on
        if match[1] == "." and ABBREVIATION.search(text, start, match.start()) and not is_line:
            continue
        if text[start : match.end()].strip():
            yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def words_of(text: str, start: int, end: int) -> list[Word]:
    """The words of a sentence in their plain spelling, untagged."""
    words: list[Word] = []
    for match in TOKEN.finditer(text, start, end):
        kind, raw = match.lastgroup, match[0]
        words.extend(Word(said, match.start(), match.end()) for said in _said(kind or "", raw))
    return words[: LONGEST_UNIT * 12]


def _said(kind: str, raw: str) -> list[str]:
    if kind in FIXED:
        return [FIXED[kind]]
    if kind == "number":
        return [raw.replace(",", "")]
    if kind == "sign":
        # The cells of a table row belong to one sentence, and each is a thought of its own.
        return ["—" if raw.startswith(("-", "—")) else raw.replace("|", ";")]
    if kind == "spelled":
        joined = re.sub(r"[^a-z]", "", raw.lower())
        return [SPELLED.get(joined, joined)]
    return _plain_words(raw)


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(
        word
        for phrases in word_lists().values()
        for phrase, _ in phrases
        for word in phrase.split()
    )


@lru_cache(maxsize=20_000)
def _plain_words(raw: str) -> list[str]:
    """What one written word says: contractions spread out, hashtags cut, leetspeak undone."""
    if raw == "US":
        return ["usa"]  # the country, not ourselves
    lower = raw.lower()
    if lower[0] in "#@":
        return ["#", *segmented(raw[1:], _vocabulary())]
    if "'" in lower or lower in LEET.contractions:
        return expand(lower)
    if lower in _vocabulary():
        return [lower]
    word = american(lower)
    if word in _vocabulary():
        return [word]
    return plain_word(raw, word, _vocabulary())


@cache
def _phrases() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """For each word with which phrases begin: these, spelled the way that sentences are, with their tags."""
    return {
        first: tuple((_spelled(phrase), tag) for phrase, tag in phrases)
        for first, phrases in word_lists().items()
    }


def _spelled(phrase: str) -> tuple[str, ...]:
    return tuple(
        part
        for word in phrase.split()
        for part in (expand(word) if "'" in word or word == "cannot" else [word])
    )


def tag_words(words: list[Word], text: str) -> None:
    """Puts on each word the tags of the phrases that begin or go on there."""
    plain = [word.text for word in words]
    known = _phrases()
    for index, word in enumerate(words):
        if word.text[0].isdigit():
            word.tags.append("NUM")
        if text[word.start].isupper():
            if text[word.start : word.end] == "ME" and index and plain[index - 1] in OF_AN_ILLNESS:
                word.tags.append("COND")
            if CODE.fullmatch(text, word.start, word.end):
                word.tags.append("CODE")
        second = plain[index + 1] if index + 1 < len(plain) else ""
        for phrase, tag in known.get(word.text, ()):
            length = len(phrase)
            if length > 1 and (
                phrase[1] != second or tuple(plain[index : index + length]) != phrase
            ):
                continue
            if (
                length == 1
                and word.text in AMBIGUOUS
                and _means_something_else(tag, plain, index, text[word.start : word.end])
            ):
                continue
            word.tags.append(tag)
            for following in words[index + 1 : index + length]:
                following.tags.append("+" + tag)


def _means_something_else(tag: str, plain: list[str], index: int, raw: str) -> bool:
    """Whether a word does not mean here what its tag says: a lady, to add, a cut, a patch of skin."""
    word = plain[index]
    before = plain[index - 1] if index else ""
    if tag == "COND":
        return raw == "Ms" or (word in ONLY_IN_CAPITALS and not raw.isupper())
    if word in {"patch", "patches"}:
        return before in OF_ANOTHER_KIND or (
            plain[index + 1 : index + 2] == ["of"]
            and not OF_SKIN.isdisjoint(plain[index + 2 : index + 5])
        )
    if word in {"dot", "dots"}:
        return before == "of" or plain[index + 1 : index + 2] in (["plot"], ["plots"], ["chart"])
    return "." in tag and word in NOUN_TOO and before in DETERMINERS
