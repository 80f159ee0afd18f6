"""Several people at the claims desk in the same moment."""

from datetime import timedelta

import pytest

from claims import desk, nightly, sources
from claims.models import CheckedSubject, Override, StandingFinding
from tests.claims.texts import NOON, RULE, requested, text
from tests.races.at_once import at_once, errors_in, meeting

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

PEOPLE = 8


def test_of_all_who_ask_about_a_sentence_one_has_asked():
    found = desk.open_findings([text()])[0]

    def ask(number):
        return desk.request_override(found, reason="It quotes.", by=f"staff-{number}", now=NOON)

    outcomes = at_once([lambda number=number: ask(number) for number in range(PEOPLE)])

    assert errors_in(outcomes) == ["AlreadyRequested"] * (PEOPLE - 1)
    assert Override.objects.count() == 1


def careless_ask(number, everybody_has_looked):
    """Look first and ask then: others look in between."""
    assert not Override.objects.exists()
    everybody_has_looked()
    return requested(by=f"staff-{number}")


def test_looking_first_would_not_keep_them_apart():
    everybody_has_looked = meeting(PEOPLE)

    outcomes = at_once(
        [
            lambda number=number: careless_ask(number, everybody_has_looked)
            for number in range(PEOPLE)
        ]
    )

    assert errors_in(outcomes) == ["AlreadyRequested"] * (PEOPLE - 1)


def test_of_all_who_decide_one_has_decided():
    override = requested(by="anna")
    acts = [
        lambda number=number, verb=verb: verb(
            Override.objects.get(pk=override.pk), by=f"staff-{number}", now=NOON
        )
        for number in range(PEOPLE // 2)
        for verb in (desk.allow, desk.refuse)
    ]

    outcomes = at_once(acts)

    assert errors_in(outcomes) == ["AlreadyDecided"] * (PEOPLE - 1)
    override.refresh_from_db()
    assert override.state in {"approved", "refused"}
    assert override.decided_by.startswith("staff-")


def test_two_runs_at_once_leave_one_queue(monkeypatch):
    texts = [text(subject=f"tests.page:{number}") for number in range(30)]
    monkeypatch.setattr(sources, "_sources", {"tests": lambda: iter(texts)})

    outcomes = at_once(
        [
            lambda minutes=minutes: nightly.check_everything(NOON + timedelta(minutes=minutes))
            for minutes in range(4)
        ]
    )

    assert errors_in(outcomes) == []
    assert CheckedSubject.objects.count() == 30
    assert StandingFinding.objects.filter(rule=RULE).count() == 30
