"""What staff fill in to decide on the words of a review or on its photo. No form here knows the stars."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from reviews import decisions
from reviews.models import Reason, Review

SHOW = "show"
NOTE_LENGTH = 1000

# What each reason covers, and what it does not, in one line.
COVERS: dict[str, str] = {
    Reason.PRIVATE_DATA: (
        "Covers contact data, and what is told of another person who can be known by it. Not covered: what "
        "somebody tells of themselves, or the first name of a colleague of ours."
    ),
    Reason.ABUSE: (
        "Covers insults, threats and slurs against people. Not covered: anger at us, harsh words about the "
        "patch, bad spelling."
    ),
    Reason.OFF_TOPIC: (
        "Covers what is about another product or about nothing here. Not covered: delivery, price, the "
        "pack, our service, or that it is short."
    ),
    Reason.FAKE: (
        "Covers signs that nobody used it: the same words under several names, words about another thing, "
        "a message that it was paid for. Not covered: a doubt, or praise that sounds too good."
    ),
    Reason.UNLAWFUL_CLAIM: (
        "Covers a statement that the patch helps an illness or takes the place of a medicine. Not covered: "
        "that it did nothing, or that the skin reacted."
    ),
}
SHOW_COVERS = (
    "Everybody reads it, whatever it says of the patch, as long as no reason below is true."
)


@dataclass(frozen=True)
class Choice:
    """One radio of a decision: `value` is "show" or a reason."""

    value: str
    label: str
    covers: str


class DecisionForm(forms.Form):
    """Show or withhold, with the words that it is about. `review` is as it stands now."""

    choices: list[Choice]
    decision = forms.ChoiceField(error_messages={"required": "Choose one."})
    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    about = "words"
    thing = "review"
    kept = "Kept in the log. The author is told that it is shown, not this."

    def __init__(self, review: Review, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=self.about)
        self.review = review
        self.choices = self._choices()
        decision = self.fields["decision"]
        decision.choices = [  # type: ignore[attr-defined]
            (one.value, one.label) for one in self.choices
        ]
        note = self.fields["note"]
        if self.is_held:
            note.label = "Why can it be shown after all?"
            note.help_text = self.kept
        else:
            note.label = f"What in the {self.thing} is it about?"
            note.help_text = (
                "Needed to withhold it. Quote the words: the author gets this line by mail, and can change "
                "them. It is kept in the log."
            )

    @property
    def is_held(self) -> bool:
        """Whether it is withheld now."""
        return self.review.state == Review.State.WITHHELD

    @property
    def is_shown(self) -> bool:
        """Whether everybody can see it now."""
        return self.review.is_shown

    @property
    def chosen(self) -> str:
        """The radio that was chosen, for the page."""
        return str(self["decision"].value() or "")

    @property
    def shows(self) -> bool:
        """Whether the decision is to show it."""
        return bool(self.cleaned_data["decision"] == SHOW)

    def clean(self) -> dict[str, Any]:
        """Whoever withholds says what it is about."""
        data = super().clean() or {}
        decision, note = data.get("decision"), data.get("note", "")
        if decision and decision != SHOW and not note.strip():
            message = "Say what it is about: the author is told, and must be able to change it."
            self.add_error("note", message)
        elif decision == SHOW and self.is_held and self.about == "words" and not note.strip():
            self.add_error("note", "Say why: it is kept in the log.")
        return data

    def _reasons(self) -> list[Reason]:
        return decisions.reasons_for(self.review)

    def _choices(self) -> list[Choice]:
        label = "Show it after all" if self.is_held else "Show it"
        show = [] if self.is_shown else [Choice(SHOW, label, SHOW_COVERS)]
        reasons = [] if self.is_held else self._reasons()
        return [
            *show,
            *(Choice(one.value, f"Withhold: {one.label}", COVERS[one]) for one in reasons),
        ]


class PhotoForm(DecisionForm):
    """The same for the photo, apart from the words."""

    about = "photo"
    thing = "photo"
    kept = "Kept in the log. The author is not told."

    @property
    def is_held(self) -> bool:
        """Whether the photo is withheld now."""
        return self.review.photo_state == Review.PhotoState.WITHHELD

    @property
    def is_shown(self) -> bool:
        """Whether the photo is shown beside shown words."""
        return self.review.photo_state == Review.PhotoState.SHOWN

    def _reasons(self) -> list[Reason]:
        return decisions.photo_reasons_for(self.review)
