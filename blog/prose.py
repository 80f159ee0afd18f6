"""The rich text of posts: what it may hold, and the cleaning that nothing gets around.

The list of extensions drives the editor; `clean_prose` is stricter than the editor and runs in every
save (importers, shell and fixtures included: the library itself cleans in forms only) and again when a
text is rendered.
"""

import re
from typing import Any

import nh3
from django.db import models
from django_prose_editor.fields import ProseEditorField

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    # A figure is a picture with its caption; the library wants all three named.
    "Figure": True,
    "Image": True,
    "Caption": True,
}

TAGS = {
    *(
        "p",
        "h2",
        "h3",
        "strong",
        "em",
        "sub",
        "sup",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "blockquote",
        "a",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
# What is inside goes too: shown as text it would be noise at best.
DROPPED_WITH_CONTENT = {
    *("script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math"),
    *("form", "button", "select", "textarea", "title", "xmp", "noembed", "noframes", "plaintext"),
}
PICTURE_SRC = re.compile(r"/blog/pictures/([0-9a-f]{20})/")
_NUMBER = re.compile(r"\d{1,4}")
_HREF = re.compile(r"(?:https?://[^/]|mailto:[^\s@]+@|/(?![/\\])|#)", re.IGNORECASE)
_WITHOUT_SRC = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
# The editor puts a paragraph into every list item and table cell. Alone there it says nothing, and a text
# that somebody only opened and saved would not be the same any more.
_ALONE = re.compile(
    r"(<(li|td|th)(?:\s[^>]*)?>)<p>((?:(?!</?(?:p|li|td|th|ul|ol|table|blockquote|figure)\b).)*)</p>"
    r"(?=</\2>|<[uo]l\b)",
    re.DOTALL,
)
_NOTHING = re.compile(r"(?:<p>(?:<br>|\s)*</p>\s*)+")
# Invisible characters that only serve to hide something, and what XML and PostgreSQL cannot hold.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ufffe\uffff\ue000-\uf8ff]"
)


def clean_prose(html: str) -> str:
    """Return `html` as a well-formed fragment of allowed elements; links and pictures are checked.

    A picture must be one of our library (`/blog/pictures/<digest>/`), a link must lead to http(s), mail,
    a path of the shop or an anchor. Cleaning twice changes nothing.
    """
    cleaned = _CLEANER.clean(_FORBIDDEN.sub("", html))
    if _FORBIDDEN.search(cleaned):  # it was written as a number, such as &#xe000;
        cleaned = _CLEANER.clean(_FORBIDDEN.sub("", cleaned))
    cleaned = _ALONE.sub(r"\1\3", _WITHOUT_SRC.sub("", cleaned))
    return "" if _NOTHING.fullmatch(cleaned) else cleaned


def _checked_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if PICTURE_SRC.fullmatch(value) else None
    if name == "href":
        value = value.strip()
        return value if _HREF.match(value) and "\\" not in value else None
    if name in ("colspan", "rowspan", "start"):
        return value if _NUMBER.fullmatch(value) and value != "1" else None
    return value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED_WITH_CONTENT,
    attributes=ATTRIBUTES,
    attribute_filter=_checked_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    strip_comments=True,
)


class ProseField(ProseEditorField):  # type: ignore[misc]
    """A text that is edited as rich text and is clean in the database, whoever saves it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", clean_prose)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Clean what a fixture brings: Django stores that without asking pre_save."""
        value = super().to_python(value)
        return clean_prose(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """Leave the value alone: Django would clean it by to_python with every question and every answer."""
        return models.Field.get_prep_value(self, value)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 (Django's)
        """Clean the value, also where no form was asked."""
        value = clean_prose(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, value)
        return value
