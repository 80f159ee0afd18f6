"""Links: each one leads somewhere, and to other posts by addresses that they have."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, ResolverMatch, resolve

from blog import wording
from blog.firewall import leads_into_shop
from blog.models import Post
from blog.readiness.problems import BLOCKS, TELLS, WARNS, Examined, Problem
from blog.rendering.contents import OF_THE_PAGE
from blog.wording import RELATED, excerpt
from redirects import table
from redirects.addresses import is_not_ours, is_ours
from redirects.living_pages import is_there


@dataclass
class _Links:
    """Where the post leads: (field, address, words) of links, (field, slug) of lines on other posts."""

    written: list[tuple[str, str, str]] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield links that lead nowhere, or not where somebody thinks. A few queries, however many links."""
    links = _links_in(examined)
    slugs = {slug for _, slug in links.posts}
    slugs |= {slug for _, href, _ in links.written if (slug := _post_slug(_own_path(href)))}
    states = _states(slugs, examined) if slugs else {}
    anchors = OF_THE_PAGE | {heading.id for heading in examined.headings}
    for where, href, text in links.written:
        yield from _of_link(where, href, text, states, anchors)
    for where, slug in links.posts:
        if slug == examined.snapshot["slug"]:
            yield Problem("own_post", WARNS, "The post leads to itself.", where, slug)
        elif problem := _of_post(slug, where, states, missing=WARNS):
            yield problem
    for block in examined.body:
        if RELATED.search(block.text) and not RELATED.fullmatch(block.text):
            message = "A line [post:…] must stand in a paragraph of its own."
            yield Problem("post_in_text", WARNS, message, "body", excerpt(block.text))


def _links_in(examined: Examined) -> _Links:
    links = _Links()
    for where, markup in examined.prose:
        for element in wording.parsed(markup).iter("a"):
            href = (element.get("href") or "").strip()
            links.written.append((where, href, wording.tidy(element.text_content()) or href))
        links.posts += [(where, slug) for slug in RELATED.findall(markup)]
    links.posts += [("read_more", slug) for slug in examined.snapshot["read_more"]]
    return links


def _states(slugs: set[str], examined: Examined) -> dict[str, bool]:
    """For each of the posts that exist: whether readers see it."""
    return {post.slug: post.is_public(examined.now) for post in Post.objects.filter(slug__in=slugs)}


def _of_link(
    where: str, href: str, text: str, states: dict[str, bool], anchors: set[str]
) -> Iterator[Problem]:
    path = _own_path(href)
    if href.startswith("#"):
        if unquote(href[1:]) not in anchors:
            message = f"The link “{text}” leads to {href}, which is not in this post."
            yield Problem("dead_anchor", WARNS, message, where, text)
    elif not href or _scheme(href) not in {"", "http", "https", "mailto"}:
        message = f"The link “{text}” must lead to http(s), to a mail address or into this site."
        yield Problem("bad_link", BLOCKS, message, where, text)
    elif path and (slug := _post_slug(path)):
        if problem := _of_post(slug, where, states, missing=BLOCKS):
            yield problem
    elif path and (problem := _of_path(path, where, text)):
        yield problem
    elif href.startswith("http://") and not path:
        message = f"The link “{text}” is not encrypted; try https://."
        yield Problem("plain_http", TELLS, message, where, text)


def _of_path(path: str, where: str, text: str) -> Problem | None:
    if is_not_ours(path.rstrip("/")):
        message = f"The link “{text}” leads to {path}, which is not for readers."
        return Problem("staff_link", BLOCKS, message, where, text)
    if _answers(path):
        return None
    if redirect := table.lookup(path):
        message = f"“{text}” leads to an old address; it is {redirect.new_path or 'gone'} now."
        return Problem("old_link", WARNS if redirect.new_path else BLOCKS, message, where, text)
    message = f"The link “{text}” leads to {path}, where there is nothing."
    return Problem("dead_link", BLOCKS, message, where, text)


def _of_post(slug: str, where: str, states: dict[str, bool], *, missing: str) -> Problem | None:
    if states.get(slug):
        return None
    if slug in states:
        message = f"The post “{slug}” is not public: readers do not see the line until it is."
        return Problem("unpublished_post", WARNS, message, where, slug)
    if redirect := table.lookup(f"/blog/{slug}/"):
        message = f"The post “{slug}” has another address: {redirect.new_path or 'it is gone'}."
        return Problem("moved_post", WARNS, message, where, slug)
    message = f"No post has the address “{slug}”."
    return Problem("unknown_post", missing, message, where, slug)


def _answers(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return is_there(path)
    # A fixed address is a page; behind one with a part to fill in, the page itself knows. What sells is
    # not asked: a referral would be counted.
    return not _is_filled_in(match) or leads_into_shop(path) or is_there(path)


def _post_slug(path: str) -> str:
    """The slug in /blog/<slug>/, where that is the address of a post and not of a list."""
    parts = path.strip("/").split("/")
    if len(parts) != 2 or parts[0] != "blog" or parts[1].isdigit():  # noqa: PLR2004
        return ""
    try:
        match = resolve(f"/blog/{parts[1]}/")
    except Resolver404:
        return parts[1]
    return parts[1] if _is_filled_in(match) else ""


def _is_filled_in(match: ResolverMatch) -> bool:
    """Whether a part of the address was free: not that of a policy, whose name is fixed."""
    return bool(match.args or getattr(match, "captured_kwargs", match.kwargs))


def _own_path(href: str) -> str:
    """The decoded path of a link within this site; empty for others and for anchors."""
    try:
        parts = urlsplit(href)
        is_own = (not parts.netloc and not parts.scheme) or is_ours(parts.netloc)
    except ValueError:
        return ""
    return unquote(parts.path) if is_own else ""


def _scheme(href: str) -> str:
    try:
        return urlsplit(href).scheme.lower()
    except ValueError:
        return "?"
