"""What staff write about a statement, and what they say when they decide on one."""

import re
from typing import Any

from django import forms

from references.models import Reference, Statement
from references.statements import OWN, Words, words_of

_BETWEEN = re.compile(r"[\s,;]+")


class StatementForm(forms.ModelForm[Statement]):
    """The words of a statement and its sources. Saving is up to references/statements.py."""

    sources = forms.CharField(
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"class": "vTextField", "spellcheck": "false"}),
        help_text="Their keys in the order of the page, such as r5, r6. At least one, before it can be "
        "approved; the strongest first.",
    )
    opened_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Statement
        fields = ("key", *OWN)
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
            for name in ("text", "limits")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            references = words_of(self.instance).references
            self.initial["sources"] = ", ".join(reference.key for reference in references)
            self.initial["opened_version"] = self.instance.version

    def clean_sources(self) -> tuple[Reference, ...]:
        """Return the sources, each once. Refuses keys that no source has."""
        typed = filter(None, _BETWEEN.split(self.cleaned_data["sources"]))
        keys = list(dict.fromkeys(key.strip("[]@").lower() for key in typed))
        known = Reference.objects.in_bulk(keys, field_name="key")
        if unknown := [key for key in keys if key not in known]:
            message = f"There is no source {', '.join(unknown)}: add it to the sources first."
            raise forms.ValidationError(message)
        return tuple(known[key] for key in keys)

    def clean(self) -> dict[str, Any]:
        """Refuse what was opened before somebody else's change."""
        cleaned = super().clean() or {}
        if self.instance.pk and cleaned.get("opened_version") != self.instance.version:
            message = "Somebody changed this statement after you opened it. Copy what you wrote, and open it again."
            raise forms.ValidationError(message)
        return cleaned

    def words(self) -> Words:
        """Return what the form says."""
        own = {name: self.cleaned_data[name] for name in OWN}
        return Words(**own, references=self.cleaned_data["sources"])


class DecisionForm(forms.Form):
    """What is sent with a button: the version that was looked at, and a day or a reason."""

    version = forms.IntegerField()
    valid_until = forms.DateField(required=False)
    because = forms.CharField(required=False, max_length=300)
