"""Addresses that the blog had when WordPress served it, and what they lead to now.

The shapes were collected from links in the wild; see "URL scheme" of the facts on the original site.
"""

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from blog import picture_sources
from blog.models import Category, Picture, Post, Tag

# First steps below /blog/ that are not posts. Slugs keep off them.
RESERVED = frozenset(
    {
        *("tag", "category", "author", "page", "feed", "comments", "preview", "pictures"),
        *("wp-content", "wp-admin", "wp-includes", "wp-json", "index", "search"),
    }
)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
# WordPress numbers a slug that a category and a tag would share, and names sizes in files.
_NUMBERED = re.compile(r"-[0-9]{1,3}\Z")
_SIZED = re.compile(r"-[0-9]{1,5}x[0-9]{1,5}(?=\.[A-Za-z]{2,4}\Z)")
FEEDS = {
    "rss": "/blog/feed/",
    "rss2": "/blog/feed/",
    "rdf": "/blog/feed/",
    "atom": "/blog/feed/atom/",
}


def is_reserved(slug: str) -> bool:
    """Whether the blog has something else at this slug."""
    return slug.casefold() in RESERVED or YEAR.fullmatch(slug) is not None


def refuse_reserved(slug: str) -> None:
    """Raise ValidationError for a slug at which the blog has something else. A validator."""
    if is_reserved(slug):
        message = "“%(slug)s” is an address of the blog itself. Choose another."
        raise ValidationError(message, code="reserved", params={"slug": slug})


def by_query(query: QueryDict, now: datetime) -> str | None:
    """Return where WordPress's own parameters lead: ?p=9637, ?s=term, ?feed=rss2. The rest is kept.

    None where they lead nowhere, and for every other query: then it changes nothing.
    """
    rest = query.copy()
    if "p" in query or "page_id" in query:
        numbers = rest.pop("p", []) + rest.pop("page_id", [])
        if path := _by_number(str(numbers[-1]), now):
            return with_query(path, rest)
    elif "feed" in query and query["feed"] in FEEDS:
        return with_query(FEEDS[str(rest.pop("feed")[-1])], rest)
    elif query.get("s", "").strip():
        rest["q"] = str(rest.pop("s")[-1]).strip()
        return with_query("/search/", rest)
    return None


def with_query(path: str, query: QueryDict) -> str:
    """Return `path` with the parameters that are left."""
    return f"{path}?{query.urlencode()}" if query else path


def public_path(slug: str, now: datetime) -> str | None:
    """Return the address of the post that readers find under `slug`, None where there is none."""
    found = Post.objects.public(now).filter(slug__in={slug, slug.lower()}).first()
    return found.get_absolute_url() if found else None


def path_of_tag(slug: str) -> str | None:
    """Return the address of the tag that an old slug means, such as autoimmune-disease-2."""
    return _first(Tag, slug)


def path_of_category(slug: str) -> str | None:
    """Return the address of the category that an old slug or path of slugs means."""
    return _first(Category, slug.strip("/").rpartition("/")[2])


def path_of_upload(path: str) -> str | None:
    """Return where a file of wp-content/uploads is now; a smaller copy leads to the whole picture."""
    ends = {f"/wp-content/uploads/{name}" for name in (path, _SIZED.sub("", path))}
    wanted = Q()
    for end in ends:
        wanted |= Q(legacy_url__endswith=end)
    picture = Picture.objects.filter(wanted).first()
    return picture_sources.url_of(picture) if picture else None


def _by_number(number: str, now: datetime) -> str | None:
    if not _NUMBER.fullmatch(number):
        return None
    post = Post.objects.public(now).filter(legacy_id=int(number)).only("slug").first()
    return post.get_absolute_url() if post else None


def _first(model: type[Tag] | type[Category], slug: str) -> str | None:
    plain = slug.lower()
    names = [plain, _NUMBERED.sub("", plain)]
    found = {row.slug: row for row in model._default_manager.filter(slug__in=names)}
    row = next((found[name] for name in names if name in found), None)
    return row.get_absolute_url() if row else None
