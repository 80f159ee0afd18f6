"""Statements for tests, made by the verbs that staff use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from references import statements
from references.models import Reference, Statement
from references.statements import Words

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def a_source(key: str = "s1", **fields: Any) -> Reference:
    """A trial with an address."""
    found = {"citation": f"Author {key}. A trial. 2020.", "kind": "trial", "doi": f"10.1000/{key}"}
    reference, _ = Reference.objects.get_or_create(key=key, defaults={**found, **fields})
    return reference


def words(**changes: Any) -> Words:
    """A nutrient fact with one trial."""
    plain = Words(
        text="Adults are advised to get 2.4 micrograms a day.",
        kind="nutrient",
        population="Healthy adults",
        grade="B",
        limits="It is no dose for somebody who lacks the vitamin.",
        references=(a_source(),),
    )
    return replace(plain, **changes)


def written(key: str = "amount", *, by: str = "ann", **changes: Any) -> Statement:
    """A statement that ann has written and nobody has approved."""
    return statements.write(key, words(**changes), by=by, now=NOON)


def approved(key: str = "amount", *, now: datetime = NOON, **changes: Any) -> Statement:
    """A statement that ben has approved for a year."""
    statement = written(key, **changes)
    statements.approve(statement, by="ben", now=now)
    return statement
