"""The rules as data: one TOML file for each category, and the guards that hold a rule back.

docs/claims-rules.md says how a rule is built and how to add one.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any

from claims import words
from claims.rules.patterns import Pattern, compile_pattern
from claims.sentences import Unit

FOLDER = Path(__file__).parent
CONTEXTS = ("patch", "ingest", "blog", "faq", "affiliate", "blog_page")
# These two look at single words; every other guard is a list of patterns in guards.toml.
WORD_GUARDS = frozenset({"denied", "asked"})


@dataclass(frozen=True)
class Guard:
    """A reason not to flag a unit: one of its patterns is there, and none that outweighs it."""

    name: str
    patterns: tuple[Pattern, ...]
    outweighed_by: tuple[str, ...]
    contexts: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """One rule: patterns that flag, guards that hold it back, and examples of both."""

    id: str
    category: str
    suggestion: str
    patterns: tuple[Pattern, ...]
    needs: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    guards: tuple[str, ...]
    contexts: frozenset[str]
    # What the whole text must lack: a key of claims/notices.py.
    lacking: str
    # Only where another rule has found something in the sentence: looser, and for nothing by itself.
    beside: bool
    example_context: str
    flags: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True)
class Rulebook:
    """All rules and guards, with what each category stands for."""

    rules: tuple[Rule, ...]
    guards: dict[str, Guard]
    categories: dict[str, str]
    version: str

    @cached_property
    def _pairs(self) -> list[tuple[Rule, Pattern]]:
        """Every pattern with its rule, in the order of the rules."""
        return [(rule, pattern) for rule in self.rules for pattern in rule.patterns]

    @cached_property
    def _triggers(self) -> dict[str, dict[str, list[int]]]:
        """For each context: which patterns (by their place in `_pairs`) a word or tag may set off."""
        found: dict[str, dict[str, list[int]]] = {context: {} for context in CONTEXTS}
        for number, (rule, pattern) in enumerate(self._pairs):
            for context, name in product(rule.contexts, pattern.trigger):
                found[context].setdefault(name, []).append(number)
        return found

    def candidates(self, context: str, unit: Unit) -> list[tuple[Rule, Pattern]]:
        """The patterns that a unit may set off in a context, in the order of the rules."""
        triggers, pairs = self._triggers[context], self._pairs
        numbers: set[int] = set()
        for name in unit.tags & triggers.keys():
            numbers.update(triggers[name])
        return [pairs[number] for number in sorted(numbers) if pairs[number][1].could_match(unit)]


def _patterns(sources: list[str], shorthands: dict[str, str]) -> tuple[Pattern, ...]:
    return tuple(compile_pattern(_spelled_out(source, shorthands)) for source in sources)


def _spelled_out(source: str, shorthands: dict[str, str]) -> str:
    for name, meaning in shorthands.items():
        source = source.replace(f"{{{name}}}", meaning)
    return source


def _guard(name: str, data: dict[str, Any], shorthands: dict[str, str]) -> Guard:
    return Guard(
        name=name,
        patterns=_patterns(data.get("patterns", []), shorthands),
        outweighed_by=tuple(data.get("outweighed_by", ())),
        contexts=frozenset(data.get("contexts", CONTEXTS)),
    )


def _quietest(contexts: tuple[str, ...]) -> str:
    """Where an example shows best what a rule finds by itself: an article, which the broad rules leave alone."""
    return "blog" if "blog" in contexts else contexts[0]


def _rule(data: dict[str, Any], page: dict[str, Any], shorthands: dict[str, str]) -> Rule:
    contexts = tuple(data.get("contexts", page.get("contexts", CONTEXTS)))
    return Rule(
        id=data["id"],
        category=page["category"],
        suggestion=data.get("suggestion", page["suggestion"]),
        patterns=_patterns(data["patterns"], shorthands),
        needs=_patterns(data.get("needs", []), shorthands),
        unless=_patterns([*data.get("unless", []), *page.get("unless", [])], shorthands),
        guards=tuple(data.get("guards", page.get("guards", ()))),
        contexts=frozenset(contexts),
        lacking=data.get("lacking", page.get("lacking", "")),
        beside=data.get("beside", False),
        example_context=data.get("example_context", _quietest(contexts)),
        flags=tuple(data["flags"]),
        near=tuple(data["near"]),
    )


def _version(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def rulebook() -> Rulebook:
    """The rules, read once. Raises ValueError for a pattern that names an unknown word list."""
    held = tomllib.loads((FOLDER / "guards.toml").read_text(encoding="utf-8"))
    shorthands = held["shorthand"]
    pages = [
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((FOLDER / "categories").glob("*.toml"))
    ]
    return Rulebook(
        rules=tuple(_rule(data, page, shorthands) for page in pages for data in page["rule"]),
        guards={name: _guard(name, data, shorthands) for name, data in held["guard"].items()},
        categories={page["category"]: page["description"] for page in pages},
        version=_version(sorted([*FOLDER.rglob("*.toml"), *words.FOLDER.glob("*.toml")])),
    )


def holds_back(guard: Guard, unit: Unit, guards: dict[str, Guard]) -> bool:
    """Whether a guard speaks for a unit."""
    if not any(pattern.is_in(unit) for pattern in guard.patterns):
        return False
    return not any(
        pattern.is_in(unit) for name in guard.outweighed_by for pattern in guards[name].patterns
    )
