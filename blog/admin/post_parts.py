"""The rows of a post in its form: authors, sources, questions, takeaways, what to read next.

A row has its place by a number; rows without one come last. A save numbers them from 1.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, QueryDict

from blog.models import Post, PostAuthor, PostReference, Question, ReadMoreLink, Takeaway
from blog.prose import EXTENSIONS, ProseField

# In the form of somebody whose words go on top of a colleague's, every row is a new one: the rows that
# the form was opened with may be gone.
ALL_NEW = "rows_are_new"
LAST = 32_767
# The browser's part of the editor registers schemes of links for all editors of a page: it complains of
# each after the first. It knows these three by itself, and the cleaning asks nobody.
IN_THE_BROWSER = {**EXTENSIONS, "Link": {"enableTarget": False}, "NoSpellCheck": False}


class RowForm(forms.ModelForm[Any]):
    """One row. Its place is a small number, or empty."""

    position = forms.IntegerField(
        label="Place",
        required=False,
        min_value=0,
        max_value=LAST,
        widget=forms.NumberInput(attrs={"class": "row-place", "min": 0}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial.pop("position", None)

    def clean_position(self) -> int:
        """A row without a number stands last."""
        place = self.cleaned_data["position"]
        return LAST if place is None else place


class OrderedRows(forms.BaseInlineFormSet[Any, Post, Any]):
    """Rows in the order of their numbers."""

    model: type[Any]

    @property
    def is_replacing(self) -> bool:
        """Whether these rows take the place of all that are stored."""
        return self.is_bound and self.data.get(ALL_NEW) == "1"

    def rows(self) -> list[Any]:
        """Return the forms of the rows that stay, in their order, also where they are not valid."""
        kept = [form for form in self.forms if self._stays(form)]
        # sorted() is stable: of two with one number the upper one comes first.
        return sorted(kept, key=_place)

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 (Django's signature)
        """Save the rows and number them from 1."""
        if commit and self.is_replacing:
            self.model._default_manager.filter(post=self.instance).delete()
        saved = super().save(commit)
        for place, form in enumerate(self.rows(), start=1):
            row = form.instance
            if commit and row.position != place:
                self.model._default_manager.filter(pk=row.pk).update(position=place)
        return saved

    def _stays(self, form: Any) -> bool:
        if not self.is_bound:
            return not form.instance._state.adding
        _ = form.errors  # asks for the cleaning, where it has not been done
        if form.cleaned_data.get(DELETION_FIELD_NAME):
            return False
        return bool(form.has_changed() or not form.empty_permitted)


def _place(form: Any) -> int:
    if not form.is_bound:
        return int(form.instance.position)
    place = form.cleaned_data.get("position")
    return LAST if place is None else int(place)


def as_new_rows(data: QueryDict) -> QueryDict:
    """Return the data with every row made a new one. Rows marked for deletion stay marked: nothing stores them."""
    changed = data.copy()
    for total in [name for name in data if name.endswith("-TOTAL_FORMS")]:
        prefix = total.removesuffix("-TOTAL_FORMS")
        changed[f"{prefix}-INITIAL_FORMS"] = "0"
        for name in [name for name in data if name.startswith(f"{prefix}-")]:
            if name.endswith("-id"):
                changed[name] = ""
    changed[ALL_NEW] = "1"
    return changed


# ?plain=1 opens the form for a browser without JavaScript: whole lists to choose from, empty rows to fill.
PLAIN = "plain"
EMPTY_ROWS = 3


class WritersFields:
    """Fields for people who write: few icons beside a choice, and one editor for every rich text."""

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """Return the fields whose values are found by typing; that takes a script."""
        if PLAIN in request.GET:
            return ()
        return super().get_autocomplete_fields(request)  # type: ignore[misc]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Return how many rows stand there empty: some, where no script adds them."""
        return EMPTY_ROWS if PLAIN in request.GET else 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return Django's own field; what is chosen is changed and deleted on a page of its own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        widget = getattr(field, "widget", None)
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget.can_change_related = widget.can_delete_related = False
        if isinstance(db_field, ProseField):
            field.widget.config = {"extensions": IN_THE_BROWSER}
        return field


class AuthorInline(WritersFields, admin.TabularInline[PostAuthor, Post]):
    """Who wrote it; the first is named first."""

    model = PostAuthor
    autocomplete_fields = ("person",)
    verbose_name = "author"


class SourceInline(WritersFields, admin.TabularInline[PostReference, Post]):
    """What it may cite."""

    model = PostReference
    autocomplete_fields = ("reference",)
    verbose_name = "source"


class QuestionInline(WritersFields, admin.StackedInline[Question, Post]):
    """Questions with their answers, below the text."""

    model = Question
    fields = ("question", "answer", "position")


class TakeawayInline(WritersFields, admin.TabularInline[Takeaway, Post]):
    """What a reader should leave with."""

    model = Takeaway


class ReadMoreForm(RowForm):
    """A post to read next; the page has a list of addresses to choose from."""

    class Meta:
        widgets = {"slug": forms.TextInput(attrs={"class": "vTextField", "list": "post-addresses"})}


class ReadMoreInline(WritersFields, admin.TabularInline[ReadMoreLink, Post]):
    """Posts to read next."""

    model = ReadMoreLink
    form = ReadMoreForm
    verbose_name = "post to read next"
    verbose_name_plural = "read more"


INLINES = (AuthorInline, SourceInline, QuestionInline, TakeawayInline, ReadMoreInline)
for inline in INLINES:
    inline.formset = OrderedRows  # type: ignore[misc]
    inline.form = inline.form if issubclass(inline.form, RowForm) else RowForm  # type: ignore[misc]
