"""What a post of WordPress has besides its text: meta fields, comments, old addresses.

What we do not use is kept in Post.legacy and given back by the export, but for e-mail addresses, IP
addresses, passwords and whatever could be read as markup.
"""

from datetime import tzinfo
from typing import Any

from blog.importing import dates, debris
from blog.importing.identity import legacy_id_of
from blog.importing.links import path_key
from blog.importing.own import PREFIX, OwnPost
from blog.importing.plan import Plan
from blog.importing.records import Comment, Item
from blog.importing.report import counted
from blog.importing.slugs import slug_of, urlsplit_safely
from redirects import living_pages
from redirects.addresses import LONGEST_PATH, BadAddress, old_key

_META_TITLES = ("_yoast_wpseo_title", "rank_math_title", "_aioseo_title", "_aioseop_title")
_META_DESCRIPTIONS = (
    *("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description"),
    "_aioseop_description",
)
# Written by WordPress for itself, each time anew.
_CACHES = ("_edit_lock", "_edit_last", "_oembed_", "_encloseme", "_pingme", "_wp_trash_")
_KEPT = {
    "type": "wp:post_type",
    "status": "wp:status",
    "post_name": "wp:post_name",
    "link": "link",
    "guid": "guid",
    "creator": "dc:creator",
    "post_date": "wp:post_date",
    "post_date_gmt": "wp:post_date_gmt",
    "modified": "wp:post_modified",
    "modified_gmt": "wp:post_modified_gmt",
    "comment_status": "wp:comment_status",
    "ping_status": "wp:ping_status",
    "menu_order": "wp:menu_order",
    "parent": "wp:post_parent",
    "sticky": "wp:is_sticky",
}
LONGEST_META = 20_000
_SKIPPED_COMMENTS = {"spam", "trash", "post-trashed"}


def legacy_of(item: Item, ours: OwnPost | None, *, title: str, summary: str) -> dict[str, Any]:
    """Return what Post.legacy keeps of `item`, for the way back and for who looks something up."""
    if ours:
        kept: dict[str, Any] = dict(ours.legacy)
    else:
        kept = {name: _plain(item[field]) for name, field in _KEPT.items() if item[field]}
        excerpt = debris.plain(item["excerpt:encoded"])
        if excerpt and excerpt != summary:
            kept["excerpt"] = excerpt
        if debris.one_line(item["title"]) != title:
            kept["title"] = debris.one_line(item["title"])
        if item["wp:post_password"]:
            kept["had_password"] = True
        others = [
            [term.domain, term.slug, debris.one_line(term.name)]
            for term in item.terms
            if term.domain not in {"category", "post_tag"}
        ]
        kept |= {"terms": others} if others else {}
    meta = [[key, value] for key, value in item.meta if _is_worth_keeping(key, value)]
    kept.pop("meta", None)
    return {**kept, "meta": meta} if meta else kept


def meta_texts(item: Item) -> dict[str, str]:
    """Return meta title and description as SEO plug-ins keep them; not where they are patterns."""
    title = debris.one_line(item.first_meta(*_META_TITLES))
    description = debris.one_line(item.first_meta(*_META_DESCRIPTIONS))
    return {
        "meta_title": "" if _is_pattern(title) else debris.cut(title, 70),
        "meta_description": "" if _is_pattern(description) else debris.cut(description, 160),
    }


def comments_of(item: Item, zone: tzinfo, notes: list[str]) -> list[dict[str, Any]]:
    """Return the comments as the archive keeps them: plain words, no addresses of people, no spam."""
    kept: dict[int, dict[str, Any]] = {}
    for place, comment in enumerate(item.comments, start=1):
        if comment.approved in _SKIPPED_COMMENTS:
            continue
        number = comment.id or legacy_id_of(item) * 1000 + place
        kept.setdefault(number, _comment(comment, number, zone))
    if skipped := len(item.comments) - len(kept):
        notes.append(counted(skipped, "comments left out (spam, trash or twice)"))
    return list(kept.values())


def old_paths(item: Item, slug: str, plan: Plan, notes: list[str]) -> list[str]:
    """Return the paths from which visitors will be led to the post at `slug`."""
    parts = urlsplit_safely(item["link"])
    if not parts.path or parts.query or slug_of(parts.path) == "":
        return []
    paths = [parts.path] if plan.addresses.by_path.get(path_key(parts.path)) == slug else []
    for key, value in item.meta:
        old = slug_of(value) if key == "_wp_old_slug" else ""
        if old and old not in plan.addresses.slugs:
            paths.append(f"{parts.path.rstrip('/').rpartition('/')[0]}/{old}/")
    kept = []
    for path in dict.fromkeys(paths):
        if path_key(path) == f"/blog/{slug}":
            continue
        if problem := _refusal(path):
            notes.append(f"no redirect from {debris.cut(path, 120)}: {problem}")
        else:
            kept.append(path)
    return kept


def _refusal(path: str) -> str:
    try:
        key = old_key(path)
    except BadAddress as error:
        return str(error)
    if len(key) > LONGEST_PATH:
        return "the address is too long"
    is_page = not key.startswith("/blog/") and living_pages.is_there(key)
    return "the shop has a page of its own there" if is_page else ""


def _comment(comment: Comment, number: int, zone: tzinfo) -> dict[str, Any]:
    return {
        "legacy_id": number,
        "parent_legacy_id": comment.parent,
        "author_name": debris.cut(debris.one_line(comment.author), 200),
        "written_at": dates.written(comment.date_gmt, comment.date, zone),
        "text": debris.plain(comment.content),
        "kind": debris.one_line(comment.kind)[:20] or "comment",
        "was_approved": comment.approved == "1",
    }


def _is_worth_keeping(key: str, value: str) -> bool:
    return (
        not key.startswith((PREFIX, *_CACHES))
        and key != "_thumbnail_id"
        and bool(value)
        and len(key) <= 200  # noqa: PLR2004
        and len(value) <= LONGEST_META
        and not debris.has_markup(key + value)
    )


def _is_pattern(text: str) -> bool:
    return "%" in text.replace("% ", "") or text.startswith("#")


def _plain(text: str) -> str:
    text = debris.repaired(text)
    return debris.one_line(text) if debris.has_markup(text) else text
