"""The word lists, with their other forms, as one index that is looked up by the first word of a phrase."""

import re
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
# base → past forms; the forms in -s and -ing follow the rule.
IRREGULAR = {
    "be": "was were been is are am",
    "bear": "bore borne", "beat": "beat beaten", "become": "became become", "bid": "bid", "break": "broke broken",
    "bring": "brought", "build": "built", "burn": "burned burnt", "buy": "bought", "catch": "caught", "choose": "chose chosen",
    "come": "came come", "cut": "cut", "do": "did done", "drink": "drank drunk", "drive": "drove driven", "feed": "fed",
    "feel": "felt", "fight": "fought", "find": "found", "forget": "forgot forgotten", "get": "got gotten", "give": "gave given",
    "go": "went gone", "grow": "grew grown", "hang": "hung", "hold": "held", "keep": "kept", "kick": "kicked", "know": "knew known",
    "leave": "left", "let": "let", "lose": "lost", "make": "made", "outdo": "outdid outdone", "outgrow": "outgrew outgrown",
    "overcome": "overcame overcome", "overtake": "overtook overtaken", "prefer": "preferred", "prove": "proved proven",
    "put": "put", "quit": "quit", "rebuild": "rebuilt", "regrow": "regrew regrown", "rid": "rid", "rise": "rose risen",
    "run": "ran run", "say": "said", "see": "saw seen", "send": "sent", "set": "set", "shoot": "shot", "show": "showed shown", "shrink": "shrank shrunk",
    "sink": "sank sunk", "sleep": "slept", "slip": "slipped", "speed": "sped", "stand": "stood", "steer": "steered", "stick": "stuck", "swear": "swore sworn",
    "take": "took taken", "tell": "told", "think": "thought", "throw": "threw thrown", "turn": "turned",
    "undo": "undid undone", "wake": "woke woken", "wear": "wore worn", "win": "won", "withdraw": "withdrew withdrawn",
}  # fmt: skip
PLURALS = {
    "woman": "women",
    "man": "men",
    "child": "children",
    "tooth": "teeth",
    "wife": "wives",
    "midwife": "midwives",
    "life": "lives",
}
VOWELS = "aeiou"


def word_set(text: str) -> frozenset[str]:
    """The words of a text that is written as a list."""
    return frozenset(text.split())


def s_form(word: str) -> str:
    """treat → treats, remedy → remedies, fix → fixes."""
    if word in PLURALS:
        return PLURALS[word]
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")) or word in {"go", "do", "undo", "outdo", "veto"}:
        return word + "es"
    return word + "s"


def _stem(word: str) -> str:
    """What -ed and -ing are put on: stop → stopp, cure → cur."""
    if re.search(r"\w[^e]e$", word):
        return word[:-1]
    # One vowel, then one consonant at the end: it is doubled.
    return word + word[-1] if re.fullmatch(r"[^aeiou]+[aeiou][^aeiouwxy]", word) else word


def verb_forms(verb: str) -> dict[str, list[str]]:
    """The forms of a verb or of a phrase that begins with one, by their names base, s, ed and ing."""
    first, _, rest = verb.partition(" ")
    past = IRREGULAR.get(first, "").split()
    if not past:
        y_ending = first.endswith("y") and first[-2:-1] not in VOWELS
        past = [first[:-1] + "ied" if y_ending else _stem(first) + "ed"]
    forms = {"base": [first], "s": [s_form(first)], "ed": past, "ing": [_stem(first) + "ing"]}
    return {name: [f"{word} {rest}".strip() for word in words] for name, words in forms.items()}


def _entries(text: str) -> list[str]:
    return [entry for piece in text.split(",") if (entry := " ".join(piece.split()))]


def _phrases(kind: str, entry: str, tag: str) -> list[tuple[str, str]]:
    if kind == "verb":
        return [
            (form, f"{tag}.{name}") for name, forms in verb_forms(entry).items() for form in forms
        ]
    if kind == "noun":
        return [(entry, tag), (s_form_of_phrase(entry), tag)]
    return [(entry, tag)]


def s_form_of_phrase(phrase: str) -> str:
    """The plural of the last word: blood clot → blood clots."""
    head, _, last = phrase.rpartition(" ")
    return f"{head} {s_form(last)}".strip()


@cache
def word_lists() -> dict[str, tuple[tuple[str, str], ...]]:
    """For the first word of every phrase: the phrases that begin with it, each with its tag."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for kind, lists in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for tag, text in lists.items():
                for entry in _entries(text):
                    for phrase, name in _phrases(kind, entry, tag):
                        found.setdefault(phrase.split(" ", 1)[0], {})[(phrase, name)] = None
    return {first: tuple(phrases) for first, phrases in found.items()}


@cache
def tag_names() -> frozenset[str]:
    """Every tag that a pattern may name."""
    return frozenset(
        tag
        for phrases in word_lists().values()
        for _, name in phrases
        for tag in (name, name.split(".")[0])
    )
