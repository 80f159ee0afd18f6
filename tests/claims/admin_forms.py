"""The forms of the admin as a person fills them in: what stands there, with changes on top."""

from typing import Any

from django.test import Client
from django.urls import reverse


def path_of(row: Any) -> str:
    """The page on which the row is edited."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def filled_in(client: Client, path: str) -> dict[str, Any]:
    """What the form at `path` would send unchanged."""
    context = client.get(path).context
    found = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        found += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in found for field in form}
    return {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not None and value is not False
    }


def errors_of(response: Any) -> dict[str, str]:
    """Each field with its message, inline forms included, by the name that the browser sends."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += inline.formset.forms
    return {
        form.add_prefix(name): " ".join(messages)
        for form in forms
        for name, messages in form.errors.items()
    }
