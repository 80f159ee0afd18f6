"""What our own exports add to WXR: fields that WordPress does not know, as JSON in wp:postmeta.

A file is no more to be trusted for carrying them: each value is checked like any other.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime

from blog.importing import debris
from blog.importing.records import Item
from blog.models import Picture
from references.models import Reference

PREFIX = "_b12_"
POST, PICTURE = "_b12_post", "_b12_picture"
SCHEMA = 1
_SLUG = re.compile(r"[\w-]{1,200}")
_DIGEST = re.compile(r"[0-9a-f]{20}")
_REFERENCE_TEXTS = ("citation", "publisher", "doi", "pmid", "link")
_PERSON_TEXTS = ("name", "credentials", "bio", "disclosures")


@dataclass(frozen=True)
class OwnPost:
    """The fields of a post that WXR has no place for, checked."""

    texts: dict[str, str] = field(default_factory=dict)
    authors: tuple[dict[str, str], ...] = ()
    references: tuple[dict[str, Any], ...] = ()
    questions: tuple[dict[str, str], ...] = ()
    takeaways: tuple[str, ...] = ()
    read_more: tuple[str, ...] = ()
    series: dict[str, Any] | None = None
    main_picture: str = ""
    social_picture: str = ""
    heading_ids: tuple[dict[str, str], ...] = ()
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: str = ""
    publish_at: datetime | None = None
    expire_at: datetime | None = None
    changed_at: datetime | None = None
    legacy: dict[str, Any] = field(default_factory=dict)
    legacy_id: int | None = None
    state: dict[str, Any] = field(default_factory=dict)


def post_fields(item: Item) -> OwnPost | None:
    """Return what our export says of a post beyond WXR; None for everybody else's exports."""
    data = _json(item, POST)
    if data is None:
        return None
    texts = ("read_more_heading", "left_out_of_contents", "meta_title", "meta_description")
    series = data.get("series")
    legacy_id = data.get("legacy_id")
    return OwnPost(
        texts={name: debris.unmarked(_text(data, name)) for name in texts},
        authors=tuple(_person(row) for row in _rows(data, "authors")),
        references=tuple(_reference(row) for row in _rows(data, "references")),
        questions=tuple(
            {
                "question": debris.unmarked(_text(row, "question"))[:200],
                "answer": _text(row, "answer"),
            }
            for row in _rows(data, "questions")
        ),
        takeaways=tuple(debris.unmarked(text)[:400] for text in _texts(data, "takeaways")),
        read_more=tuple(slug for slug in _texts(data, "read_more") if _SLUG.fullmatch(slug)),
        series=_series(series) if isinstance(series, dict) else None,
        main_picture=_digest(data, "main_picture"),
        social_picture=_digest(data, "social_picture"),
        heading_ids=tuple(
            {"text": _text(row, "text"), "id": _text(row, "id")}
            for row in _rows(data, "heading_ids")
            if re.fullmatch(r"[\w-]{1,80}", _text(row, "id"))
        ),
        tags={_text(row, "slug"): _tag(row) for row in _rows(data, "tags")},
        status=_text(data, "status"),
        publish_at=parse_datetime_safely(_text(data, "publish_at")),
        expire_at=parse_datetime_safely(_text(data, "expire_at")),
        changed_at=parse_datetime_safely(_text(data, "changed_at")),
        legacy=_plain_data(data.get("legacy")),
        legacy_id=legacy_id if isinstance(legacy_id, int) and 0 < legacy_id < 1 << 62 else None,
        state=_state(data.get("state")),
    )


def is_ours(item: Item) -> bool:
    """Say whether `item` comes from an export of ours, which names its authors with all their fields."""
    return _json(item, POST) is not None


