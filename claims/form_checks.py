"""The claims check in the forms of staff: what would be published with an open finding is not saved.

Only what changes with this save is refused, beside its field. A sentence that was public before and is not
touched stands in the queue and is only mentioned, so that a price can be corrected while it waits there.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from claims import nightly
from claims.desk import OpenFinding, PublishedText, open_findings
from claims.row_texts import RowTexts

Row = TypeVar("Row", bound=Model)

ASK = "claims.request_override"
# What publishes a row, where the flagged field is not in the form.
SWITCHES = ("is_published", "is_active")
# Beside a product even a cited study is a claim (21 CFR 101.93(g)), so its texts cite nothing.
PRODUCTS = {"patch", "ingest"}
CITATION = re.compile(r"\[(?:claim|ref):", re.IGNORECASE)
CITES_NOTHING = (
    "The texts of a shop's pages cite no statement and no study: say here what the product is."
)


def message_of(one: OpenFinding) -> str:
    """Return what staff read beside the field: the sentence, what is wrong, the two ways out."""
    said = f"“{one.sentence}”: {one.finding.suggestion}"
    if one.override_state:
        return f"{said} Somebody asked to let it stand: a second person has to allow it first."
    return f"{said} Change it, or ask a second person to let it stand."


class ClaimsForm(forms.ModelForm[Row]):
    """A form for rows that visitors read; `claims_texts` says what of them, and when.

    After validation `claims_refused` holds the findings that block, `claims_standing` those that stood
    before and are not touched.
    """

    claims_texts: RowTexts[Any]

    def _post_clean(self) -> None:
        # Here the row has what was typed, and an inline row its parent with what was typed there.
        super()._post_clean()  # type: ignore[misc]
        self.claims_refused: list[OpenFinding] = []
        self.claims_standing: list[OpenFinding] = []
        if self.errors:
            return
        for text in self.claims_texts.of(self.instance):
            if text.context in PRODUCTS and CITATION.search(text.text):
                self.add_error(self._claims_field(text.field), CITES_NOTHING)
        for one, is_new in self._claims():
            if is_new:
                self.claims_refused.append(one)
                self.add_error(self._claims_field(one.text.field), message_of(one))
            else:
                self.claims_standing.append(one)

    def _claims(self) -> Iterator[tuple[OpenFinding, bool]]:
        texts = self.claims_texts
        if not texts.is_public(self.instance):
            return
        found = open_findings(texts.of(self.instance))
        before = self._before() if found else set()
        for one in found:
            yield one, _said(one.text) not in before

    def _before(self) -> set[tuple[str, str, str]]:
        stored = self.claims_texts.stored(self.instance)
        if stored is None or not self.claims_texts.is_public(stored):
            return set()
        return {_said(text) for text in self.claims_texts.of(stored)}

    def _claims_field(self, name: str) -> str | None:
        return next((field for field in (name, *SWITCHES) if field in self.fields), None)


def form_of(texts: RowTexts[Any]) -> type[ClaimsForm[Any]]:
    """Return the form of rows that need no more of one than the check."""

    class Checked(ClaimsForm[Any]):
        claims_texts = texts

    return Checked


def _said(text: PublishedText) -> tuple[str, str, str]:
    # The context too: a tablet that becomes a patch says the same words under other rules.
    return text.field, text.context, text.text


class ClaimsChecked(admin.ModelAdmin[Row]):
    """The admin of rows that visitors read. Its form, and those of its inlines, are ClaimsForms."""

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Rows that are published from the list are checked like those published from their page."""
        kwargs.setdefault("form", self.form)
        return super().get_changelist_form(request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put the way to an override above a form that was refused; beside the field it would be in the way."""
        pages = [inline.formset for inline in context.get("inline_admin_formsets", ())]
        refused = list(_of_all(context["adminform"].form, pages, "claims_refused"))
        links = [(one.ask_path, one.sentence) for one in refused if one.ask_path]
        if links and request.user.has_perm(ASK):
            asking = format_html_join(
                " ", '<a href="{}">Ask to let “{}” stand</a>.', dict.fromkeys(links)
            )
            messages.warning(request, format_html("If a sentence is right as it is: {}", asking))
        elif refused and not links:
            messages.warning(request, "To ask for a sentence, save without it first.")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 (Django's signature)
    ) -> None:
        """Save; then bring the queue up to date, and mention what stood there before."""
        # A row that is deleted with this save is known by its name only before.
        found: dict[str, list[PublishedText]] = {one: [] for one in _subjects(form, formsets)}
        super().save_related(request, form, formsets, change)
        for text in _public(form, formsets):
            found.setdefault(text.subject, []).append(text)
        nightly.look_at(found, timezone.now())
        standing = list(_of_all(form, formsets, "claims_standing"))
        if standing:
            messages.warning(request, _mention(standing))

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        """Delete the row; what it said leaves the queue."""
        rows = {self._claims_texts().subject(obj): obj}
        super().delete_model(request, obj)
        self._look_at(rows)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Row]) -> None:
        """Do the same for several rows."""
        rows = {self._claims_texts().subject(row): row for row in queryset}
        super().delete_queryset(request, queryset)
        self._look_at(rows)

    def _claims_texts(self) -> RowTexts[Any]:
        return cast("type[ClaimsForm[Row]]", self.form).claims_texts

    def _look_at(self, rows: dict[str, Row]) -> None:
        texts = self._claims_texts()
        found = {subject: texts.public_of(row) for subject, row in rows.items()}
        nightly.look_at(found, timezone.now())


def _of_all(form: Any, formsets: Iterable[Any], name: str) -> Iterator[OpenFinding]:
    for one in (form, *(one for formset in formsets for one in formset.forms)):
        yield from getattr(one, name, ())


def _subjects(form: Any, formsets: Iterable[Any]) -> Iterator[str]:
    """Yield what the queue calls the rows that were there before."""
    for one in (form, *(one for formset in formsets for one in formset.initial_forms)):
        if isinstance(one, ClaimsForm):
            yield one.claims_texts.subject(one.instance)


def _public(form: Any, formsets: Iterable[Any]) -> Iterator[PublishedText]:
    """Yield what visitors read of the row and of its inlines: what its form publishes, it publishes for them."""
    if isinstance(form, ClaimsForm):
        yield from form.claims_texts.public_of(form.instance)
    for formset in formsets:
        if issubclass(formset.form, ClaimsForm):
            yield from formset.form.claims_texts.public_where(**{formset.fk.name: form.instance})


def _mention(standing: list[OpenFinding]) -> SafeString:
    sentences = format_html_join(" ", "“{}”", dict.fromkeys((one.sentence,) for one in standing))
    return format_html("Saved. These sentences stood before and wait in the queue: {}", sentences)
