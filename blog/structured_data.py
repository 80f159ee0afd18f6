"""What a post and a list of posts say about themselves to search engines, from what readers see."""

from typing import Any

from django.utils.text import Truncator

from blog import archives, picture_sources, wording
from blog.archives import ArchivePage
from blog.models import Person, Picture, Post
from blog.reading import PostPage, last_change
from blog.rendering import RenderedPost
from blog.rendering.citations import Source
from shop.lib.seo import JsonLd, PageMeta, absolute_url, faq_page, plain_words

RATIOS = ("16x9", "4x3", "1x1")
LONGEST_DESCRIPTION = 160
SHORTEST_DESCRIPTION = 50


def post_meta(page: PostPage) -> PageMeta:
    """Return title, description, picture and structured data of a post's page."""
    post, path = page.post, page.post.get_absolute_url()
    graph = [blog_posting(page)]
    if page.rendered.questions:
        graph.append(questions_of(page.rendered))
    return PageMeta(
        title=post.meta_title or post.title,
        description=description_of(page.rendered),
        path=path,
        breadcrumbs=(("Blog", "/blog/"), (post.title, path)),
        json_ld=tuple(graph),
        image=social_image(post),
        robots="noindex, follow" if post.is_unreviewed_import else "",
        og_type="article",
    )


def archive_meta(page: ArchivePage) -> PageMeta:
    """Return title, description and structured data of one page of a list."""
    archive = page.archive
    title = archive.title or archive.heading
    description = shortened(archive.description)
    if len(description) < SHORTEST_DESCRIPTION:
        description = shortened(
            f"{archive.heading}: articles on vitamin B12 with named authors, numbered sources and dates."
        )
    if page.number > 1:
        title = f"{title}, page {page.number}"
        description = shortened(f"Page {page.number}. {description}")
    crumbs = [("Blog", "/blog/")]
    if archive.about is not None:
        crumbs.append((archive.name, archive.path))
    if page.number > 1:
        crumbs.append((f"Page {page.number}", page.path))
    return PageMeta(
        title=title,
        description=description,
        path=page.path,
        breadcrumbs=tuple(crumbs),
        robots="" if page.is_indexed else "noindex, follow",
    )


def blog_posting(page: PostPage) -> JsonLd:
    """Return schema.org's BlogPosting. No product and no offer: posts sell nothing."""
    post, path = page.post, page.post.get_absolute_url()
    entry: dict[str, Any] = {
        "@type": "BlogPosting",
        "@id": absolute_url(f"{path}#post"),
        "headline": post.title,
        "url": absolute_url(path),
        "mainEntityOfPage": absolute_url(path),
        "isPartOf": {"@type": "Blog", "@id": absolute_url("/blog/#blog"), "name": "Blog"},
        "publisher": {"@id": absolute_url("/#organization")},
        "author": [person(row.person) for row in post.author_rows.all()],
    }
    if post.publish_at:
        entry["datePublished"] = post.publish_at.isoformat()
        entry["dateModified"] = (last_change(post) or post.publish_at).isoformat()
    if post.main_picture:
        entry["image"] = images(post.main_picture)
    if post.summary:
        entry["description"] = post.summary
    if post.reviewed_by and post.reviewed_on:
        entry["reviewedBy"] = person(post.reviewed_by)
        entry["lastReviewed"] = post.reviewed_on.isoformat()
    if page.rendered.sources:
        entry["citation"] = [citation(source) for source in page.rendered.sources]
    return entry


def questions_of(rendered: RenderedPost) -> JsonLd:
    """Return schema.org's FAQPage from the questions of a post."""
    path = rendered.post.get_absolute_url()
    pairs = [(each.question, each.answer) for each in rendered.questions]
    return {"@id": absolute_url(f"{path}#questions"), **faq_page(pairs)}


def person(row: Person) -> JsonLd:
    """Return an author or a reviewer, with the page that says more."""
    return {"@type": "Person", "name": row.name, "url": absolute_url(row.get_absolute_url())}


def citation(source: Source) -> JsonLd:
    """Return a source as the list of sources has it."""
    entry = {"@type": "CreativeWork", "name": source.reference.citation}
    if source.address:
        entry["url"] = source.address
    return entry


def images(picture: Picture) -> list[str]:
    """Return the addresses of a picture in the three ratios that search engines ask for."""
    cuts = [on_our_host(picture_sources.crop_url(picture, ratio)) for ratio in RATIOS]
    return list(dict.fromkeys(cuts))


def social_image(post: Post) -> str:
    """Return the picture of link previews, empty for the site's own."""
    picture = post.social_picture or post.main_picture
    return picture_sources.crop_url(picture, "social") if picture else ""


def on_our_host(address: str) -> str:
    """Return an absolute address; a store elsewhere gives absolute ones already."""
    return address if "://" in address else absolute_url(address)


def description_of(rendered: RenderedPost) -> str:
    """Return what search engines may show of a post."""
    post = rendered.post
    text = shortened(post.meta_description or post.summary or plain_words(rendered.html))
    if len(text) >= SHORTEST_DESCRIPTION:
        return text
    return shortened(
        f"{(text or post.title).rstrip('.')}. A post with named authors, numbered sources and dates."
    )


def shortened(text: str) -> str:
    """Return so many whole words of `text` as fit a description."""
    plain = wording.tidy(archives.without_citations(text))
    if len(plain) <= LONGEST_DESCRIPTION:
        return plain
    cut = Truncator(plain).chars(LONGEST_DESCRIPTION, truncate="")
    return f"{cut[: LONGEST_DESCRIPTION - 1].rpartition(' ')[0] or cut[: LONGEST_DESCRIPTION - 1]}…"
