"""Reports of skin reactions and other harm: a case for staff, whatever becomes of the review.

Each verb moves the state once, writes an entry in the same transaction, or raises and changes nothing. What
is told here is about somebody's health: nothing of it is quoted anywhere else.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Field

from reviews import notifications
from reviews.models import Review, SafetyCase, SafetyEntry

State = SafetyCase.State
Severity = SafetyCase.Severity

# What staff ask, in the order of the conversation: the column, and the question in plain words.
QUESTIONS: dict[str, str] = {
    "what_happened": "What happened? Please tell it in your own words.",
    "began": "When did it begin, and how long after you put the patch on?",
    "lasted": "How long did it last?",
    "place": "Where on the body was the patch, and where did you see or feel it?",
    "worn_for": "How long did you wear the patch?",
    "lot": "What is the lot number on the pack?",
    "also_used": (
        "Was anything else on that skin, such as lotion, soap or another patch? Do tapes or "
        "bandages ever trouble your skin?"
    ),
    "still_there": "Is it still there?",
    "doctor": "Did you see a doctor, or use a medicine for it?",
}
# What the person is told before anything is asked. We do not say what it is, or what to take for it.
FIRST: tuple[str, ...] = (
    "Take the patch off, if you still wear it.",
    "Put no new patch on that skin.",
    "See a doctor or pharmacist if the skin blisters, if it spreads, or if it does not calm down.",
    "Call 911 at once if it is hard to breathe, or if your face, lips or tongue swell.",
)


class NotPossible(Exception):
    """The step cannot be taken like that; the message says why, to staff."""


def open_case(review: Review, signs: str, *, now: datetime) -> SafetyCase:
    """Open the case of a review that reports harm and tell staff, in the caller's transaction.

    Once for each review; a changed version adds to the case. Where it was closed it opens again, and staff
    are told again.
    """
    case, is_new = SafetyCase.objects.get_or_create(
        review=review, defaults={"signs": signs[:300], "opened_at": now}
    )
    if is_new:
        notifications.staff_safety_case(case)
        return case
    _note(case, f"Changed by its author: {signs}", by="", now=now)
    if case.state == State.CLOSED:
        _move(case, State.OPEN, closed_at=None)
        notifications.staff_safety_case(case)
    return case


def ask(case: SafetyCase, *, how: str, by: str, now: datetime) -> None:
    """Note that the person was asked; `how` says by what way. Raises NotPossible."""
    with transaction.atomic():
        _move(case, State.ASKED)
        _note(case, f"Asked: {_said(how, 'Say how you asked, such as “by mail”.')}", by=by, now=now)


def record(case: SafetyCase, answers: Mapping[str, str], *, by: str, now: datetime) -> list[str]:
    """Write down what is known (keys of QUESTIONS); return the names of what changed.

    An entry keeps the words of the time, so that a later correction hides nothing. Raises NotPossible for a
    closed case.
    """
    changed = {
        name: answers[name].strip()
        for name in QUESTIONS
        if name in answers and answers[name].strip() != getattr(case, name)
    }
    if not changed:
        return []
    with transaction.atomic():
        rows = SafetyCase.objects.filter(pk=case.pk).exclude(state=State.CLOSED)
        if rows.update(**changed) != 1:
            message = "The case is closed. Open it again first."
            raise NotPossible(message)
        names = [label_of(name) for name in changed]
        lines = [
            f"{name}: {text or '(taken out)'}"
            for name, text in zip(names, changed.values(), strict=True)
        ]
        _note(case, "\n".join(["Recorded:", *lines]), by=by, now=now)
    case.refresh_from_db()
    return names


def label_of(name: str) -> str:
    """Return what a column of QUESTIONS is called. Raises FieldDoesNotExist."""
    column = SafetyCase._meta.get_field(name)
    return str(column.verbose_name) if isinstance(column, Field) else name


def note(case: SafetyCase, text: str, *, by: str, now: datetime) -> None:
    """Add an entry: a call, an answer, a thought for colleagues. Raises NotPossible for an empty one."""
    _note(case, _said(text, "Write what happened."), by=by, now=now)


def close(case: SafetyCase, *, outcome: str, severity: str, by: str, now: datetime) -> None:
    """Close a case: how it ended, and how bad it was as told, or that it could not be found out.

    Raises NotPossible without both.
    """
    words = _said(outcome, "Say what we did and how it ended.")
    if severity not in set(Severity.values) - {Severity.UNKNOWN}:
        message = "Say how bad it was, or that it could not be found out."
        raise NotPossible(message)
    with transaction.atomic():
        _move(case, State.CLOSED, outcome=words, severity=severity, closed_at=now)
        _note(case, f"Closed: {Severity(severity).label}. {words}", by=by, now=now)


def reopen(case: SafetyCase, *, why: str, by: str, now: datetime) -> None:
    """Open a closed case again; what it ended with stays among its entries. Raises NotPossible."""
    words = _said(why, "Say why it is opened again.")
    with transaction.atomic():
        _move(case, State.OPEN, closed_at=None)
        _note(case, f"Opened again: {words}", by=by, now=now)


def _move(case: SafetyCase, state: State, **fields: object) -> None:
    before = State(case.state)
    moved = 0
    if state in SafetyCase.TRANSITIONS[before]:
        rows = SafetyCase.objects.filter(pk=case.pk, state=before)
        moved = rows.update(state=state, **fields)
    case.refresh_from_db()
    if moved != 1:
        message = f"The case is {case.get_state_display().lower()} now. Please look at it again."
        raise NotPossible(message)


def _note(case: SafetyCase, text: str, *, by: str, now: datetime) -> None:
    SafetyEntry.objects.create(case=case, text=text, by=by, at=now)


def _said(text: str, otherwise: str) -> str:
    if not text.strip():
        raise NotPossible(otherwise)
    return text.strip()
