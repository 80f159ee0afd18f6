"""What stands around the form of a post: what was found in the text, whose save came first, pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from blog import preview, readiness, snapshots, wording
from blog.admin import typed
from blog.admin.post_list import state_badge
from blog.admin.post_parts import ALL_NEW, OrderedRows
from blog.differences import Difference, differences
from blog.forms import BEST_META_TITLE, PostForm
from blog.models import Picture, Post
from blog.prose import clean_prose
from blog.publishing import StaleVersion
from blog.readiness import BLOCKS, TELLS, WARNS, Problem, Readiness, claimed
from blog.structured_data import shortened
from claims.desk import OpenFinding
from claims.staff_words import category_words
from shop.lib.picture_sources import smallest_url

NEWEST_PICTURES = 24
ADDRESSES = 300
LEVELS = (
    (BLOCKS, "Before it can be published", "bad"),
    (WARNS, "Worth a look", "warn"),
    (TELLS, "Good to know", "info"),
)
# Parts that have no field of their name in the form.
PLACES = {"authors": "author_rows-group", "references": "reference_rows-group"}
ROWS = {"questions", "takeaways", "read_more"}


@dataclass(frozen=True)
class Line:
    """A problem with the place in the form that it leads to (empty: none)."""

    problem: Problem
    anchor: str


@dataclass(frozen=True)
class Level:
    """The problems of one weight."""

    heading: str
    mark: str
    lines: list[Line]


@dataclass(frozen=True)
class Claim:
    """A sentence that says more than we may, and what was found in it: each kind in words, with its finding."""

    sentence: str
    anchor: str
    found: list[tuple[str, OpenFinding]]


@dataclass(frozen=True)
class Snippet:
    """About how search engines show the post: the link, where it leads, and the words below it."""

    title: str
    address: str
    words: str


@dataclass(frozen=True)
class Panel:
    """What is said beside the form."""

    found: Readiness
    levels: list[Level]
    claims: list[Claim]
    snippet: Snippet
    removed: list[str] = field(default_factory=list)

    @property
    def blocking_count(self) -> int:
        """How many things have to be settled before readers may see the post."""
        lines = [one for one in self.found.blocking if one.code != claimed.CODE]
        return len(lines) + len(self.claims)


@dataclass(frozen=True)
class Stale:
    """A save that came first: whose it was, and what lies between it and what is typed here."""

    refusal: StaleVersion
    version: int
    differences: list[Difference]


def surroundings(
    request: HttpRequest, form: Any, formsets: Sequence[OrderedRows], post: Post | None
) -> dict[str, Any]:
    """Return what the template of the form shows besides the form."""
    refusal = getattr(request, "refusal", None)
    stored = Post.objects.filter(pk=post.pk).first() if post else None
    shown = panel_of_form(form, formsets, stored) if form.is_bound else panel_of_post(stored)
    path = reverse("admin:blog_post_readiness", args=[stored.pk if stored else 0])
    return {
        "panel": shown,
        "stale": _stale(refusal, form, formsets, stored),
        "is_checked": form.is_only_looked_at,
        "all_new_rows": form.is_bound and form.data.get(ALL_NEW) == "1",
        "addresses": Post.objects.order_by("-updated_at").values_list("slug", "title")[:ADDRESSES],
        "pictures": [(row, smallest_url(row)) for row in _newest_pictures()],
        "readiness_path": path,
        "post": stored,
        "state": state_badge(stored) if stored else "",
        "preview_path": preview.preview_path(stored) if stored else "",
        "is_public": stored is not None and stored.is_public(timezone.now()),
    }


def panel_of_form(form: PostForm, formsets: Sequence[OrderedRows], post: Post | None) -> Panel:
    """Look at what is typed."""
    snapshot = typed.snapshot(form, formsets)
    return _panel(snapshot, post, typed.removed(form, formsets))


def panel_of_post(post: Post | None, *, base: str = "") -> Panel | None:
    """Look at what is stored; nothing is said of a post that nobody has begun.

    `base` is the address of the form, for a page that has no form.
    """
    return _panel(snapshots.take(post), post, base=base) if post else None


@admin.display(description="Text")
def text_shown(model_admin: Any, post: Post) -> SafeString:
    """Return the text as it is stored, cleaned once more."""
    return SafeString(f'<div class="prose-shown">{clean_prose(post.body)}</div>')


def _panel(
    snapshot: snapshots.Snapshot,
    post: Post | None,
    removed: Sequence[str] = (),
    *,
    base: str = "",
) -> Panel:
    found = readiness.look_at(snapshot, post=post, now=timezone.now())
    levels = [
        Level(
            heading,
            mark,
            [
                Line(one, _anchor(one.field, post, base))
                for one in found.problems
                if one.level == level and one.code != claimed.CODE
            ],
        )
        for level, heading, mark in LEVELS
    ]
    claims = _claims(found.findings, post, base)
    shown = [level for level in levels if level.lines]
    return Panel(found, shown, claims, _snippet(snapshot), list(removed))


def _snippet(snapshot: snapshots.Snapshot) -> Snippet:
    host = urlsplit(settings.SITE_URL).netloc
    words = snapshot["meta_description"] or snapshot["summary"] or wording.plain(snapshot["body"])
    return Snippet(
        wording.excerpt(wording.tidy(snapshot["meta_title"] or snapshot["title"]), BEST_META_TITLE),
        f"{host} › blog › {snapshot['slug']}",
        shortened(words),
    )


def _claims(found: Sequence[OpenFinding], post: Post | None, base: str) -> list[Claim]:
    """One line for each sentence of a field, with each rule once."""
    by_sentence: dict[tuple[str, str], dict[str, OpenFinding]] = {}
    for one in found:
        rules = by_sentence.setdefault((one.text.field, one.sentence), {})
        rules.setdefault(one.finding.rule, one)
    return [
        Claim(
            sentence,
            _anchor(name, post, base),
            [(category_words(one.finding.category), one) for one in rules.values()],
        )
        for (name, sentence), rules in by_sentence.items()
    ]


def _anchor(name: str, post: Post | None, base: str) -> str:
    if name == "review":
        return reverse("admin:blog_post_publishing_page", args=[post.pk]) if post else ""
    if name in PLACES:
        return f"{base}#{PLACES[name]}"
    return f"{base}#{name}-group" if name in ROWS else f"{base}#id_{name}"


def _stale(
    refusal: Any, form: PostForm, formsets: Sequence[OrderedRows], post: Post | None
) -> Stale | None:
    if not isinstance(refusal, StaleVersion) or post is None:
        return None
    between = differences(snapshots.take(post), typed.snapshot(form, formsets))
    return Stale(refusal, post.version, between)


def _newest_pictures() -> Sequence[Picture]:
    return list(Picture.objects.all()[:NEWEST_PICTURES])
