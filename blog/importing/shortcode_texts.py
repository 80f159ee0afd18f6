"""What becomes of each shortcode and of the blocks that have no text of their own."""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from blog.importing import shortcodes
from blog.importing.attachments import Attachment
from blog.importing.figures import Pictures
from blog.importing.records import number
from blog.importing.shortcodes import Shortcode

_CAPTIONED = re.compile(r"\s*(<a\b[^>]*>\s*<img\b[^>]*>\s*</a>|<img\b[^>]*>)", re.IGNORECASE)
_MEDIA = (
    "src",
    "mp4",
    "m4v",
    "webm",
    "ogv",
    "mov",
    "flv",
    "mp3",
    "m4a",
    "ogg",
    "wav",
    "wma",
    "url",
)
# They draw what the shop's own pages have, or nothing that a text needs.
_SILENT = {
    *("archives", "toc", "sitemap", "sharethis", "addtoany", "print_link", "contact-form"),
    *("latest-posts", "categories", "archives", "search", "tag-cloud", "calendar", "rss", "more"),
    *("nextpage", "spacer", "navigation", "social-link", "page-list", "post-title", "query"),
}


@dataclass
class Texts:
    """Renders the shortcodes of one text. `post_id` is the post's old number."""

    pictures: Pictures
    post_id: int
    note: Callable[[str], None]
    footnotes: tuple[str, ...] = ()

    def shortcode(self, one: Shortcode) -> str:
        """Return HTML for `one`; of an unknown one what stood inside it."""
        render = _RENDERERS.get(one.name)
        if render:
            return render(self, one)
        self.note(f"shortcode [{one.name}] removed" + (", its text kept" if one.content else ""))
        return one.content

    def block(self, name: str, attributes: dict[str, Any]) -> str:
        """Return HTML for a block that is only a mark."""
        if name.endswith("gallery"):
            ids = attributes.get("ids")
            return self._figures(map(str, ids if isinstance(ids, list) else []))
        if name == "cover":
            return _cover(attributes)
        if name == "footnotes" and self.footnotes:
            # The text has only their numbers.
            return f"<ol>{''.join(f'<li>{one}</li>' for one in self.footnotes)}</ol>"
        if name.startswith(("embed", "core-embed/")):
            return _link(str(attributes.get("url", "")))
        if name.rpartition("/")[2] not in _SILENT:
            self.note(f"block “{name}” left out: it has no text of its own")
        return ""

    def _caption(self, one: Shortcode) -> str:
        found = _CAPTIONED.match(one.content)
        if not found:
            return one.content
        text = one.content[found.end() :].strip() or html.unescape(
            one.attributes.get("caption", "")
        )
        caption = f"<figcaption>{text}</figcaption>" if text else ""
        return f"\n\n<figure>{found[1]}{caption}</figure>\n\n"

    def _gallery(self, one: Shortcode) -> str:
        ids = one.attributes.get("ids") or one.attributes.get("include") or ""
        if ids:
            return self._figures(ids.split(","))
        left_out = {number(each) for each in one.attributes.get("exclude", "").split(",")}
        post_id = number(one.attributes.get("id", "")) or self.post_id
        pictures = self.pictures.shelf.of_post(post_id)
        return self._figures(str(each.id) for each in pictures if each.id not in left_out)

    def _figures(self, ids: Iterable[str]) -> str:
        figures = []
        for one in ids:
            attachment = self.pictures.shelf.attachments.get(number(one))
            if attachment is None:
                self.note(f"gallery: no attachment {one.strip()[:20]} in the file")
            else:
                figures.append(_figure(attachment))
        return "\n\n" + "".join(figures) + "\n\n"

    def _media(self, one: Shortcode) -> str:
        named = (one.attributes[name] for name in _MEDIA if one.attributes.get(name))
        address = next(named, "") or one.content.strip() or "".join(one.values[:1])
        if one.name == "vimeo" and address.isdigit():
            address = f"https://vimeo.com/{address}"
        if one.name == "youtube" and re.fullmatch(r"[\w-]{11}", address):
            address = f"https://www.youtube.com/watch?v={address}"
        if "/" not in address and "." not in address:
            self.note(f"shortcode [{one.name}] removed: it names no address")
            return ""
        return _link(html.unescape(address))

    def _playlist(self, one: Shortcode) -> str:
        ids = [number(each) for each in one.attributes.get("ids", "").split(",")]
        known = [self.pictures.shelf.attachments.get(each) for each in ids]
        titles = [each.title for each in known if each and each.title]
        self.note("playlist made a list of its titles: sound and film are not imported")
        items = "".join(f"<li>{html.escape(title)}</li>" for title in titles)
        return f"\n\n<ul>{items}</ul>\n\n" if items else ""

    def _code(self, one: Shortcode) -> str:
        return f"\n\n<pre>{html.escape(html.unescape(one.content))}</pre>\n\n"

    def _built_picture(self, one: Shortcode) -> str:
        named = (one.attributes.get(name) for name in ("image", "images", "gallery_ids"))
        if ids := next(filter(None, named), ""):
            return self._figures(ids.split(","))
        source, alt = (html.escape(one.attributes.get(name, "")) for name in ("src", "alt"))
        if not source:
            self.note(f"shortcode [{one.name}] removed: it names no picture")
        return f'\n\n<figure><img src="{source}" alt="{alt}"></figure>\n\n' if source else ""

    def _encoded(self, one: Shortcode) -> str:
        self.note(f"shortcode [{one.name}] removed: it holds code")
        return ""

    def _inside(self, one: Shortcode) -> str:
        return one.content


def in_html(text: str, texts: Texts) -> str:
    """Return `text` with its shortcodes as HTML."""
    return shortcodes.replaced(text, texts.shortcode) if "[" in text else text


def _figure(attachment: Attachment) -> str:
    source, alt = html.escape(attachment.url), html.escape(attachment.alt)
    caption = f"<figcaption>{html.escape(attachment.caption)}</figcaption>"
    image = f'<img class="wp-image-{attachment.id}" src="{source}" alt="{alt}">'
    return f"<figure>{image}{caption if attachment.caption else ''}</figure>"


def _cover(attributes: dict[str, Any]) -> str:
    source = html.escape(str(attributes.get("url", "")))
    number = attributes.get("id", "")
    return f'<figure><img class="wp-image-{number}" src="{source}"></figure>' if source else ""


def _link(address: str) -> str:
    # A frame: it is looked at like every other one.
    return f'\n\n<iframe src="{html.escape(address.strip())}"></iframe>\n\n' if address else ""


_RENDERERS: dict[str, Callable[[Texts, Shortcode], str]] = {
    "caption": Texts._caption,
    "wp_caption": Texts._caption,
    "gallery": Texts._gallery,
    "playlist": Texts._playlist,
    "code": Texts._code,
    "sourcecode": Texts._code,
    "shortcode": Texts._inside,
    # Of WPBakery and Divi, by which whole sites are built.
    **dict.fromkeys(
        ("vc_single_image", "vc_gallery", "vc_images_carousel", "et_pb_image", "et_pb_gallery"),
        Texts._built_picture,
    ),
    **dict.fromkeys(("vc_raw_html", "vc_raw_js"), Texts._encoded),
    **dict.fromkeys(
        ("embed", "video", "audio", "youtube", "vimeo", "googlevideo", "wpvideo"), Texts._media
    ),
}