def picture_fields(item: Item) -> dict[str, Any]:
    """Return {"digest", "fields"} of a picture in our own export; nothing for other attachments."""
    data = _json(item, PICTURE)
    if data is None:
        return {}
    fields: dict[str, Any] = {
        "title": debris.unmarked(_text(data, "title"))[:120],
        "alt": debris.unmarked(_text(data, "alt"))[:300],
        "caption": debris.unmarked(_text(data, "caption")),
        "credit": debris.unmarked(_text(data, "credit"))[:160],
        "is_decorative": data.get("is_decorative") is True,
        "license": _text(data, "license"),
        "source_url": _address(_text(data, "source_url")),
        "legacy_url": debris.unmarked(_text(data, "legacy_url"))[:500],
    }
    if fields["license"] not in Picture.License.values:
        fields["license"] = Picture.License.UNKNOWN
    if fields["is_decorative"]:
        fields["alt"] = ""
    for name in ("focal_x", "focal_y"):
        value = data.get(name)
        fields[name] = value if isinstance(value, int) and 0 <= value <= 100 else 50  # noqa: PLR2004
    return {"digest": _digest(data, "digest"), "fields": fields}


def _json(item: Item, key: str) -> dict[str, Any] | None:
    source = item.first_meta(key)
    if not source:
        return None
    try:
        data = json.loads(source)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) and data.get("schema") == SCHEMA else None


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _texts(data: dict[str, Any], name: str) -> list[str]:
    values = data.get(name)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _rows(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = data.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _digest(data: dict[str, Any], name: str) -> str:
    value = _text(data, name)
    return value if _DIGEST.fullmatch(value) else ""


def _address(value: str) -> str:
    return value[:200] if value.startswith(("https://", "http://")) else ""


def _person(row: dict[str, Any]) -> dict[str, str]:
    texts = {name: debris.unmarked(_text(row, name)) for name in _PERSON_TEXTS}
    return {"slug": _text(row, "slug")[:120], **texts, "name": texts["name"][:120]}


def _tag(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "is_disease": row.get("is_disease") is not False,
        "meta_title": debris.unmarked(_text(row, "meta_title"))[:70],
        "meta_description": debris.unmarked(_text(row, "meta_description"))[:160],
    }


def _series(row: dict[str, Any]) -> dict[str, Any] | None:
    part = row.get("part")
    slug = _text(row, "slug")
    if not re.fullmatch(r"[a-z0-9_-]{1,120}", slug):
        return None
    return {
        "slug": slug,
        "name": debris.unmarked(_text(row, "name"))[:120] or slug,
        "introduction": debris.unmarked(_text(row, "introduction")),
        "part": part if isinstance(part, int) and 0 < part < 1000 else None,  # noqa: PLR2004
    }


def _reference(row: dict[str, Any]) -> dict[str, Any]:
    """Return a reference that can be stored; empty where it cannot."""
    year = row.get("year")
    fields: dict[str, Any] = {name: debris.unmarked(_text(row, name)) for name in _REFERENCE_TEXTS}
    fields |= {
        "key": _text(row, "key"),
        "kind": _text(row, "kind"),
        "year": year if isinstance(year, int) and 0 < year < 3000 else None,  # noqa: PLR2004
        "accessed_on": _date(_text(row, "accessed_on")),
    }
    try:
        Reference(**fields).full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError:
        return {}
    return fields


def _state(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        return {}
    reviewer = data.get("reviewed_by")
    return {
        "imported": data.get("imported") is True,
        "reviewed_by": _person(reviewer) if isinstance(reviewer, dict) else None,
        "reviewed_on": _date(_text(data, "reviewed_on")),
        "next_review_on": _date(_text(data, "next_review_on")),
    }


def _plain_data(value: Any, depth: int = 0) -> dict[str, Any]:
    """Return a dictionary of plain values in which nothing could pass for markup."""
    if not isinstance(value, dict) or depth > 3:  # noqa: PLR2004
        return {}
    kept: dict[str, Any] = {}
    for key, each in value.items():
        if isinstance(each, dict):
            kept[key] = _plain_data(each, depth + 1)
        elif isinstance(each, list):
            kept[key] = [one for one in each if _is_plain(one)]
        elif _is_plain(each):
            kept[key] = each
    return kept


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(_is_plain(each) for each in value if not isinstance(each, list))
    if isinstance(value, str):
        return not debris.has_markup(value)
    return value is None or isinstance(value, bool | int)


def parse_datetime_safely(text: str) -> datetime | None:
    """Return the moment that `text` names; None for one without a time zone, or for no moment."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
