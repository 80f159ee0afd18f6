"""What a WordPress export holds, as plain data: the words are still WordPress's."""

from dataclasses import dataclass, field


class NotAnExport(Exception):
    """The file cannot be imported at all. The text says why, for the operator."""


@dataclass(frozen=True)
class Author:
    """A user of the old blog."""

    login: str
    name: str


@dataclass(frozen=True)
class Term:
    """A category or tag of the old blog. `parent` is the slug of another category, or empty."""

    domain: str
    slug: str
    name: str
    parent: str = ""
    description: str = ""


@dataclass(frozen=True)
class Comment:
    """A reader's comment, pingback or trackback."""

    id: int
    parent: int
    author: str
    date: str
    date_gmt: str
    content: str
    approved: str
    kind: str


@dataclass(frozen=True)
class Site:
    """The old blog: the addresses by which it was known, and the version of the format."""

    version: str = ""
    title: str = ""
    link: str = ""
    base_site_url: str = ""
    base_blog_url: str = ""
    generator: str = ""


@dataclass(frozen=True)
class Item:
    """A post, page, attachment, revision, menu entry … of the old blog.

    `fields` holds its simple elements by their names, with the prefixes that WordPress gives them.
    """

    number: int  # its place in the file, from 1
    fields: dict[str, str]
    terms: tuple[Term, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    comments: tuple[Comment, ...] = field(default=())

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def id(self) -> int:
        """WordPress's own number; 0 where there is none."""
        return number(self["wp:post_id"])

    @property
    def type(self) -> str:
        """ "post", "page", "attachment" …; a file without types holds posts."""
        return self["wp:post_type"].strip() or "post"

    @property
    def creator(self) -> str:
        """The login of its author; exports mended by hand hold stray signs of markup there."""
        return self["dc:creator"].strip(" \t\n<>")

    @property
    def status(self) -> str:
        """ "publish", "draft" …; a file without them holds what could be read."""
        return self["wp:status"].strip() or "publish"

    def first_meta(self, *keys: str) -> str:
        """Return the value of the first of `keys` that has one."""
        values = {key: value for key, value in reversed(self.meta) if value.strip()}
        return next((values[key] for key in keys if key in values), "")


Record = Site | Author | Term | Item


def number(text: str) -> int:
    """Return a number as WordPress writes them; 0 for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0  # noqa: PLR2004
