"""A compiled text on its page: numbers, titles and pictures are put into its places."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from blog import picture_sources
from blog.models import Picture
from blog.rendering.citations import Citations, web_address
from blog.rendering.compiling import Compiled, Piece, Shown, Slot, citations_in, cut
from references.models import Reference

# A column of text is at most this wide, a phone's window narrower.
SIZES = "(min-width: 46rem) 42rem, 100vw"

Draw = Callable[[Picture, str | None, bool], SafeString]


@dataclass(frozen=True)
class LinkedPost:
    """A post that others may lead to, because readers can read it; none recommends one that is overdue."""

    title: str
    path: str
    is_overdue: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a text needs to know of other rows: pictures by digest, posts that are public by slug, and the
    sources of the statements that it cites.
    """

    pictures: Mapping[str, Picture] = field(default_factory=dict)
    posts: Mapping[str, LinkedPost] = field(default_factory=dict)
    statements: Mapping[str, Sequence[Reference]] = field(default_factory=dict)

    def citations(self, listed: Iterable[Reference] = (), **more: Any) -> Citations:
        """Return citations that know the `listed` sources and those of the statements."""
        carried = (each for sources in self.statements.values() for each in sources)
        return Citations(
            {reference.key: reference for reference in (*carried, *listed)},
            statements={
                key: [reference.key for reference in sources]
                for key, sources in self.statements.items()
            },
            **more,
        )


@dataclass(frozen=True)
class Credit:
    """Who made a picture, under which terms, and where it comes from."""

    creator: str
    license: str
    source_url: str


def draw_for_page(picture: Picture, alt: str | None, is_first: bool) -> SafeString:  # noqa: FBT001
    """Return the picture in all its sizes."""
    return picture_sources.picture_html(picture, sizes=SIZES, first=is_first, alt=alt)


@dataclass
class Filling:
    """One post on one page. Fill its texts in the order in which they stand there.

    `prefix` begins each of its anchors, `address` each link to them (empty on the post's own page).
    """

    around: Surroundings
    citations: Citations
    draw: Draw = draw_for_page
    prefix: str = ""
    address: str = ""
    credits: list[Credit] = field(default_factory=list)

    def fill(self, text: Compiled) -> SafeString:
        """Return the whole text as HTML."""
        return mark_safe(self._join(text.pieces, text.shown))  # noqa: S308 (cleaned, then our own)

    def line(self, text: str) -> SafeString:
        """Return a plain text, such as a take-away, with its citations."""
        plain = escape(clean_of_places(text))
        return mark_safe(self._join(cut(citations_in(plain)), ()))  # noqa: S308 (escaped above)

    def figure(self, picture: Picture, *, is_first: bool = False) -> SafeString:
        """Return the main picture with its caption and credit."""
        return self._figure(picture, Shown(picture.digest, ""), is_first=is_first)

    def _join(self, pieces: Iterable[Piece], shown: tuple[Shown, ...]) -> str:
        return "".join(
            piece if isinstance(piece, str) else self._in_place(piece, shown) for piece in pieces
        )

    def _in_place(self, slot: Slot, shown: tuple[Shown, ...]) -> str:
        if slot.kind in "if":
            return self._picture(shown[int(slot.value)], in_line=slot.kind == "i")
        if slot.kind in "rtle":
            return self._post(slot)
        if slot.kind == "c":
            return self.citations.mark(slot.value.split(","))
        if slot.kind == "b":
            return f'<a href="{self.address}#{self.prefix}{escape(slot.value)}">'
        return "</a>" if slot.kind == "d" else self.prefix

    def _post(self, slot: Slot) -> str:
        slug, _, fragment = slot.value.partition("#")
        post = self.around.posts.get(slug)
        if post is None or (post.is_overdue and slot.kind == "r"):
            return ""  # words stay, a line that is nothing but the link goes
        title, path = escape(post.title), escape(post.path)
        return {
            "r": f'<p class="related">Related: <a href="{path}">{title}</a></p>',
            "t": f'<a href="{path}">{title}</a>',
            "l": f'<a href="{path}{"#" if fragment else ""}{escape(fragment)}">',
            "e": "</a>",
        }[slot.kind]

    def _picture(self, shown: Shown, *, in_line: bool) -> str:
        picture = self.around.pictures.get(shown.digest)
        if picture is None:
            return ""
        if in_line:
            self._credit(picture)
            return self.draw(picture, shown.alt or None, False)  # noqa: FBT003
        return self._figure(picture, shown)

    def _figure(self, picture: Picture, shown: Shown, *, is_first: bool = False) -> SafeString:
        drawn = self.draw(picture, shown.alt or None, is_first)
        caption = (
            mark_safe(self._join(shown.caption, ()))  # noqa: S308 (cleaned with its text)
            if shown.caption
            else self.line(picture.caption)
        )
        credit = self._credit(picture)
        words = [conditional_escape(part) for part in (caption, credit) if part]
        under = (
            format_html("<figcaption>{}</figcaption>", mark_safe(" ".join(words)))  # noqa: S308
            if words
            else SafeString("")
        )
        return format_html("<figure>{}{}</figure>", drawn, under)

    def _credit(self, picture: Picture) -> SafeString:
        if not picture.credit:
            return SafeString("")
        credit = Credit(
            picture.credit, picture.get_license_display(), web_address(picture.source_url)
        )
        self.credits.append(credit)
        return format_html('<small class="credit">Picture: {}</small>', credit.creator)


def clean_of_places(text: str) -> str:
    """Return a plain text without the letters that mark places."""
    return "".join(letter for letter in text if not "\ue000" <= letter <= "\uf8ff")
