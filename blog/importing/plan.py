"""The first reading of the file: is it sound, what is in it, and which address will each post have?

Nothing is written. The same file and the same blog give the same plan.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from blog.importing import attachments, own, reading, slugs
from blog.importing.attachments import Shelf
from blog.importing.identity import Known, identity_of
from blog.importing.links import OldAddresses, hosts_of
from blog.importing.records import Author, Item, NotAnExport, Record, Site, Term
from blog.importing.report import Report, counted
from redirects import table

POSTS = {"post", "page"}
_SKIPPED = {
    "revision": "revisions skipped",
    "nav_menu_item": "menu entries skipped",
    "custom_css": "style sheets skipped",
    "customize_changeset": "theme settings skipped",
    **dict.fromkeys(
        ("wp_global_styles", "wp_font_family", "wp_font_face"), "theme settings skipped"
    ),
    "wp_navigation": "menu entries skipped",
    "wp_template": "theme settings skipped",
    "wp_template_part": "theme settings skipped",
    "oembed_cache": "caches skipped",
}
_SKIPPED_STATES = {"auto-draft": "automatic drafts skipped", "inherit": "revisions skipped"}


@dataclass(frozen=True)
class Entry:
    """One post that will be imported."""

    number: int
    identity: str
    slug: str
    post_id: int
    is_here: bool = False  # the file is an export of this blog, which has the post


@dataclass
class Plan:
    """What the file holds and where it goes."""

    path: Path
    site: Site
    shelf: Shelf
    mend_cdata: bool = False
    is_ours: bool = False  # an export of ours: each of its posts names its people
    authors: dict[str, Author] = field(default_factory=dict)  # by login in small letters
    creators: dict[str, str] = field(default_factory=dict)  # who wrote posts, likewise
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)  # by domain and slug
    entries: dict[int, Entry] = field(default_factory=dict)  # by the item's place in the file
    shared: dict[int, str] = field(default_factory=dict)  # blocks that posts share, by number
    addresses: OldAddresses = field(default_factory=lambda: OldAddresses("", frozenset()))


@dataclass
class _Seen:
    """A post as the first reading notes it."""

    number: int
    identity: str
    wanted: str
    post_id: int
    link: str
    is_public: bool
    is_page: bool
    is_ours: bool


def planned(path: Path, shelf: Shelf, known: Known, report: Report) -> Plan:
    """Read the whole file once. Raises NotAnExport for what is no sound export."""
    try:
        return _Planner(path, shelf, report, mend_cdata=False).read(known)
    except NotAnExport as problem:
        if not path.is_file() or "broken" not in str(problem):
            raise
        try:
            plan = _Planner(path, shelf, report, mend_cdata=True).read(known)
        except NotAnExport:
            raise problem from None
        report.note("file", "“]]>” inside texts mended")
        return plan


class _Planner:
    def __init__(self, path: Path, shelf: Shelf, report: Report, *, mend_cdata: bool) -> None:
        self.plan = Plan(path, Site(), shelf, mend_cdata)
        self.report = report
        self.counts: Counter[str] = Counter()
        self.lines: list[tuple[str, str]] = []
        self.seen: list[_Seen] = []
        self.identities: set[str] = set()

    def read(self, known: Known) -> Plan:
        found: Counter[str] = Counter()
        plan = self.plan
        for record in reading.records(plan.path, found, mend_cdata=plan.mend_cdata):
            self._take(record)
        # Only now: a file that turns out broken leaves no lines.
        for about, text in self.lines:
            self.report.note(about, text)
        self.report.counts.update(self.counts)
        for what, number in sorted(found.items()):
            if number:
                self.report.note("file", counted(number, what))
        plan.addresses = OldAddresses(
            plan.site.base_blog_url or plan.site.link,
            hosts_of(plan.site),
            slugs=set(known.slugs.values()),
        )
        self._give_slugs(known)
        return plan

    def _take(self, record: Record) -> None:
        match record:
            case Site():
                self.plan.site = record
            case Author():
                self.plan.authors.setdefault(record.login.lower(), record)
            case Term():
                self._take_term(record)
            case Item():
                self._take_item(record)

    def _take_term(self, term: Term) -> None:
        key = (term.domain, slugs.slug_of(term.slug) or slugs.slug_of(term.name))
        self.plan.terms.setdefault(key, term)

    def _take_item(self, item: Item) -> None:
        about = about_item(item)
        if item.type == "attachment":
            attachment = attachments.attachment_of(item, own.picture_fields(item))
            self.plan.shelf.add(attachment)
            if not attachment.is_picture:
                self.counts["other attachments skipped"] += 1
        elif item.type == "wp_block" and item.status == "publish":
            self.plan.shared.setdefault(item.id, item["content:encoded"])
            self.counts["shared blocks read"] += 1
        elif item.type in _SKIPPED:
            self.counts[_SKIPPED[item.type]] += 1
        elif item.type not in POSTS:
            self.counts[f"items of type “{item.type[:40]}” skipped"] += 1
        elif item.status == "trash":
            self.lines.append((about, "skipped: it was in the trash"))
            self.counts["posts in the trash skipped"] += 1
        elif item.status in _SKIPPED_STATES:
            self.counts[_SKIPPED_STATES[item.status]] += 1
        else:
            self._take_post(item, about)

    def _take_post(self, item: Item, about: str) -> None:
        identity = identity_of(item, self.plan.site)
        if identity in self.identities:
            self.lines.append((about, "skipped: the file holds it twice"))
            return
        self.identities.add(identity)
        wanted = wanted_slug(item)
        is_public = item.status in {"publish", "future"} and not item["wp:post_password"]
        is_page, is_ours = item.type == "page", own.is_ours(item)
        self.seen.append(
            _Seen(item.number, identity, wanted, item.id, item["link"], is_public, is_page, is_ours)
        )
        creator = item.creator
        self.plan.is_ours |= is_ours
        if creator and not is_ours:
            self.plan.creators.setdefault(creator.lower(), creator)
        for term in item.terms:
            if term.domain in {"category", "post_tag"} and (term.slug or not self._is_named(term)):
                self._take_term(term)

    def _is_named(self, term: Term) -> bool:
        return any(
            each.domain == term.domain and each.name == term.name
            for each in self.plan.terms.values()
        )

    def _give_slugs(self, known: Known) -> None:
        """Give each post its address: what is here keeps its own, public posts choose before drafts."""
        plan = self.plan
        taken = set(known.slugs.values())
        order = sorted(self.seen, key=lambda each: (not each.is_public, each.is_page, each.number))
        given: dict[int, str] = {}
        here = {each.number: _here(each, known) for each in order}
        for each in order:
            slug = known.slugs.get(each.identity) or here[each.number]
            slug = slug or slugs.free(each.wanted, taken)
            given[each.number] = slug
            taken.add(slug)
        for each in self.seen:
            slug = given[each.number]
            plan.entries[each.number] = Entry(
                each.number, each.identity, slug, each.post_id, is_here=bool(here[each.number])
            )
            plan.addresses.add(each.post_id, each.link, slug, is_public=each.is_public)


def _here(seen: _Seen, known: Known) -> str:
    """Return the slug of the post of this blog that its own export speaks of; empty for all others."""
    slug = known.exported.get(seen.identity, "")
    if not seen.is_ours or seen.identity in known.slugs or not slug:
        return ""
    # Another shop may have the same address and numbers, a post a new address since.
    moved = None if slug == seen.wanted else table.lookup(f"/blog/{seen.wanted}/")
    is_it = slug == seen.wanted or (moved and moved.new_path == f"/blog/{slug}/")
    return slug if is_it else ""


def wanted_slug(item: Item) -> str:
    """Return the address that a post had, as far as one can be the same here."""
    return slugs.wanted(
        post_name=item["wp:post_name"],
        link=item["link"],
        title=item["title"],
        fallback=f"post-{item.id or item.number}",
    )


def about_item(item: Item) -> str:
    """Return how lines of the report name an item."""
    name = slugs.slug_of(item["wp:post_name"]) or slugs.slug_of(item["title"]) or "untitled"
    return f"{item.type} {item.id or f'no. {item.number}'} {name[:60]}"
