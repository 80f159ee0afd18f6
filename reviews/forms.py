"""The forms in which a review is written and changed: they clean what was typed, and stop there.

The same questions for everybody. None of them asks what the product does in the body.
"""

from datetime import datetime
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Field, Fieldset, Layout, LayoutObject, Row
from django import forms
from django.core.exceptions import ValidationError

from reviews import traps
from reviews.form_fields import (
    CHOOSE_AGAIN,
    STARS,
    YES_NO,
    PhotoField,
    PublicWords,
    Scale,
    one_line,
)
from reviews.models import Held, Insider, SkinType, UsedFor, WornOn
from reviews.submitting import COPIED, Content
from shop.lib.form_fields import PlainSelect

TIES = (
    ("", "None of these"),
    (Insider.Tie.STAFF, "I work for this shop"),
    (Insider.Tie.FAMILY, "Somebody in my family, or a friend, works for this shop"),
    (Insider.Tie.PARTNER, "I earn a commission as a partner"),
    (Insider.Tie.SAMPLE, "I got the product for free"),
)
TOO_FAST = (
    "The form came faster than most people type, so we are not sure that a person sent it. "
    "Nothing is lost: please press the button once more."
)
_RADIOS, _DOTS = "reviews/_radios.html", "reviews/_dots.html"


def _fact(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", "No answer"), *choices],
        required=False,
        widget=PlainSelect,
        error_messages={"invalid_choice": "Please choose from the list."},
    )


