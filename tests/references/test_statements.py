"""Statements: two people, an end, and an approval that no change survives."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from references import statements
from references.models import Reference, Statement
from tests.references.writing import DAY, NOON, YEAR, a_source, approved, words, written

pytestmark = pytest.mark.django_db

STANDING, WAITING = Statement.State.STANDING, Statement.State.WAITING


def test_a_second_person_approves_it_for_a_year():
    statement = written()

    assert statement.state(NOON) == WAITING
    assert list(Statement.objects.waiting()) == [statement]

    statements.approve(statement, by="ben", now=NOON)

    assert (statement.written_by, statement.approved_by) == ("ann", "ben")
    assert (statement.approved_at, statement.valid_until) == (NOON, date(2027, 11, 21))
    assert statement.state(NOON) == STANDING
    assert list(Statement.objects.standing(NOON)) == [statement]
    assert not Statement.objects.waiting().exists()


def test_it_ends_after_its_last_day():
    statement = approved()

    assert statement.is_standing(NOON + YEAR)
    assert Statement.objects.standing(NOON + YEAR).exists()
    assert statement.state(NOON + YEAR + DAY) == Statement.State.ENDED
    assert not Statement.objects.standing(NOON + YEAR + DAY).exists()
    assert list(Statement.objects.lapsed(NOON + YEAR + DAY)) == [statement]
    assert not Statement.objects.lapsed(NOON).exists()


def test_sixty_days_before_its_end_it_is_due():
    statement = approved()

    assert not Statement.objects.due(NOON + 304 * DAY).exists()
    assert list(Statement.objects.due(NOON + 305 * DAY)) == [statement]
    assert statement.ends_soon(NOON + 305 * DAY)

    statements.approve(statement, by="ben", now=NOON + 305 * DAY)

    assert not Statement.objects.due(NOON + 305 * DAY).exists()
    assert statement.first_approved_at == NOON


@pytest.mark.parametrize("name", ["ann", "Ann"])
def test_nobody_approves_what_they_wrote(name):
    statement = written()

    with pytest.raises(statements.SamePerson):
        statements.approve(statement, by=name, now=NOON)

    statement.refresh_from_db()
    assert statement.approved_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Adults are advised to get 2 micrograms a day."},
        {"kind": "function"},
        {"population": "Adults"},
        {"grade": "C"},
        {"limits": "It says nothing of children."},
        {"references": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_takes_the_approval_back(change):
    statement = approved()

    statements.revise(statement, words(**change), by="ben", now=NOON + DAY)

    assert (statement.approved_by, statement.valid_until) == ("", None)
    assert (statement.written_by, statement.written_at) == ("ben", NOON + DAY)
    assert statements.words_of(statement) == words(**change)
    assert list(Statement.objects.lapsed(NOON + DAY)) == [statement]
    with pytest.raises(statements.SamePerson):
        statements.approve(statement, by="ben", now=NOON + DAY)


def test_the_same_words_again_change_nothing():
    statement = approved()

    statements.revise(statement, words(), by="eve", now=NOON + DAY)

    assert (statement.written_by, statement.approved_by) == ("ann", "ben")
    assert statement.history.count() == 2


def test_nobody_approves_words_that_changed_under_their_eyes():
    written()
    seen, other = Statement.objects.get(), Statement.objects.get()
    statements.revise(other, words(text="Adults need ten a day."), by="ann", now=NOON)

    with pytest.raises(statements.Changed):
        statements.approve(seen, by="ben", now=NOON)
    with pytest.raises(statements.Changed):
        statements.revise(seen, words(grade="C"), by="ben", now=NOON)

    other.refresh_from_db()
    assert (other.approved_at, other.grade) == (None, "B")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"references": ()}, "It has no source."),
        ({"grade": "A"}, "Grade A needs a guideline"),
        ({"text": "Our patch cures anemia."}, "The claims check flags “Our patch cures anemia"),
    ],
)
def test_what_is_not_ready_is_not_approved(changes, reason):
    statement = written(**changes)

    with pytest.raises(statements.NotReady) as refused:
        statements.approve(statement, by="ben", now=NOON)

    assert reason in str(refused.value)
    statement.refresh_from_db()
    assert statement.approved_at is None


def test_its_end_must_lie_ahead():
    statement = written()

    with pytest.raises(statements.NotReady, match="must lie ahead"):
        statements.approve(statement, by="ben", now=NOON, valid_until=NOON.date())


def test_the_grade_must_fit_the_sources():
    guideline = a_source("s2", kind="guideline")
    cohort = a_source("s3", kind="cohort")

    statements.approve(written("a", grade="A", references=(guideline,)), by="ben", now=NOON)
    statements.approve(written("c", grade="C", references=(cohort,)), by="ben", now=NOON)
    with pytest.raises(statements.NotReady, match="Grade B needs"):
        statements.approve(written("b", grade="B", references=(cohort,)), by="ben", now=NOON)


def test_what_nobody_signed_cannot_be_approved():
    statement = written(by="")

    assert statement.state(NOON) == Statement.State.UNSIGNED
    with pytest.raises(statements.NotReady, match="Nobody has signed it"):
        statements.approve(statement, by="ben", now=NOON)

    statements.sign(statement, by="ann", now=NOON)
    with pytest.raises(statements.NotReady, match="ann has signed it"):
        statements.sign(statement, by="eve", now=NOON)
    statements.approve(statement, by="ben", now=NOON)

    assert statement.is_standing(NOON)


def test_a_withdrawn_statement_stands_again_only_after_two_people():
    statement = approved()

    with pytest.raises(statements.NotReady, match="Say why"):
        statements.withdraw(statement, by="eve", now=NOON, because=" ")
    statements.withdraw(statement, by="eve", now=NOON, because="The trial was retracted.")

    assert statement.state(NOON) == Statement.State.WITHDRAWN
    assert (statement.withdrawn_because, statement.approved_by) == ("The trial was retracted.", "")
    assert list(Statement.objects.lapsed(NOON)) == [statement]
    assert not Statement.objects.due(NOON).exists()
    with pytest.raises(statements.NotReady, match="It was withdrawn"):
        statements.approve(statement, by="ben", now=NOON)

    statements.sign(statement, by="eve", now=NOON)

    assert (statement.state(NOON), statement.withdrawn_because) == (WAITING, "")


def test_its_history_names_who_did_what_with_which_sources():
    statement = approved(references=(a_source(), a_source("s2")))

    reasons = [entry.history_change_reason for entry in statement.history.order_by("history_id")]

    assert reasons == ["Written by ann; sources: s1, s2", "Approved by ben; sources: s1, s2"]


def test_a_source_that_carries_a_statement_stays():
    approved()

    with pytest.raises(ProtectedError):
        Reference.objects.get(key="s1").delete()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("statement_has_words", {"text": ""}),
        ("statement_has_words", {"limits": ""}),
        ("statement_has_words", {"population": ""}),
        ("statement_by_two_people", {"approved_by": "ann"}),
        ("statement_approved_with_end", {"valid_until": None}),
        ("statement_approved_with_end", {"approved_at": None}),
        ("statement_approved_with_end", {"approved_by": ""}),
        ("statement_approved_with_end", {"written_by": ""}),
        ("statement_withdrawn_with_reason", {"withdrawn_by": "eve"}),
        (
            "statement_withdrawn_with_reason",
            {"withdrawn_by": "eve", "withdrawn_at": NOON, "withdrawn_because": "Still approved."},
        ),
    ],
)
def test_the_database_refuses(name, changes):
    statement = approved()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(**changes)


def test_sources_are_found_by_key_in_their_order(django_assert_num_queries):
    second, first = a_source("s2"), a_source("s1")
    written("amount", references=(second, first))

    with django_assert_num_queries(1):
        assert statements.sources_of(["amount", "unknown"]) == {"amount": (second, first)}
    with django_assert_num_queries(0):
        assert statements.sources_of([]) == {}
