"""Cases of reported skin reactions: each step is taken once, leaves an entry, and ends with an outcome."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from post_office.models import Email

from reviews import safety, submitting
from reviews.models import Review, SafetyCase, SafetyEntry
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
WORDS = "It left a red ring on my arm and itched."


@pytest.fixture
def case():
    return make_review(make_content(body=WORDS)).safety_case


def entries(case):
    return [(entry.text, entry.by) for entry in case.entries.all()]


def test_a_report_opens_a_case_and_is_shown(case):
    assert (case.state, case.severity) == ("open", "unknown")
    assert case.signs == "red ring"
    assert case.review.state == Review.State.SHOWN
    [mail] = Email.objects.filter(subject__icontains="case") | Email.objects.filter(
        message__contains="safetycase"
    )
    assert "itch" not in mail.subject + mail.message + mail.html_message


def test_the_tick_alone_opens_a_case():
    review = make_review(make_content(skin_reacted=True))
    assert review.safety_case.signs == "ticked “My skin reacted”"


def test_a_review_without_a_report_opens_none():
    review = make_review(make_content(body="No rash at all, and it stayed on for a day."))
    assert not SafetyCase.objects.exists()
    assert not review.reports_reaction


def test_the_steps_of_a_case_leave_entries(case):
    safety.ask(case, how="by mail", by="ana", now=LATER)
    assert case.state == "asked"
    changed = safety.record(case, {"lot": " L7 ", "place": ""}, by="ana", now=LATER)
    assert changed == ["lot number on the pack"]
    safety.close(case, outcome="It went away.", severity="mild", by="ana", now=LATER)

    assert (case.state, case.closed_at, case.lot) == ("closed", LATER, "L7")
    assert entries(case) == [
        ("Asked: by mail", "ana"),
        ("Recorded:\nlot number on the pack: L7", "ana"),
        ("Closed: Went away by itself. It went away.", "ana"),
    ]


def test_the_same_answers_are_recorded_once(case):
    safety.record(case, {"lot": "L7"}, by="ana", now=LATER)
    assert safety.record(case, {"lot": "L7"}, by="ana", now=LATER) == []
    assert SafetyEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("outcome", "severity"), [("", "mild"), ("Done.", "unknown"), ("Done.", "")]
)
def test_a_case_is_not_closed_without_outcome_and_severity(case, outcome, severity):
    with pytest.raises(safety.NotPossible):
        safety.close(case, outcome=outcome, severity=severity, by="ana", now=LATER)
    case.refresh_from_db()
    assert (case.state, case.entries.count()) == ("open", 0)


def test_what_could_not_be_found_out_is_said_to_be_so(case):
    safety.close(case, outcome="No answer to two mails.", severity="no_answer", by="a", now=LATER)
    assert case.get_severity_display() == "Could not be found out"


def test_the_database_refuses_a_closed_case_without_an_outcome(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyCase.objects.filter(pk=case.pk).update(state="closed", closed_at=LATER)


def test_two_who_close_it_at_once_close_it_once(case):
    stale = SafetyCase.objects.get(pk=case.pk)
    safety.close(case, outcome="Fine.", severity="mild", by="ana", now=LATER)
    with pytest.raises(safety.NotPossible, match="closed now"):
        safety.close(stale, outcome="Bad.", severity="serious", by="bo", now=LATER)
    assert (stale.outcome, stale.severity, stale.entries.count()) == ("Fine.", "mild", 1)


def test_nothing_is_recorded_in_a_closed_case(case):
    stale = SafetyCase.objects.get(pk=case.pk)
    safety.close(case, outcome="Fine.", severity="mild", by="ana", now=LATER)
    with pytest.raises(safety.NotPossible, match="Open it again"):
        safety.record(stale, {"lot": "L9"}, by="bo", now=LATER)
    assert case.entries.count() == 1


def test_a_closed_case_opens_again_with_a_reason(case):
    safety.close(case, outcome="Fine.", severity="mild", by="ana", now=LATER)
    with pytest.raises(safety.NotPossible):
        safety.reopen(case, why=" ", by="ana", now=LATER)
    safety.reopen(case, why="She wrote again.", by="ana", now=LATER)
    assert (case.state, case.closed_at, case.outcome) == ("open", None, "Fine.")
    assert entries(case)[-1] == ("Opened again: She wrote again.", "ana")


def test_a_changed_report_opens_a_closed_case_again_and_tells_staff(case):
    safety.close(case, outcome="Fine.", severity="mild", by="ana", now=LATER)
    mails = Email.objects.filter(message__contains="safetycase").count()
    submitting.edit(case.review_id, make_content(body="Now it blistered."), now=LATER)
    case.refresh_from_db()
    assert case.state == "open"
    assert entries(case)[-1] == ("Changed by its author: blistered", "")
    assert Email.objects.filter(message__contains="safetycase").count() == mails + 1


def test_the_questions_are_columns_and_ask_all_that_has_to_be_known():
    columns = {field.name for field in SafetyCase._meta.get_fields()}
    assert set(safety.QUESTIONS) <= columns
    text = " ".join(safety.QUESTIONS.values()).lower()
    for word in ("begin", "how long", "where", "wear", "lot number", "tapes", "still", "doctor"):
        assert word in text
