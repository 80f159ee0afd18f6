"""The claims check: which sentences of a text say more than we may say.

It helps people who write; it does not certify that a text is lawful. Pure: no database, no network,
and the same text gives the same findings every time. The categories, and what is flagged in each, come
from section 4 of the project's sheet of health facts; the rules are data, in claims/rules.
"""

from dataclasses import dataclass, field

from claims.normalize import Normalized, normalize
from claims.notices import bears_a_mark, lacks, names_a_source
from claims.rules import CONTEXTS, WORD_GUARDS, Rule, Rulebook, holds_back, rulebook
from claims.rules.patterns import Pattern
from claims.sentences import Unit, Word
from claims.units import units_of

__all__ = ["CATEGORIES", "CONTEXTS", "RULES_VERSION", "Finding", "find_claims", "matches_of"]

CATEGORIES: dict[str, str] = rulebook().categories
# Changes with every change of a rule or a word list; the nightly job compares it.
RULES_VERSION: str = rulebook().version


@dataclass(frozen=True, order=True)
class Finding:
    """A claim: characters `start` to `end` of the text that was given, the rule, and what to write instead.

    `sentence` is what was judged as a whole: the sentence, or a question with its answer.
    """

    start: int
    end: int
    category: str
    rule: str
    suggestion: str = field(compare=False)
    excerpt: str = field(compare=False)
    sentence: str = field(compare=False)


def find_claims(text: str, *, context: str) -> list[Finding]:
    """The claims in a text, in the order in which they stand.

    `context` is one of CONTEXTS: where the text will be published. Raises ValueError for another one.
    """
    kept: list[Finding] = []
    for finding in sorted(matches_of(text, context=context), key=_longest_first):
        if not any(
            finding.category == other.category and _overlap(finding, other) for other in kept
        ):
            kept.append(finding)
    return sorted(kept)


def _longest_first(finding: Finding) -> tuple[int, int, str]:
    return finding.start - finding.end, finding.start, finding.rule


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


def matches_of(text: str, *, context: str) -> list[Finding]:
    """What each rule finds by itself, overlaps included. Raises ValueError for an unknown context."""
    if context not in CONTEXTS:
        raise ValueError(f"Unknown context {context!r}: use one of {', '.join(CONTEXTS)}.")
    book = rulebook()
    plain = normalize(text)
    read = _Reading(plain, text, context, book)
    found = {finding for unit in units_of(plain.text) for finding in read.unit(unit)}
    return sorted(found)


@dataclass
class _Reading:
    """One text being read in one context."""

    plain: Normalized
    original: str
    context: str
    book: Rulebook
    missing: dict[str, bool] = field(default_factory=dict)

    def unit(self, unit: Unit) -> list[Finding]:
        """What the rules find in one unit."""
        verdicts: dict[str, bool] = {}
        candidates = self.book.candidates(self.context, unit)
        found = self._found(unit, [pair for pair in candidates if not pair[0].beside], verdicts)
        if found:
            found += self._found(unit, [pair for pair in candidates if pair[0].beside], verdicts)
        return found

    def _found(
        self, unit: Unit, candidates: list[tuple[Rule, Pattern]], verdicts: dict[str, bool]
    ) -> list[Finding]:
        found = []
        for rule, pattern in candidates:
            for match, anchors in pattern.matches(unit):
                said = [unit.words[index] for index in anchors]
                if self._holds(rule, said) and self._stands(rule, unit, verdicts):
                    first, last = _words_between(unit, match.start(), match.end())
                    if not rule.lacking or self._lacks(rule.lacking, first.start):
                        found.append(self._finding(rule, unit, first, last))
        return found

    def _holds(self, rule: Rule, said: list[Word]) -> bool:
        # A question that is answered by no; the few rules that flag the no itself match the question mark.
        if any(word.is_refused for word in said) and not any(word.text == "?" for word in said):
            return False
        if "denied" in rule.guards and any(word.is_denied for word in said):
            return False
        return not ("asked" in rule.guards and any(word.is_asked for word in said))

    def _stands(self, rule: Rule, unit: Unit, verdicts: dict[str, bool]) -> bool:
        if rule.id not in verdicts:
            verdicts[rule.id] = self._speaks(rule, unit, verdicts)
        return verdicts[rule.id]

    def _speaks(self, rule: Rule, unit: Unit, verdicts: dict[str, bool]) -> bool:
        if rule.needs and not any(pattern.is_in(unit) for pattern in rule.needs):
            return False
        if any(pattern.is_in(unit) for pattern in rule.unless):
            return False
        return not any(
            self._guarded(name, unit, verdicts) for name in rule.guards if name not in WORD_GUARDS
        )

    def _guarded(self, name: str, unit: Unit, verdicts: dict[str, bool]) -> bool:
        key = f"guard {name}"
        if key not in verdicts:
            if name == "sourced":
                verdicts[key] = names_a_source(self._sentence(unit))
            elif name == "marked":
                verdicts[key] = bears_a_mark(self._sentence(unit))
            elif name == "cited":
                verdicts[key] = self._is_cited_education(unit)
            else:
                guard = self.book.guards[name]
                verdicts[key] = self.context in guard.contexts and holds_back(
                    guard, unit, self.book.guards
                )
        return verdicts[key]

    def _lacks(self, notice: str, position: int) -> bool:
        """Whether a notice is lacking; that of a whole page is reported once."""
        if notice == "disclosure":
            return lacks(notice, self.plain.text, position)
        missing = self._is_missing(notice)
        if notice == "education":
            self.missing[notice] = False
        return missing

    def _is_missing(self, notice: str) -> bool:
        if notice not in self.missing:
            self.missing[notice] = lacks(notice, self.plain.text, 0)
        return self.missing[notice]

    def _is_cited_education(self, unit: Unit) -> bool:
        """In an article, a sentence with its source that is not about our product tells what was found."""
        if self.context not in {"blog", "faq", "blog_page"} or not bears_a_mark(
            self._sentence(unit)
        ):
            return False
        return not any(pattern.is_in(unit) for pattern in self.book.guards["ours"].patterns)

    def _sentence(self, unit: Unit) -> str:
        return self.plain.text[unit.start : unit.end]

    def _finding(self, rule: Rule, unit: Unit, first: Word, last: Word) -> Finding:
        start, end = self.plain.original_span(first.start, last.end)
        return Finding(
            start=start,
            end=end,
            category=rule.category,
            rule=rule.id,
            suggestion=rule.suggestion,
            excerpt=self.original[start:end],
            sentence=self.original[slice(*self.plain.original_span(unit.start, unit.end))].strip(),
        )


def _words_between(unit: Unit, start: int, end: int) -> tuple[Word, Word]:
    """The first and the last word of a match in the rendered unit."""
    inside = [
        word
        for word, position in zip(unit.words, unit.positions, strict=True)
        if start <= position < end
    ]
    return inside[0], inside[-1]
