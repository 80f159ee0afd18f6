"""The records of an export, one after the other: the file may be larger than the memory."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from blog.importing import opening
from blog.importing.records import Author, Comment, Item, NotAnExport, Record, Site, Term, number

# Namespaces by which elements are known, whatever prefix a file gives them.
_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "": "",
}
_KNOWN_PREFIXES = ("wp:", "content:", "excerpt:", "dc:")
MOST_OF_ITEM = 64 << 20  # characters
DEEPEST = 40
_SITE = {
    "wp:wxr_version": "version",
    "title": "title",
    "link": "link",
    "wp:base_site_url": "base_site_url",
    "wp:base_blog_url": "base_blog_url",
    "generator": "generator",
}
_RECORDS = {"item", "wp:author", "wp:category", "wp:tag", "wp:term"}
_REFUSED = (
    "The file has a document type (DTD) or entities of its own. WordPress writes neither, and such "
    "files are used for attacks: it is not read."
)


@dataclass
class _Node:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    children: list["_Node"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return the text of the first child of this name, without spaces around it."""
        return next((_text(each) for each in self.children if each.name == name), "")


class _Collector(ContentHandler):
    """Builds one record of the channel at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[_Node] = []
        self.done: list[_Node] = []
        self.size = 0
        self.root = ""
        self.is_over = False
        self._prefixes: list[dict[str, str]] = [{}]

    def startElement(self, name: str, attrs: "AttributesImpl[str]") -> None:  # noqa: N802
        attributes = dict(attrs.items())
        declared = {
            key.partition(":")[2]: value
            for key, value in attributes.items()
            if key.startswith("xmlns")
        }
        self._prefixes.append(
            {**self._prefixes[-1], **declared} if declared else self._prefixes[-1]
        )
        if len(self.path) > DEEPEST:
            raise NotAnExport("Its elements are nested deeper than an export's.")
        node = _Node(self._known_as(name), attributes)
        self.root = self.root or node.name
        if len(self.path) > 2:  # noqa: PLR2004 (rss, channel, record)
            self.path[-1].children.append(node)
        self.path.append(node)

    def characters(self, content: str) -> None:
        if len(self.path) > 2:  # noqa: PLR2004
            self.size += len(content)
            if self.size > MOST_OF_ITEM:
                raise NotAnExport("One of its items is larger than 64 million characters.")
            self.path[-1].text.append(content)

    def endElement(self, _name: str) -> None:  # noqa: N802
        node = self.path.pop()
        self.is_over = not self.path
        self._prefixes.pop()
        if len(self.path) == 2 and self.path[-1].name == "channel":  # noqa: PLR2004
            self.done.append(node)
            self.size = 0

    def _known_as(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        address = self._prefixes[-1].get(prefix)
        if address is None or (not colon and not address):
            return name
        address = address.replace("https://", "http://")
        if address.startswith("http://wordpress.org/export/"):
            return f"excerpt:{local}" if address.rstrip("/").endswith("excerpt") else f"wp:{local}"
        known = _NAMESPACES.get(address)
        if known is not None:
            return known + local
        # A prefix of ours for something else is not ours.
        return f"other:{local}" if f"{prefix}:" in _KNOWN_PREFIXES else name


def records(path: Path, found: Counter[str], *, mend_cdata: bool = False) -> Iterator[Record]:
    """Yield what the export holds: a Site whenever the channel has told more of it, authors, terms, items.

    Raises NotAnExport, at the place where the file stops being one.
    """
    collector = _Collector()
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(collector)
    reader = _Reader()
    try:
        for piece in opening.text_of(path, found, mend_cdata=mend_cdata):
            parser.feed(piece)
            yield from reader.taken(collector)
        parser.close()
        yield from reader.taken(collector)
    except DefusedXmlException as error:
        raise NotAnExport(_REFUSED) from error
    except SAXParseException as error:
        if not collector.is_over:
            raise _Unreadable(error, is_rss=collector.root == "rss") from error
        # What a server had to say when the export was through.
        found["texts behind the end of the file left out"] += 1
        yield from reader.taken(collector)
    except SAXException as error:
        raise NotAnExport(f"The file cannot be read: {error}") from error
    reader.check(collector.root)


class _Unreadable(NotAnExport):
    def __init__(self, error: SAXParseException, *, is_rss: bool) -> None:
        line = error.getLineNumber()
        super().__init__(
            f"The file is broken or cut off at line {line}: {error.getMessage()}."
            if is_rss
            else f"This is not a WordPress export (line {line}: {error.getMessage()})."
        )


@dataclass
class _Reader:
    site: dict[str, str] = field(default_factory=dict)
    items: int = 0
    has_wordpress: bool = False

    def taken(self, collector: _Collector) -> Iterator[Record]:
        nodes, collector.done = collector.done, []
        for node in nodes:
            self.has_wordpress |= node.name.startswith("wp:")
            if node.name in _SITE:
                self.site.setdefault(_SITE[node.name], _text(node))
                yield Site(**self.site)
            elif node.name in _RECORDS:
                yield from self._record(node)

    def _record(self, node: _Node) -> Iterator[Record]:
        if node.name == "item":
            self.items += 1
            self.has_wordpress |= any(each.name.startswith("wp:") for each in node.children)
            yield _item(node, self.items)
        elif node.name == "wp:author":
            yield _author(node)
        else:
            yield _term(node)

    def check(self, root: str) -> None:
        """Raise NotAnExport if nothing in the file was WordPress's."""
        if root != "rss":
            raise NotAnExport("This is not a WordPress export: it does not begin with <rss>.")
        if not self.has_wordpress:
            raise NotAnExport(
                "This is a feed, not a WordPress export: it has no wp: elements. In WordPress, use "
                "Tools → Export."
            )


