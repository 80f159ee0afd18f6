"""The texts the shop opens with: `pages/content/**.toml`, loaded so that staff's edits always win."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from pages.models import (
    DailyAmount,
    Estimate,
    FaqGroup,
    FaqItem,
    FoodSource,
    InfoPage,
    PageBlock,
    Study,
    StudyTopic,
)
from pages.starter_rows import StarterLoader
from references.models import Reference

CONTENT = Path(__file__).parent / "content"
# The day on which all entries were last compared with the fact sheet.
REVIEWED = date(2026, 11, 20)


@transaction.atomic
def load(now: datetime) -> str:
    """Add what is new, refresh what staff left alone, and keep every row that staff edited or deleted."""
    loader = StarterLoader(now)
    _load_references(loader)
    _load_pages(loader)
    _load_questions(loader)
    _load_facts(loader)
    _load_studies(loader)
    return f"pages: {loader.added} added, {loader.refreshed} refreshed, {loader.kept} kept"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text("utf-8"), parse_float=Decimal)


def _load_references(loader: StarterLoader) -> None:
    for key, values in _read("references.toml").items():
        loader.put(Reference, {"key": key}, values)


def _load_pages(loader: StarterLoader) -> None:
    for file in sorted((CONTENT / "info").glob("*.toml")):
        values = _read(f"info/{file.name}")
        blocks = values.pop("blocks", [])
        page = loader.put(InfoPage, {"slug": values.pop("slug")}, values)
        for position, block in enumerate(blocks if page else [], start=1):
            found = {"page": page, "key": block.pop("key")}
            loader.put(PageBlock, found, {**block, "position": position * 10})


def _load_questions(loader: StarterLoader) -> None:
    for place, group_values in enumerate(_read("questions.toml")["group"], start=1):
        items = group_values.pop("items")
        found = {"slug": group_values.pop("slug")}
        group = loader.put(FaqGroup, found, {**group_values, "position": place * 10})
        for position, item in enumerate(items if group else [], start=1):
            values = {**item, "group": group, "position": position * 10}
            loader.put(FaqItem, {"slug": values.pop("slug")}, values)


def _load_facts(loader: StarterLoader) -> None:
    facts = _read("facts.toml")
    for place, row in enumerate(facts["amounts"], start=1):
        values = _with_reference({"position": place * 10, **row})
        loader.put(DailyAmount, {"group": values.pop("group")}, values)
    for row in facts["foods"]:
        values = _with_reference({"reference": "r6", **row})
        loader.put(FoodSource, {"name": values.pop("name")}, values)


def _load_studies(loader: StarterLoader) -> None:
    data = _read("studies.toml")
    for place, (slug, name) in enumerate(data["topics"].items(), start=1):
        loader.put(StudyTopic, {"slug": slug}, {"name": name, "position": place * 10})
    for slug, values in data["studies"].items():
        estimates = values.pop("estimates", [])
        topics = list(StudyTopic.objects.filter(slug__in=values.pop("topics")))
        fields = _with_reference({"last_reviewed": REVIEWED, **values})
        study = loader.put(Study, {"slug": slug}, fields, topics=topics)
        for position, found, rest in _estimates(study, estimates):
            loader.put(Estimate, found, {**rest, "position": position * 10})


def _estimates(
    study: Study | None, rows: list[dict[str, Any]]
) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    for position, row in enumerate(rows if study else [], start=1):
        found = {"study": study, "plot": row.pop("plot"), "label": row.pop("label")}
        yield position, found, row


def _with_reference(values: dict[str, Any]) -> dict[str, Any]:
    """Put the source itself where its key stands. Raises Reference.DoesNotExist for an unknown key."""
    return {**values, "reference": Reference.objects.get(key=values["reference"])}
