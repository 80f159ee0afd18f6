"""The little language in which the rules are written.

A pattern is a row of elements, one for each word:

    word            that word                    CURE     a word (or phrase) with that tag of the word lists
    a|b|CURE        one of them                  CURE.s   the tag in one form (base, s, ed, ing)
    no_longer       these words in a row, as one alternative
    …?              may be missing               !a|b     the next word is none of these
    ~4              up to four words between     ~~4      the same, also across ; ? and !
    ^  $            where a sentence begins, ends
    -word           stands there, but a "not" before it does not matter
"""

import re
from dataclasses import dataclass
from functools import cached_property

from claims.sentences import Unit
from claims.words import tag_names, word_set

ANY_WORD = r"<[^<>]*>"
WORD_OF_ONE_THOUGHT = r"<(?![;?!][:>])[^<>]*>"
# Words that the reader of sentences spreads out.
SPREAD_OUT = {":": "ː", "cannot": "can_not", "isn't": "is_not", "haven't": "have_not"}
# Too common to find a pattern by.
FREQUENT = word_set(
    """
    THIS OUR YOU ME B12 AUX OPENQ WEAR PEOPLE PATCH BODY EVID FEEL BOOST LEVELS NEGDET
    NEGATOR a an the of in to for is are was be by on with and or not no it this that
    you your we our from at as if so , ː ( ) ? NUM can may has have
    """
)
EXTRA_TAGS = frozenset({"NUM", "CODE"})


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `needed` says which words or tags a unit must hold to be looked at."""

    source: str
    expression: str
    needed: tuple[frozenset[str], ...]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled at first use: most patterns are never reached in a short life."""
        return re.compile(self.expression)

    @cached_property
    def trigger(self) -> frozenset[str]:
        """The rarest thing that the pattern needs, by which it is found."""
        return min(
            self.needed, key=lambda names: sum(200 if name in FREQUENT else 1 for name in names)
        )

    def could_match(self, unit: Unit) -> bool:
        """A cheap no for most units."""
        tags = unit.tags
        for names in self.needed:  # noqa: SIM110 - asked a thousand times for each sentence
            if names.isdisjoint(tags):
                return False
        return True

    def matches(self, unit: Unit) -> list[tuple[re.Match[str], list[int]]]:
        """Each match, with the indexes of the words that a negation would hit."""
        found = list(self.regex.finditer(unit.rendered)) if self.could_match(unit) else []
        if not found:
            return []
        starts = {position: index for index, position in enumerate(unit.positions)}
        return [(match, _anchored(match, starts)) for match in found]

    def is_in(self, unit: Unit) -> bool:
        """Whether the pattern occurs at all."""
        return self.could_match(unit) and self.regex.search(unit.rendered) is not None


def _anchored(match: re.Match[str], starts: dict[int, int]) -> list[int]:
    return [starts[start] for start, _ in match.regs[1:] if start in starts]


def _names(element: str) -> list[str]:
    names = [SPREAD_OUT.get(name, name) for name in element.split("|")]
    for name in names:
        if name[:1].isupper() and name not in EXTRA_TAGS and name not in tag_names():
            raise ValueError(f"No word list is called {name}.")
    return names


def _one_of(names: list[str]) -> str:
    """The expression for a word that is one of these or bears one of these tags."""
    tags = [
        re.escape(name) + (r"(?:\.\w+)?" if "." not in name else "")
        for name in names
        if name[:1].isupper()
    ]
    words = [re.escape(name) for name in names if not name[:1].isupper() and "_" not in name]
    phrases = [name for name in names if not name[:1].isupper() and "_" in name]
    options = [
        "".join(rf"<{re.escape(word)}(?=[:>])[^<>]*>" for word in name.split("_"))
        for name in phrases
    ]
    if words:
        options.append(rf"<(?:{'|'.join(words)})(?=[:>])[^<>]*>")
    if tags:
        either = "|".join(tags)
        options.append(
            rf"<[^<>]*?:(?:{either})(?=[:>])[^<>]*>(?:<[^<>]*?:\+(?:{either})(?=[:>])[^<>]*>){{0,6}}"
        )
    return "|".join(options)


def compile_pattern(source: str) -> Pattern:
    """Compiles one pattern. Raises ValueError for a tag that no word list has."""
    parts, needed = [], []
    for element in source.split():
        if element in "^$":
            parts.append(
                r"(?:^|(?<=<\?>)|(?<=<!>)|(?<=<#>)|(?<=<;>))"
                if element == "^"
                else r"(?=(?:<[^\w<>](?=[:>])[^<>]*>){0,4}(?:$|<\?>))"
            )
        elif element[0] == "~":
            word = ANY_WORD if element.startswith("~~") else WORD_OF_ONE_THOUGHT
            parts.append(rf"(?:{word}){{0,{int(element.strip('~'))}}}?")
        elif element[0] == "!":
            parts.append(rf"(?!{_one_of(_names(element[1:]))})")
        else:
            bare = element.removeprefix("-") if len(element) > 1 else element
            optional = bare.endswith("?") and len(bare) > 1
            names = _names(bare.removesuffix("?") if optional else bare)
            parts.append(
                ("(?:" if element.startswith("-") else "(")
                + _one_of(names)
                + ")"
                + ("?" if optional else "")
            )
            if not optional:
                needed.append(frozenset(name.partition("_")[0] for name in names))
    return Pattern(source, "".join(parts), tuple(needed))