def _text(node: _Node) -> str:
    return "".join(node.text).strip()


def _author(node: _Node) -> Author:
    login = node.get("wp:author_login")
    first, last = node.get("wp:author_first_name"), node.get("wp:author_last_name")
    return Author(login, node.get("wp:author_display_name") or f"{first} {last}".strip() or login)


def _term(node: _Node) -> Term:
    if node.name == "wp:category":
        parts = ("category_nicename", "cat_name", "category_parent", "category_description")
        return Term("category", *(node.get(f"wp:{part}") for part in parts))
    if node.name == "wp:tag":
        slug, name = node.get("wp:tag_slug"), node.get("wp:tag_name")
        return Term("post_tag", slug, name, description=node.get("wp:tag_description"))
    names = ("term_taxonomy", "term_slug", "term_name", "term_parent", "term_description")
    return Term(*(node.get(f"wp:{name}") for name in names))


def _item(node: _Node, place: int) -> Item:
    fields: dict[str, str] = {}
    for child in node.children:
        if not child.children and child.name != "category":
            fields.setdefault(child.name, _text(child))
    meta = tuple(
        (child.get("wp:meta_key"), child.get("wp:meta_value"))
        for child in node.children
        if child.name == "wp:postmeta" and child.get("wp:meta_key")
    )
    comments = tuple(_comment(each) for each in node.children if each.name == "wp:comment")
    terms = tuple(
        Term(_domain(each), each.attributes.get("nicename", ""), _text(each))
        for each in node.children
        if each.name == "category" and _text(each)
    )
    return Item(place, fields, terms, meta, comments)


def _domain(node: _Node) -> str:
    # Exports of WordPress 3.0 and older call tags so, and name each term a second time without a slug.
    domain = node.attributes.get("domain", "category")
    return "post_tag" if domain == "tag" else domain


def _comment(node: _Node) -> Comment:
    return Comment(
        id=number(node.get("wp:comment_id")),
        parent=number(node.get("wp:comment_parent")),
        author=node.get("wp:comment_author"),
        date=node.get("wp:comment_date"),
        date_gmt=node.get("wp:comment_date_gmt"),
        content=node.get("wp:comment_content"),
        approved=node.get("wp:comment_approved"),
        kind=node.get("wp:comment_type"),
    )
