"""The three forms with which staff settle a question of a visitor."""

from typing import Any, ClassVar

from django import forms

from claims.form_checks import ClaimsForm
from pages.models import FaqItem, VisitorQuestion
from pages.published_texts import FAQ_ITEM
from pages.questions import free_slug


class AnswerForm(ClaimsForm[FaqItem]):
    """The row of the FAQ that a question becomes. It is checked like one that staff write there."""

    claims_texts = FAQ_ITEM

    slug = forms.SlugField(
        label="Address",
        max_length=50,
        required=False,
        help_text="The answer's anchor on the FAQ page. Leave it empty: it is made of the question.",
    )

    class Meta:
        model = FaqItem
        fields = ("question", "answer", "group", "on_product_page", "slug")
        labels: ClassVar = {
            "question": "The question as it will stand",
            "on_product_page": "Show it on the product page too",
        }
        help_texts: ClassVar = {
            "question": "In our own words, for everybody: 160 letters at most, nothing private.",
        }
        widgets: ClassVar = {
            "question": forms.Textarea(attrs={"rows": 2}),
            "answer": forms.Textarea(attrs={"rows": 8}),
        }

    def __init__(self, asked: VisitorQuestion, data: Any = None) -> None:
        super().__init__(data, initial={"question": asked.question})

    def clean_question(self) -> str:
        """Write it in one line."""
        return " ".join(str(self.cleaned_data["question"]).split())

    def clean_slug(self) -> str:
        """Make an anchor of the question where none was typed. It is read by the claims check as well."""
        typed = str(self.cleaned_data["slug"])
        question = str(self.cleaned_data.get("question", ""))
        return typed or (free_slug(question) if question else "")


class AnsweredThereForm(forms.Form):
    """The row of the FAQ that answers the question already."""

    item = forms.ModelChoiceField(
        label="Answered there",
        queryset=FaqItem.objects.none(),
        empty_label="Please choose",
        error_messages={"required": "Please choose the row that answers it."},
        help_text="Who asked gets that answer by mail, if they left an address.",
    )

    def __init__(self, asked: VisitorQuestion, data: Any = None) -> None:
        super().__init__(data)
        item: Any = self.fields["item"]
        item.queryset = FaqItem.objects.published().select_related("group")
        item.label_from_instance = lambda row: f"{row.group}: {row}"


class DeclineForm(forms.Form):
    """Why nobody answers. The reasons are listed, and none of them is a matter of taste."""

    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Please choose"), *VisitorQuestion.Reason.choices],
        error_messages={"required": "Please choose the reason."},
        help_text="Who asked is told the reason by mail, if they left an address; not so for abuse.",
    )
    note = forms.CharField(
        label="Note for colleagues",
        required=False,
        max_length=300,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stays here. It is deleted with the question after 90 days.",
    )

    def __init__(self, asked: VisitorQuestion, data: Any = None) -> None:
        super().__init__(data)
