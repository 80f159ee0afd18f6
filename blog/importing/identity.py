"""Which post of which old blog is which of ours: so a second run knows what the first one did."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from blog import exporting
from blog.importing.records import Item, Site
from blog.importing.slugs import urlsplit_safely
from blog.models import Post

# Above every number that WordPress gives; below what the database can hold.
_INVENTED = 1 << 52


@dataclass(frozen=True)
class Stored:
    """A post that an earlier run wrote. `digest` is of what it wrote."""

    pk: int
    slug: str
    version: int
    digest: str
    is_edited: bool  # staff saved, reviewed or moved it since


@dataclass(frozen=True)
class Known:
    """The posts that are in the blog before a run."""

    stored: dict[str, Stored] = field(default_factory=dict)  # by identity
    slugs: dict[str, str] = field(default_factory=dict)  # by identity, or by a key of the row
    legacy_ids: dict[int, str] = field(default_factory=dict)  # to identity
    exported: dict[str, str] = field(default_factory=dict)  # slugs by identity in an export of ours


def known_posts() -> Known:
    """Return what is there now. Two queries."""
    known, as_exported = Known(), exporting.numbers()
    ours = _key(f"{settings.SITE_URL}/blog")
    columns = ("pk", "slug", "version", "status", "reviewed_on", "legacy_id", "legacy__source")
    for row in Post.objects.values(*columns).iterator():
        found = row["legacy__source"]
        source: dict[str, Any] = found if isinstance(found, dict) else {}
        identity = str(source.get("identity") or f"row:{row['pk']}")
        if source:
            stamp = stamp_of(row["version"], row["status"], row["reviewed_on"])
            known.stored[identity] = Stored(
                row["pk"],
                row["slug"],
                row["version"],
                str(source.get("digest", "")),
                is_edited=stamp != source.get("stamp"),
            )
        known.slugs[identity] = row["slug"]
        if row["legacy_id"]:
            known.legacy_ids[row["legacy_id"]] = identity
        if number := as_exported.get(row["pk"]):
            known.exported[f"{ours}#{number}"] = row["slug"]
    return known


def identity_of(item: Item, site: Site) -> str:
    """Return what tells a post from every other one: its blog and its number there."""
    return f"{site_key(site)}#{legacy_id_of(item)}"


def legacy_id_of(item: Item) -> int:
    """Return WordPress's number of a post; one made of its address where the file has none."""
    if item.id:
        return item.id
    name = item["guid"] or item["link"] or f"{item['wp:post_name']}|{item['title']}"
    return _INVENTED + int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")


def site_key(site: Site) -> str:
    """Return the old blog's address without what changes: scheme, "www.", slash at the end."""
    return _key(site.base_blog_url or site.link)


def _key(address: str) -> str:
    parts = urlsplit_safely(address)
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"[:200]


def stamp_of(version: int, status: str, reviewed_on: date | None) -> str:
    """Return what changes when somebody saves, moves or reviews a post."""
    return f"{version} {status} {reviewed_on or '-'}"


def source_of(identity: str, digest: str, post: Post) -> dict[str, Any]:
    """Return what Post.legacy keeps of where the post comes from."""
    stamp = stamp_of(post.version, post.status, post.reviewed_on)
    return {"identity": identity, "digest": digest, "stamp": stamp}
