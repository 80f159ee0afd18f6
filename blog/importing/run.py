"""The import of a file, from the first reading to the last line.

First the whole file is read and nothing is written; a file that is broken anywhere imports nothing. Then
each post is stored in a transaction of its own. A run that was killed goes on where it stopped when it is
started again, because what is there already is recognized (docs/decisions/0026).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from django.db import transaction

from blog.importing import plan as planning
from blog.importing import reading, terms
from blog.importing.attachments import NoPicture, Shelf
from blog.importing.identity import Known, known_posts
from blog.importing.plan import Plan, about_item
from blog.importing.prepared import PreparedPost, Preparing
from blog.importing.records import Item
from blog.importing.report import Report
from blog.importing.writing import Hand, write, write_redirect
from blog.models import Tag
from search import indexing
from search.models import Kind

logger = logging.getLogger(__name__)

Progress = Callable[[Iterable[Item], int], Iterable[Item]]


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for. `zone` is the old blog's time zone; `restores` see writing.Hand."""

    zone: tzinfo
    by: str
    now: datetime
    media: Path | None = None
    dry_run: bool = False
    restores: bool = False
    progress: Progress = field(default=lambda items, _total: items)


def import_file(path: Path, wishes: Wishes, report: Report | None = None) -> Report:
    """Import the export at `path` (or say what would be) and return the report.

    Raises NotAnExport, and then has written nothing.
    """
    report = report or Report()
    known = known_posts()
    shelf = Shelf(wishes.media, dry_run=wishes.dry_run)
    plan = planning.planned(path, shelf, known, report)
    hand = Hand(wishes.by, wishes.now, restores=wishes.restores)
    sorting = terms.settled(plan, report)
    plan.addresses.tags, plan.addresses.categories = sorting.tags, sorting.categories
    if not wishes.dry_run:
        _write_sorting(sorting, hand, report)
    preparing = Preparing(plan, sorting, wishes.zone, dict(known.legacy_ids))
    run = _Run(preparing, known, hand, report, dry_run=wishes.dry_run)
    with indexing.paused():
        for item in wishes.progress(_posts(plan), len(plan.entries)):
            run.take(item)
    _take_in_the_rest(shelf, report)
    if not wishes.dry_run:
        # Also what a run wrote that was killed before it came here.
        indexing.mend(Kind.POST)
    return report


@dataclass
class _Run:
    preparing: Preparing
    known: Known
    hand: Hand
    report: Report
    dry_run: bool

    def take(self, item: Item) -> None:
        """Import one post, or note why not. Whatever goes wrong with it harms no other post."""
        about = about_item(item)
        try:
            with transaction.atomic():
                notes = self._take(item)
        except Exception as error:  # every post stands for itself
            logger.exception("import of %s", about)
            self.report.fail(about, f"{type(error).__name__}: {error}")
            return
        for note in notes:
            self.report.note(about, note)

    def _take(self, item: Item) -> list[str]:
        entry = self.preparing.plan.entries[item.number]
        if entry.is_here:
            self.report.count("left alone: here already")
            return []
        stored = self.known.stored.get(entry.identity)
        if stored and stored.is_edited:
            self.report.count("left alone: edited here")
            return ["left as it is: it was edited here since the import"]
        prepared = self.preparing.prepared(item, entry)
        if stored and stored.digest == prepared.digest:
            self.report.count("unchanged")
            return []
        notes = [*_change_of_address(item, prepared), *prepared.notes, *prepared.claims()]
        if not self.dry_run:
            notes += write(prepared, stored, self.hand)
        if legacy_id := prepared.fields["legacy_id"]:
            self.preparing.legacy_ids.setdefault(legacy_id, entry.identity)
        self.report.count(f"{item.type}s {'renewed' if stored else 'imported'}")
        self.report.count("comments archived", len(prepared.comments))
        return notes


def _posts(plan: Plan) -> Iterator[Item]:
    records = reading.records(plan.path, Counter(), mend_cdata=plan.mend_cdata)
    for record in records:
        if isinstance(record, Item) and record.number in plan.entries:
            yield record


def _change_of_address(item: Item, prepared: PreparedPost) -> list[str]:
    wanted = planning.wanted_slug(item)
    slug = prepared.entry.slug
    return [] if wanted == slug else [f"has the address {slug}: {wanted} is taken"]


def _write_sorting(sorting: terms.Sorting, hand: Hand, report: Report) -> None:
    with transaction.atomic():
        terms.write(sorting)
        there = set(Tag.objects.values_list("slug", flat=True))
        for old, new in sorting.tag_redirects.items():
            if old not in there and (
                why := write_redirect(f"/blog/tag/{old}/", f"/blog/tag/{new}/", hand)
            ):
                report.note(f"tag {old}", why)


def _take_in_the_rest(shelf: Shelf, report: Report) -> None:
    """Take in what no text shows: it may be shown yet."""
    missing = 0
    for attachment in shelf.attachments.values():
        if not attachment.is_picture:
            continue
        try:
            shelf.digest(attachment)
        except NoPicture:
            missing += 1
    if shelf.added:
        report.count("pictures added", shelf.added)
    if missing:
        report.count("pictures not imported", missing)
