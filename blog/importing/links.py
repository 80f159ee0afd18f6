"""Where links of the old blog lead now."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, unquote, urljoin

from blog.importing.records import Site, number
from blog.importing.slugs import slug_of, urlsplit_safely

_ARCHIVE = re.compile(r"(?:^|/)(tag|category|author)/(?:.+/)?([^/]+)$")
_UPLOAD = re.compile(
    r"/(?:wp-content/uploads|files)/|\.(?:jpe?g|png|gif|webp|pdf|mp3|mp4)$", re.IGNORECASE
)
_IDS = ("p", "page_id", "attachment_id")
# Second pages (there are none here), comments, and other forms of a post.
_PART_OF_POST = re.compile(r"/(?:\d{1,3}|comment-page-\d{1,3}|amp|feed|embed|trackback)$")
# What WordPress shows for these is not what stands at the path alone.
_ASKS = re.compile(r"(?:^|&)(?:p|page_id|attachment_id|cat|tag|author|m|year|s|feed|preview)=")


@dataclass
class OldAddresses:
    """The addresses of the old blog: its hosts, and which of its posts stood where."""

    base: str
    hosts: frozenset[str]
    by_path: dict[str, str] = field(default_factory=dict)  # path of the old link → slug here
    by_id: dict[int, str] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)  # of all posts: of this file and of the blog
    tags: Mapping[str, str] = field(default_factory=dict)  # old slug → slug here
    categories: Mapping[str, str] = field(default_factory=dict)

    def add(self, post_id: int, link: str, slug: str, *, is_public: bool) -> None:
        """Note that the post with this old link has `slug` here."""
        if post_id:
            self.by_id[post_id] = slug
        parts = urlsplit_safely(link)
        path = path_key(parts.path)
        if path and not parts.query and (is_public or path not in self.by_path):
            self.by_path[path] = slug
        self.slugs.add(slug)

    def post_at(self, href: str) -> str:
        """Return the slug of the post to which `href` led; empty if it led to none that is here."""
        parts = self.own_parts(href)
        if parts is None:
            return ""
        for name in _IDS:
            if values := parse_qs(parts.query).get(name):
                return self.by_id.get(number(values[0]), "")
        path = path_key(parts.path)
        for form in (path, _PART_OF_POST.sub("", path)):
            if form in self.by_path:
                return self.by_path[form]
        last = slug_of(path.rpartition("/")[2])
        return last if last in self.slugs and not _ARCHIVE.search(path) else ""

    def own_parts(self, href: str) -> SplitResult | None:
        """Return the parts of `href` if it belongs to the old blog, else None."""
        parts = urlsplit_safely(urljoin(self.base, href.strip()))
        host = (parts.hostname or "").lower().removeprefix("www.")
        return parts if host in self.hosts else None

    def now_at(self, href: str) -> str | None:
        """Return the address here of what `href` led to; None where there is nothing.

        An address of another site comes back as it is, completed with its scheme.
        """
        href = href.strip()
        if href.startswith("mailto:"):
            return href
        if not href or href.startswith("#"):
            return None
        parts = self.own_parts(href)
        if parts is None:
            whole = f"https:{href}" if href.startswith("//") else href
            is_address = whole.lower().startswith(("http://", "https://"))
            return whole if is_address and urlsplit_safely(whole).hostname else None
        if slug := self.post_at(href):
            return f"/blog/{slug}/"
        return None if _ASKS.search(parts.query) else self._archive(path_key(parts.path))

    def perhaps_at(self, href: str) -> str:
        """Return the address that a post of the old blog would have here if it came; empty for the rest."""
        parts = self.own_parts(href)
        base = path_key(urlsplit_safely(self.base).path)
        path = path_key(parts.path) if parts and not parts.query else ""
        if not path.startswith(f"{base}/") or _ARCHIVE.search(path) or self.is_upload(href):
            return ""
        slug = slug_of(path.rpartition("/")[2])
        return f"/blog/{slug}/" if slug else ""

    def _archive(self, path: str) -> str | None:
        if path == path_key(urlsplit_safely(self.base).path):
            return "/blog/"
        if found := _ARCHIVE.search(path):
            kind, slug = found[1], slug_of(found[2])
            known = {"tag": self.tags, "category": self.categories}.get(kind, {})
            return f"/blog/{kind}/{known[slug]}/" if slug in known else None
        return None

    def is_upload(self, href: str) -> bool:
        """Say whether `href` is a file of the old blog, or a page that only shows one."""
        return bool(_UPLOAD.search(unquote(urlsplit_safely(href).path)))


def path_key(path: str) -> str:
    """Return `path` in the form in which addresses are compared."""
    return re.sub(r"/+", "/", unquote(path)).rstrip("/").lower()


def hosts_of(site: Site, extra: Iterable[str] = ()) -> frozenset[str]:
    """Return the host names of the old blog, without "www."."""
    addresses = [site.link, site.base_blog_url, *extra]
    names = {(urlsplit_safely(address).hostname or "").lower() for address in addresses}
    # Blogs at WordPress.com name their landlord as the site.
    own = (urlsplit_safely(site.base_site_url).hostname or "").lower()
    names |= {own} - {"wordpress.com"}
    return frozenset(name.removeprefix("www.") for name in names if name)
