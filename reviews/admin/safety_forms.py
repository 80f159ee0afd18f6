"""What staff fill in on the page of a safety case. Each form is one act of reviews/safety.py."""

from datetime import datetime
from typing import Any

from django import forms

from reviews import safety
from reviews.models import SafetyCase


class CaseForm(forms.Form):
    """One act on a case. `act` names it in the page, `button` is what the button says."""

    act = ""
    button = ""
    done = ""

    def __init__(self, case: SafetyCase, data: Any = None) -> None:
        super().__init__(data, prefix=self.act, initial=self.start(case))
        self.case = case

    def start(self, case: SafetyCase) -> dict[str, Any]:
        """Return what the fields hold when the page opens."""
        return {}

    def take(self, *, by: str, now: datetime) -> None:
        """Do it. Raises safety.NotPossible."""
        raise NotImplementedError


def _text(label: str, rows: int = 2, help_text: str = "", *, required: bool = True) -> Any:
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class AskForm(CaseForm):
    """The person was asked."""

    act, button, done = "ask", "Mark as asked", "The case is marked as asked."
    how = _text("How you asked", help_text="By mail, by phone; whom you reached.")

    def take(self, *, by: str, now: datetime) -> None:
        """Note that they were asked."""
        safety.ask(self.case, how=self.cleaned_data["how"], by=by, now=now)


class RecordForm(CaseForm):
    """What is known by now."""

    act, button, done = "record", "Record the answers", "The answers are recorded."

    def __init__(self, case: SafetyCase, data: Any = None) -> None:
        super().__init__(case, data)
        for name, question in safety.QUESTIONS.items():
            column = SafetyCase._meta.get_field(name)
            length = getattr(column, "max_length", None) or 4000
            rows = 4 if name == "what_happened" else 1
            self.fields[name] = forms.CharField(
                label=safety.label_of(name).capitalize(),
                help_text=question,
                required=False,
                max_length=length,
                widget=forms.Textarea(attrs={"rows": rows}),
            )

    def start(self, case: SafetyCase) -> dict[str, Any]:
        """Return what is recorded already."""
        return {name: getattr(case, name) for name in safety.QUESTIONS}

    def take(self, *, by: str, now: datetime) -> None:
        """Write it down."""
        safety.record(self.case, self.cleaned_data, by=by, now=now)


class NoteForm(CaseForm):
    """One more entry."""

    act, button, done = "note", "Add the entry", "The entry is added."
    text = _text(
        "What happened", 3, "A mail, a call, an answer. Entries stay; nobody changes them."
    )

    def take(self, *, by: str, now: datetime) -> None:
        """Add it."""
        safety.note(self.case, self.cleaned_data["text"], by=by, now=now)


class CloseForm(CaseForm):
    """How it ended."""

    act, button, done = "close", "Close the case", "The case is closed."
    severity = forms.ChoiceField(
        label="How bad it was, as told",
        choices=[
            ("", "Choose one"),
            *((value, label) for value, label in SafetyCase.Severity.choices if value != "unknown"),
        ],
    )
    outcome = _text("What we did and how it ended", 4)

    def take(self, *, by: str, now: datetime) -> None:
        """Close it."""
        data = self.cleaned_data
        safety.close(self.case, outcome=data["outcome"], severity=data["severity"], by=by, now=now)


class ReopenForm(CaseForm):
    """There is more to it."""

    act, button, done = "reopen", "Open it again", "The case is open again."
    why = _text("Why it is opened again")

    def take(self, *, by: str, now: datetime) -> None:
        """Open it."""
        safety.reopen(self.case, why=self.cleaned_data["why"], by=by, now=now)


FORMS: dict[str, type[CaseForm]] = {
    form.act: form for form in (AskForm, RecordForm, NoteForm, CloseForm, ReopenForm)
}


def forms_for(case: SafetyCase, bound: CaseForm | None) -> dict[str, CaseForm]:
    """Return the forms that the page offers, by their acts; `bound` stands in for its own kind."""
    is_closed = case.state == SafetyCase.State.CLOSED
    acts = ["reopen", "note"] if is_closed else ["ask", "record", "note", "close"]
    offered = {act: FORMS[act](case) for act in acts}
    if bound is not None and bound.act in offered:
        offered[bound.act] = bound
    return offered
