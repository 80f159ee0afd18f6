"""Names for the fields of lists that staff edit in place: a column's heading alone names no field."""

from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)


class LabelledRows(ModelAdmin[Row]):
    """The admin of a list with `list_editable`: each field says what it is, and of which row."""

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's own formset, with a label for screen readers on every field."""
        formset = super().get_changelist_formset(request, **kwargs)
        return type("LabelledFormSet", (_Labelled, formset), {})


class _Labelled(BaseModelFormSet[Any, ModelForm[Any]]):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = f"{field.label}: {form.instance}"
