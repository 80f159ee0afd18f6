"""What is typed into the form of a post, as data: so that it can be looked at before it is saved."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from blog import snapshots, wording
from blog.admin.post_parts import OrderedRows
from blog.forms import PostForm
from blog.models import (
    Category,
    Person,
    Picture,
    PostAuthor,
    PostReference,
    Question,
    ReadMoreLink,
    Series,
    Tag,
    Takeaway,
)
from blog.prose import DROPPED_WITH_CONTENT, PICTURE_SRC, TAGS, clean_prose
from blog.snapshots import Snapshot
from references.models import Reference

MOST_DIGITS = 19  # what a number of a row can have
NO_ROW = 0


def snapshot(form: PostForm, formsets: Sequence[OrderedRows]) -> Snapshot:
    """Return what the bound forms say, in the shape of blog/snapshots.py; cleaned where it is valid,
    otherwise as it was typed. Changes nothing. At most one query for each kind of row.
    """
    rows: dict[type[Model], list[Any]] = {each.model: each.rows() for each in formsets}
    authors = [_chosen(row, "person", Person) for row in rows.get(PostAuthor, [])]
    sources = [_chosen(row, "reference", Reference) for row in rows.get(PostReference, [])]
    series = _chosen(form, "series", Series)
    return snapshots.complete(
        {
            "schema": snapshots.SCHEMA,
            **{name: _text(form, name) for name in snapshots.FIELDS},
            "body": clean_prose(_text(form, "body")),
            "authors": [_named(row) for row in authors if row],
            "categories": [_named(row) for row in _several(form, "categories", Category)],
            "tags": [
                {**_named(row), "is_disease": row.is_disease} for row in _several(form, "tags", Tag)
            ],
            "references": [{"key": row.key, "citation": row.citation} for row in sources if row],
            "questions": [
                {"question": _text(row, "question"), "answer": clean_prose(_text(row, "answer"))}
                for row in rows.get(Question, [])
            ],
            "takeaways": [_text(row, "text") for row in rows.get(Takeaway, [])],
            "read_more": [_text(row, "slug") for row in rows.get(ReadMoreLink, [])],
            "series": {**_named(series), "part": _value(form, "series_part") or None}
            if series
            else None,
            "main_picture": _digest(_chosen(form, "main_picture", Picture)),
            "social_picture": _digest(_chosen(form, "social_picture", Picture)),
        }
    )


def removed(form: PostForm, formsets: Sequence[OrderedRows]) -> list[str]:
    """Return, in words for staff, what the cleaning took out of the rich texts that were posted."""
    answers = [row for rows in formsets if rows.model is Question for row in rows.rows()]
    texts = [(form, "body"), *((row, "answer") for row in answers)]
    raw = [str(one.data.get(one.add_prefix(name), "")) for one, name in texts]
    before = Counter(each for text in raw for each in _pieces(text))
    after = Counter(each for text in raw for each in _pieces(clean_prose(text)))
    return list(_in_words(before - after))


def number(sent: str | None, otherwise: int) -> int:
    """Return the number that was sent; `otherwise` for what is none, or more than any row has."""
    text = sent or ""
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else otherwise


def _pieces(markup: str) -> Iterable[tuple[str, str]]:
    """Yield elements as ("tag", name), and what of pictures and links could be refused."""
    if "<" not in markup:
        return
    for element in wording.parsed(markup).iterdescendants():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "img" and not PICTURE_SRC.fullmatch(element.get("src", "")):
            yield ("picture", "")
        elif element.tag == "a" and element.get("href"):
            yield ("link", "")
        if element.tag not in ("img", "a"):
            yield ("tag", element.tag)


def _in_words(lost: Counter[tuple[str, str]]) -> Iterable[str]:
    if count := lost["picture", ""]:
        what = "1 picture" if count == 1 else f"{count} pictures"
        yield f"Removed: {what} from elsewhere. Posts show pictures of the library only."
    if count := lost["link", ""]:
        what = "1 link" if count == 1 else f"{count} links"
        yield f"Removed: {what} to something that is neither a page nor an email address."
    names = sorted(name for kind, name in lost if kind == "tag")
    if dropped := [name for name in names if name in DROPPED_WITH_CONTENT]:
        yield f"Removed with what was in it: {', '.join(dropped)}."
    if unknown := [name for name in names if name not in DROPPED_WITH_CONTENT | TAGS]:
        yield f"Formatting that posts do not have was removed, its words stay: {', '.join(unknown)}."


def _value(form: Any, name: str) -> Any:
    _ = form.errors  # asks for the cleaning, where it has not been done
    return form.cleaned_data[name] if name in form.cleaned_data else form[name].value()


def _text(form: Any, name: str) -> str:
    return str(_value(form, name) or "")


def _chosen(form: Any, name: str, model: type[Any]) -> Any:
    value = _value(form, name)
    if value is None or isinstance(value, model):
        return value
    return next(iter(_found(model, [value])), None)


def _several(form: Any, name: str, model: type[Any]) -> Iterable[Any]:
    value = _value(form, name)
    return value if hasattr(value, "all") else _found(model, value or [])


def _found(model: type[Any], keys: Iterable[Any]) -> Iterable[Any]:
    numbers = [number(str(key), NO_ROW) for key in keys]
    found: Iterable[Any] = model._default_manager.filter(pk__in=numbers)
    return found


def _named(row: Any) -> dict[str, Any]:
    return {"slug": row.slug, "name": row.name}


def _digest(picture: Picture | None) -> str:
    return picture.digest if picture else ""
