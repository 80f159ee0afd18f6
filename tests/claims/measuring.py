"""The cases of the claims check: how they are read and counted."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from claims.check import CONTEXTS, find_claims

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """A text, the category that must be found in it (or None: nothing may be found), and where it stands."""

    text: str
    category: str | None
    contexts: tuple[str, ...]
    about: str

    @property
    def passes(self) -> bool:
        found = [
            {finding.category for finding in find_claims(self.text, context=one)}
            for one in self.contexts
        ]
        return all(self.category in names for names in found) if self.category else not any(found)


def load(name: str) -> list[Case]:
    cases = []
    for entry in json.loads((CASES / name).read_text(encoding="utf-8")):
        context = re.search(r"ctx=(\w+)", entry["note"])[1]
        near = re.search(r"near=(\w+)", entry["note"])
        about = entry["category"] or near[1]
        contexts = CONTEXTS if context == "any" else (context,)
        cases.append(Case(entry["text"], entry["category"], contexts, about))
    return cases


def failing(cases: list[Case]) -> tuple[list[str], list[str]]:
    """The texts that should have been flagged and were not, and those flagged for nothing."""
    bad = [case for case in cases if not case.passes]
    return [case.text for case in bad if case.category], [
        case.text for case in bad if not case.category
    ]