class ReviewForm(forms.Form):
    """What a review says. `now` is when it is looked at; `content` holds it once it is valid."""

    stars = forms.TypedChoiceField(
        label="Your rating",
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Please choose from 1 to 5 dots.",
            "invalid_choice": "Please choose from 1 to 5 dots.",
        },
    )
    title = PublicWords(label="Title", max_length=120, required=False, validators=[one_line])
    body = PublicWords(
        label="Your review",
        links_allowed=True,
        fewest_letters=20,
        max_length=4000,
        help_text="How did it stick? How was it on your skin? How did the order go? What did you not "
        "like? From 20 to 4,000 letters. We take web addresses out.",
        error_messages={"required": "Please write a few words."},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    sticking = Scale("How well did it stick?", "came off at once", "stayed until I took it off")
    skin_comfort = Scale("How was it to wear?", "very uncomfortable", "I forgot about it")
    ease_of_use = Scale("How easy was it to put on?", "very hard", "very easy")
    value = Scale("Was it worth its price?", "not at all", "fully")
    skin_type = _fact("Your skin", SkinType.choices)
    worn_on = _fact("Worn on", WornOn.choices)
    held = _fact("It held", Held.choices)
    used_for = _fact("How long have you used it?", UsedFor.choices)
    skin_reacted = forms.TypedChoiceField(
        label="Did your skin react?",
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text="For example a red mark, or an itch. If you say yes, we write to you and ask how it is.",
        error_messages={"invalid_choice": "Please choose yes or no, or leave it open."},
    )
    photo = PhotoField()
    photo_alt = PublicWords(
        label="What the photo shows",
        max_length=160,
        required=False,
        validators=[one_line],
        help_text="In a few words, for people who cannot see it: “The patch on my upper arm after a day”.",
    )
    author_name = PublicWords(
        label="Name to show",
        max_length=60,
        validators=[one_line],
        help_text="It is shown with your review. A first name and an initial are enough, and so is a made-up one.",
        error_messages={"required": "Please give a name to show; it need not be your real one."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Fieldset(
                "Your review",
                Field("stars", template=_DOTS),
                "title",
                "body",
                css_class="form-section",
            ),
            _details(),
            Fieldset("A photo, if you like", *self.about_photo(), css_class="form-section"),
            *self.about_author(),
        )

    def about_photo(self) -> list[str | LayoutObject]:
        """Return the fields about the photo."""
        return ["photo", "photo_alt"]

    def about_author(self) -> list[str | LayoutObject]:
        """Return what stands below: who writes."""
        return [Fieldset("About you", "author_name", css_class="form-section")]

    def refuse(self, message: str) -> None:
        """Note on top that what is right cannot be taken now; a photo has to be chosen again."""
        self.add_error(None, message)
        self._ask_for_photo_again()

    def clean(self) -> dict[str, Any]:
        """Say that a file is lost where the form is shown again."""
        cleaned = super().clean() or {}
        if self.errors:
            self._ask_for_photo_again()
        return cleaned

    def _ask_for_photo_again(self) -> None:
        if "photo" in self.files and "photo" not in self.errors:
            self.add_error("photo", CHOOSE_AGAIN)

    @property
    def content(self) -> Content:
        """What somebody wrote. Only after is_valid()."""
        data = self.cleaned_data
        return Content(
            title=data["title"],
            body=data["body"],
            photo=data["photo"],
            photo_alt=data["photo_alt"],
            keeps_photo=data.get("photo_choice") == "keep",
            **{name: data[name] for name in COPIED},
        )


class InvitedForm(ReviewForm):
    """The answer to a request: we know the order, and ask for ties to us all the same."""

    tie = forms.ChoiceField(
        label="Is one of these true for you?",
        choices=TIES,
        required=False,
        widget=forms.RadioSelect,
        help_text="If so, it stands beside your review.",
        error_messages={"invalid_choice": "Please choose from the list."},
    )
    website = forms.CharField(
        label="Leave this field empty",
        required=False,
        max_length=200,
        widget=traps.EmptyInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    made_at = forms.CharField(required=False, widget=traps.TimeInput)

    def about_author(self) -> list[str | LayoutObject]:
        """Ask for the name and for ties; the traps come last."""
        fields = [*self.who(), _radios("tie", "stacked"), self._trap(), "made_at"]
        return [Fieldset("About you", *fields, css_class="form-section")]

    def who(self) -> list[str | LayoutObject]:
        """Return the fields that say who writes."""
        return ["author_name"]

    def clean_website(self) -> str:
        """Stop programs that fill in every field. A person whose browser did it only presses again."""
        if self.cleaned_data["website"]:
            message = (
                "Something filled in this field for you. It is empty again: please send once more."
            )
            raise ValidationError(message)
        return ""

    def clean(self) -> dict[str, Any]:
        """Stop programs that are faster than a person."""
        if traps.is_too_fast(str(self.cleaned_data.get("made_at", "")), now=self.now):
            self.add_error(None, TOO_FAST)
        return super().clean()

    def _trap(self) -> Div:
        # Out of sight until it was filled: then a person must see what the message is about.
        if self.is_bound and self.data.get("website"):
            return Div("website")
        return Div("website", css_class="hp", aria_hidden="true")


class OpenForm(InvitedForm):
    """A review that nobody asked for: an address is needed to send its author the link back to it."""

    email = forms.EmailField(
        label="Your email",
        max_length=254,
        help_text="Nobody sees it. We send you the link to change your review or to take it back.",
        error_messages={
            "required": "Please give us your email address: the link to change your review goes there.",
            "invalid": "This does not look like an email address. An example: name@example.com",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def who(self) -> list[str | LayoutObject]:
        """Ask for the address too."""
        return [
            Row(Column("author_name", css_class="col-md-6"), Column("email", css_class="col-md-6"))
        ]


class ChangeForm(ReviewForm):
    """The author's new version. A photo that is there stays unless told otherwise."""

    PHOTO_CHOICES: ClassVar = [("keep", "Keep the photo"), ("remove", "Take the photo away")]

    photo_choice = forms.ChoiceField(
        label="Your photo",
        choices=PHOTO_CHOICES,
        required=False,
        widget=forms.RadioSelect,
        help_text="To show another one, choose a file below.",
        error_messages={"invalid_choice": "Please choose from the list."},
    )

    def __init__(self, *args: Any, has_photo: bool, **kwargs: Any) -> None:
        self.has_photo = has_photo
        super().__init__(*args, **kwargs)
        if not has_photo:
            del self.fields["photo_choice"]

    def about_photo(self) -> list[str | LayoutObject]:
        """Ask what becomes of the photo that is there."""
        fields = super().about_photo()
        return [_radios("photo_choice"), *fields] if self.has_photo else fields


def _details() -> Fieldset:
    return Fieldset(
        "More, if you like",
        HTML('<p class="muted">Leave open what you do not want to say.</p>'),
        *(_radios(name) for name in ("sticking", "skin_comfort", "ease_of_use", "value")),
        Row(
            Column("skin_type", css_class="col-md-4"),
            Column("worn_on", css_class="col-md-4"),
            Column("held", css_class="col-md-4"),
        ),
        "used_for",
        _radios("skin_reacted"),
        css_class="form-section",
    )


def _radios(name: str, wrapper_class: str = "") -> Field:
    return Field(name, template=_RADIOS, wrapper_class=wrapper_class)
