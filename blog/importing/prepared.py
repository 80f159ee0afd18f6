"""One post of the export as it will be stored. Nothing is written here: a dry run does the same."""

import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from blog import published_texts, snapshots
from blog.importing import dates, debris, own, own_texts
from blog.importing.attachments import NoPicture
from blog.importing.blocks import footnotes_of
from blog.importing.content import Converted, Old, converted
from blog.importing.identity import legacy_id_of
from blog.importing.old_fields import comments_of, legacy_of, meta_texts, old_paths
from blog.importing.own import OwnPost
from blog.importing.plan import Entry, Plan
from blog.importing.records import Item
from blog.importing.terms import Sorting
from blog.models import Post
from blog.rendering.contents import heading_ids
from blog.snapshots import Snapshot
from claims import desk

MOST_WORDS = 60
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+")
_STATES = {
    "publish": Post.Status.PUBLISHED,
    "future": Post.Status.PUBLISHED,
    "pending": Post.Status.SUBMITTED,
    "draft": Post.Status.DRAFT,
}


@dataclass
class PreparedPost:
    """What will be stored, and the lines that the operator reads of it."""

    entry: Entry
    snapshot: Snapshot
    fields: dict[str, Any]
    legacy: dict[str, Any]
    comments: list[dict[str, Any]]
    old_paths: list[str]
    credits: list[tuple[str, str]] = field(default_factory=list)  # digest, name
    own: OwnPost | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What changes when anything changes that would be stored."""
        parts = [self.snapshot, self.fields, self.legacy, self.comments, self.old_paths]
        state = self.own.state if self.own else None
        whole = json.dumps([*parts, self.credits, state], default=str, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()[:32]

    def claims(self) -> list[str]:
        """Return what the claims check says of it, in one line at most."""
        findings = desk.open_findings(published_texts.texts_of(self.snapshot))
        if not findings:
            return []
        first = debris.cut(findings[0].sentence, 80)
        if len(findings) == 1:
            return [f"claims check: 1 finding: “{first}”"]
        return [f"claims check: {len(findings)} findings, the first: “{first}”"]


@dataclass(frozen=True)
class Preparing:
    """What every post of a file is prepared with."""

    plan: Plan
    sorting: Sorting
    zone: tzinfo
    legacy_ids: dict[int, str]  # taken in the blog, to their identities

    def prepared(self, item: Item, entry: Entry) -> PreparedPost:
        """Return `item` as it will be stored."""
        notes: list[str] = []
        ours = own.post_fields(item)
        text = self._text(item, ours, notes)
        fields = self._fields(item, entry, ours, notes)
        snapshot = self._snapshot(item, entry, text, ours, notes)
        fields["heading_ids"] = list(ours.heading_ids) if ours else []
        if not ours and fields["status"] == Post.Status.PUBLISHED:
            fields["heading_ids"] = heading_ids(snapshot["body"])
        return PreparedPost(
            entry,
            snapshot,
            fields,
            legacy_of(item, ours, title=snapshot["title"], summary=snapshot["summary"]),
            comments_of(item, self.zone, notes),
            old_paths(item, entry.slug, self.plan, notes),
            list(zip(text.pictures, text.credits, strict=False)),
            ours,
            notes,
        )

    def _text(self, item: Item, ours: OwnPost | None, notes: list[str]) -> Converted:
        if ours:
            body = own_texts.with_our_pictures(
                item["content:encoded"], self.plan.shelf, notes.append
            )
            return Converted(body)
        old = Old(
            item["content:encoded"],
            item.id,
            self.plan.shelf,
            self.plan.addresses,
            notes.append,
            footnotes_of(item.first_meta("footnotes")),
            self.plan.shared,
        )
        return converted(old)

    def _snapshot(
        self, item: Item, entry: Entry, text: Converted, ours: OwnPost | None, notes: list[str]
    ) -> Snapshot:
        title = debris.cut(debris.one_line(item["title"]), 200)
        if ours:
            title = debris.unmarked(html.unescape(item["title"]))[:200]
        if not title:
            title = f"Untitled {item.id or item.number}"
            notes.append("had no title")
        if not (text.html or ours):
            notes.append("has no text")
        snapshot: Snapshot = {
            "schema": snapshots.SCHEMA,
            "title": title,
            "slug": entry.slug,
            "summary": _summary(item, text, ours, notes),
            "body": text.html,
            "read_more_heading": text.read_more_heading,
            "left_out_of_contents": "Conclusion",
            **meta_texts(item),
            "authors": self._authors(item, ours, notes),
            "categories": _named(self.sorting.of(item.terms, "category")),
            "tags": _named(self.sorting.of(item.terms, "post_tag")),
            "references": [],
            "questions": [],
            "takeaways": [],
            "read_more": list(text.read_more),
            "series": None,
            "main_picture": "" if ours else self._main_picture(item, notes),
            "social_picture": "",
        }
        if ours:
            snapshot |= own_texts.snapshot_fields(ours, self.plan.shelf, notes.append)
        return snapshots.complete(snapshot)

    def _authors(self, item: Item, ours: OwnPost | None, notes: list[str]) -> list[dict[str, str]]:
        if ours:
            return [{"slug": row["slug"], "name": row["name"]} for row in ours.authors]
        slug = self.sorting.people.get(item.creator.lower())
        if slug is None:
            notes.append("no author is named")
            return []
        return _named([slug])

    def _main_picture(self, item: Item, notes: list[str]) -> str:
        number = item.first_meta("_thumbnail_id").strip()
        if not number.isdecimal() or not int(number):
            return ""
        try:
            return self.plan.shelf.digest_of("", int(number))
        except NoPicture as problem:
            notes.append(f"main picture (attachment {number}) left out: {problem}")
            return ""

    def _fields(
        self, item: Item, entry: Entry, ours: OwnPost | None, notes: list[str]
    ) -> dict[str, Any]:
        status, publish_at = self._state(item, ours, notes)
        legacy_id: int | None = legacy_id_of(item)
        if ours:
            legacy_id = ours.legacy_id
        if legacy_id and self.legacy_ids.get(legacy_id, entry.identity) != entry.identity:
            notes.append(f"its number {legacy_id} belongs to another blog's post: not kept")
            legacy_id = None
        return {
            "kind": Post.Kind.PAGE if item.type == "page" else Post.Kind.POST,
            "status": status,
            "publish_at": publish_at,
            "expire_at": self._expiry(ours, publish_at),
            "changed_at": ours.changed_at if ours else self._change(item, status, publish_at),
            "legacy_id": legacy_id,
        }

    def _state(
        self, item: Item, ours: OwnPost | None, notes: list[str]
    ) -> tuple[str, datetime | None]:
        moment = ours.publish_at if ours else dates.published(item, self.zone)
        status: str = _STATES.get(item.status, Post.Status.DRAFT)
        if item.status not in _STATES:
            notes.append(f"was “{item.status[:20]}”, is a draft now")
        if item["wp:post_password"]:
            status = Post.Status.DRAFT
            notes.append("was behind a password, is a draft now")
        if status == Post.Status.PUBLISHED and moment is None:
            status = Post.Status.DRAFT
            notes.append("has no date, is a draft now")
        if ours and ours.status == Post.Status.UNPUBLISHED and status == Post.Status.DRAFT:
            return Post.Status.UNPUBLISHED, moment
        return status, moment if ours or status == Post.Status.PUBLISHED else None

    def _expiry(self, ours: OwnPost | None, publish_at: datetime | None) -> datetime | None:
        expire_at = ours.expire_at if ours else None
        return expire_at if expire_at and (not publish_at or expire_at > publish_at) else None

    def _change(self, item: Item, status: str, publish_at: datetime | None) -> datetime | None:
        changed_at = dates.modified(item, self.zone)
        if status != Post.Status.PUBLISHED or not changed_at or not publish_at:
            return None
        return changed_at if changed_at > publish_at else None


def _named(wanted: list[str]) -> list[dict[str, str]]:
    return [{"slug": slug, "name": slug.replace("-", " ")} for slug in wanted]


def _summary(item: Item, text: Converted, ours: OwnPost | None, notes: list[str]) -> str:
    if ours:
        return debris.unmarked(html.unescape(item["excerpt:encoded"]))
    whole = debris.plain(item["excerpt:encoded"])
    whole = " ".join((whole or text.teaser).split())
    summary = shortened(whole)
    if summary != whole:
        notes.append(f"summary cut to {MOST_WORDS} words; the whole is kept with the old fields")
    return summary


def shortened(text: str) -> str:
    """Return as many whole sentences of `text` as have MOST_WORDS words; at least some of the first."""
    if len(text.split()) <= MOST_WORDS:
        return text
    kept = ""
    for sentence in _SENTENCE_END.split(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer.split()) > MOST_WORDS:
            break
        kept = longer
    return kept or " ".join(text.split()[:MOST_WORDS]).rstrip(" ,;:-") + "…"
