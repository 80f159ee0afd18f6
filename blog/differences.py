"""What differs between two versions of a post, word by word; and what changed for readers, and when."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from blog import wording
from blog.models import Post, PostEvent, Revision
from blog.snapshots import Snapshot

_PIECE = re.compile(r"\s+|\[(?:ref|claim|post):[^\]\s]*\]|\w+|[^\w\s]")
# Beyond this, comparing word by word takes too long and says too little.
MOST_PIECES = 4000
Lines = list[str]


@dataclass(frozen=True)
class Difference:
    """One part of the post that differs. `html` is safe; <ins> and <del> mark the words."""

    label: str
    html: SafeString


@dataclass(frozen=True)
class PublicChange:
    """One entry of the public list "What changed"."""

    date: datetime
    reason: str
    note: str
    differences: list[Difference]


def differences(old: Snapshot, new: Snapshot, *, only_readers: bool = False) -> list[Difference]:
    """Return what differs, part by part in the order of the page; `only_readers` leaves out what is
    not on the page itself (address, meta texts, tags).
    """
    found = []
    for label, is_for_readers, lines in PARTS:
        if only_readers and not is_for_readers:
            continue
        before, after = lines(old), lines(new)
        if before != after:
            found.append(Difference(label, _compared(before, after)))
    if not found and old["body"] != new["body"] and not only_readers:
        found.append(Difference("Text", SafeString("<p>Only the setting of the type differs.</p>")))
    return found


def public_changes(post: Post) -> list[PublicChange]:
    """Return what readers could see change, the newest first. Two queries."""
    revisions = list(post.revisions.order_by("number"))
    changes = [
        PublicChange(
            after.saved_at,
            after.get_public_reason_display(),
            after.public_note,
            differences(before.snapshot, after.snapshot, only_readers=True),
        )
        for before, after in pairwise(revisions)
        if after.public_reason
    ]
    changes += _after_an_absence(post, revisions)
    return sorted(changes, key=lambda change: change.date, reverse=True)


def revision_at(revisions: Sequence[Revision], moment: datetime) -> Revision | None:
    """Return the newest of `revisions` (the oldest first) that was saved by `moment`."""
    return next((row for row in reversed(revisions) if row.saved_at <= moment), None)


def _after_an_absence(post: Post, revisions: Sequence[Revision]) -> Iterator[PublicChange]:
    """What changed while the post was away from the site."""
    kinds = [PostEvent.Kind.PUBLISHED, PostEvent.Kind.SCHEDULED, PostEvent.Kind.UNPUBLISHED]
    events = list(post.events.filter(kind__in=kinds).order_by("at", "pk"))
    for left, back in pairwise(events):
        if left.kind != PostEvent.Kind.UNPUBLISHED:
            continue
        before, after = revision_at(revisions, left.at), revision_at(revisions, back.at)
        if before is None or after is None:
            continue
        found = differences(before.snapshot, after.snapshot, only_readers=True)
        if found:
            yield PublicChange(back.at, "Published again", "", found)


def _compared(before: Lines, after: Lines) -> SafeString:
    """Paragraphs that differ, with the words that do; equal ones are left out."""
    parts: list[SafeString] = []
    # Of a long text the lines that stand there often (the cells of a table) do not say where others belong:
    # to try each with each takes minutes.
    matcher = SequenceMatcher(None, before, after)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            continue
        parts += _paragraphs(before[old_from:old_to], after[new_from:new_to])
    return format_html_join("", "<p>{}</p>", ((part,) for part in parts))


def _paragraphs(before: Lines, after: Lines) -> Iterator[SafeString]:
    """Pair the lines of a changed stretch; what has no partner came or went as a whole."""
    together = min(len(before), len(after))
    for old, new in zip(before[:together], after[:together], strict=True):
        if old != new:
            yield _words(old, new)
    for old in before[together:]:
        yield format_html("<del>{}</del>", old)
    for new in after[together:]:
        yield format_html("<ins>{}</ins>", new)


def _words(old: str, new: str) -> SafeString:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    if len(before) + len(after) > MOST_PIECES:
        return format_html("<del>{}</del> <ins>{}</ins>", old, new)
    parts = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        gone, come = "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if kind == "equal":
            parts.append(escape(gone))
            continue
        parts += [format_html("<del>{}</del>", gone)] if gone else []
        parts += [format_html("<ins>{}</ins>", come)] if come else []
    return mark_safe("".join(parts))  # noqa: S308 (each part is escaped)


def _line(name: str) -> Callable[[Snapshot], Lines]:
    return lambda snapshot: [wording.tidy(snapshot[name])] if snapshot[name] else []


def _names(name: str) -> Callable[[Snapshot], Lines]:
    return lambda snapshot: [row["name"] for row in snapshot[name]]


def _body(snapshot: Snapshot) -> Lines:
    return [_marked(block) for block in wording.blocks(snapshot["body"], with_links=True)]


def _marked(block: wording.Block) -> str:
    marks = {"h2": "## ", "h3": "### ", "li": "• "}
    return f"{marks.get(block.tag, '')}{block.text}"


def _questions(snapshot: Snapshot) -> Lines:
    lines = []
    for row in snapshot["questions"]:
        answer = wording.blocks(row["answer"], with_links=True)
        lines += [row["question"], *(_marked(block) for block in answer)]
    return lines


def _series(snapshot: Snapshot) -> Lines:
    series = snapshot["series"]
    return [f"{series['name']}, part {series['part'] or '–'}"] if series else []


def _picture(name: str) -> Callable[[Snapshot], Lines]:
    def title(snapshot: Snapshot) -> Lines:
        digest = snapshot[name]
        known: dict[str, Any] = snapshot["pictures"].get(digest, {})
        return [f"{known.get('title') or 'Picture'} ({digest})"] if digest else []

    return title


def _credits(snapshot: Snapshot) -> Lines:
    return [
        wording.tidy(" · ".join(filter(None, (row["alt"], row["caption"], row["credit"]))))
        for row in snapshot["pictures"].values()
    ]


# Label, whether readers see it on the page, and its lines.
PARTS: tuple[tuple[str, bool, Callable[[Snapshot], Lines]], ...] = (
    ("Title", True, _line("title")),
    ("Address", False, _line("slug")),
    ("Authors", True, _names("authors")),
    ("In short", True, _line("summary")),
    ("Main picture", True, _picture("main_picture")),
    ("Text", True, _body),
    ("Takeaways", True, lambda snapshot: list(snapshot["takeaways"])),
    ("Questions", True, _questions),
    (
        "Sources",
        True,
        lambda snapshot: [f"{row['key']}: {row['citation']}" for row in snapshot["references"]],
    ),
    ("Pictures", True, _credits),
    ("Heading of “Read more”", False, _line("read_more_heading")),
    ("Read more", False, lambda snapshot: list(snapshot["read_more"])),
    ("Categories", False, _names("categories")),
    ("Tags", False, _names("tags")),
    ("Series", False, _series),
    ("Left out of the contents", False, lambda shot: shot["left_out_of_contents"].splitlines()),
    ("Meta title", False, _line("meta_title")),
    ("Meta description", False, _line("meta_description")),
    ("Social picture", False, _picture("social_picture")),
)
