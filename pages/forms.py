"""The forms of visitors: they clean what was typed, and stop there."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from pages.contact import Letter
from pages.models import ContactMessage
from pages.models.questions import LONGEST_QUESTION
from pages.questions import Asked

# A line break in a name would let a sender add headers to the mail that carries it.
one_line = RegexValidator(r"^[^\x00-\x1f\x7f]*\Z", "Please write this on one line.")

SHORTEST_QUESTION = 10


class EmptyInput(forms.TextInput):
    """A field that never shows what was sent with it."""

    def format_value(self, value: Any) -> None:
        """Forget the value."""


class FormWithTrap(forms.Form):
    """A form on a page that everybody's cache may keep, with a field that only programs fill in."""

    website = forms.CharField(
        label="Leave this field empty",
        required=False,
        max_length=200,
        widget=EmptyInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_website(self) -> str:
        """Stop programs that fill in every field. A person whose browser did it only presses again."""
        if self.cleaned_data["website"]:
            msg = (
                "Something filled in this field for you. It is empty again: please send once more."
            )
            raise ValidationError(msg)
        return ""

    def _trap(self) -> Div:
        # Out of sight until it was filled: then a person must see what the message is about.
        if self.is_bound and self.data.get("website"):
            return Div("website")
        return Div("website", css_class="hp", aria_hidden="true")


class ContactForm(FormWithTrap):
    """Who writes, about what, and the words."""

    name = forms.CharField(
        label="Your name",
        max_length=80,
        strip=True,
        validators=[one_line],
        error_messages={"required": "Please tell us your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your email",
        max_length=254,
        error_messages={
            "required": "Please give us an email address, so that we can answer.",
            "invalid": "This does not look like an email address. An example: name@example.com",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    topic = forms.ChoiceField(
        label="Topic",
        choices=[("", "Please choose"), *ContactMessage.Topic.choices],
        error_messages={
            "required": "Please choose a topic.",
            "invalid_choice": "Please choose a topic from the list.",
        },
    )
    order_number = forms.CharField(
        label="Order number",
        max_length=20,
        required=False,
        validators=[RegexValidator(r"^[A-Za-z0-9 -]*\Z", "Letters, digits and hyphens only.")],
        help_text="It is in our emails. It helps us find your order.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    message = forms.CharField(
        label="Your message",
        max_length=4000,
        error_messages={"required": "Please write your message."},
        help_text="Please leave out health details. 4,000 letters at most.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Row(Column("name", css_class="col-md-6"), Column("email", css_class="col-md-6")),
            Row(
                Column("topic", css_class="col-md-6"), Column("order_number", css_class="col-md-6")
            ),
            Field("message"),
            self._trap(),
        )

    def clean_order_number(self) -> str:
        """Write the number as our emails do."""
        return "".join(str(self.cleaned_data["order_number"]).upper().split())

    @property
    def letter(self) -> Letter:
        """The checked message. Only after is_valid()."""
        data = self.cleaned_data
        return Letter(
            name=data["name"],
            email=data["email"],
            order_number=data["order_number"],
            topic=data["topic"],
            message=data["message"],
        )


class QuestionForm(FormWithTrap):
    """A question for everybody, and where to send the answer."""

    question = forms.CharField(
        label="Your question",
        max_length=LONGEST_QUESTION,
        error_messages={"required": "Please write your question."},
        help_text="One question, 10 to 300 letters. Please leave out health details.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=80,
        strip=True,
        validators=[one_line],
        help_text="We do not show it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your email",
        required=False,
        max_length=254,
        error_messages={
            "invalid": "This does not look like an email address. An example: name@example.com",
        },
        help_text="Only if you want one email with the answer.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Field("question"),
            Row(Column("name", css_class="col-md-6"), Column("email", css_class="col-md-6")),
            self._trap(),
        )

    def clean_question(self) -> str:
        """Write it in one line: what counts are letters, not spaces."""
        question = " ".join(str(self.cleaned_data["question"]).split())
        if len(question) < SHORTEST_QUESTION:
            msg = "Please write a few words more."
            raise ValidationError(msg)
        return question

    @property
    def asked(self) -> Asked:
        """The checked question. Only after is_valid()."""
        data = self.cleaned_data
        return Asked(data["question"], data["name"], data["email"])
