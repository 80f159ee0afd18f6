"""WordPress's shortcodes: [gallery ids="1,2"], [caption]…[/caption], inside each other as well.

Brackets that are words ([sic], [1], [see below]) stay words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

# A name, then attributes in which quotes may hold brackets; [[name]] is a shortcode shown as text.
_TOKEN = re.compile(
    r"(\[?)\[(/?)([A-Za-z][A-Za-z0-9_-]{0,60})"
    r"((?:[\s=:/](?:[^\[\]\"']|\"[^\"]{0,3000}\"|'[^']{0,3000}')*+)?)\](\]?)"
)
# Columns, tabs, items: what stands side by side is not one word.
_NEXT_TO = re.compile(r"(\[/([A-Za-z][A-Za-z0-9_-]{0,60})\])(?=\[\2[\s\]])")
_ATTRIBUTE = re.compile(
    r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|[“”″]([^“”″]*)[“”″]|([^\s\"']+))"
    r"|\"([^\"]*)\"|'([^']*)'|(\S+)"
)
# Without attributes or an end these would pass for words.
KNOWN = {
    *("caption", "wp_caption", "gallery", "embed", "video", "audio", "playlist", "youtube"),
    *("vimeo", "googlevideo", "code", "sourcecode", "archives", "toc", "sitemap", "shortcode"),
    *("contact-form", "contact-form-7", "print_link", "sharethis", "addtoany", "slideshow"),
}


@dataclass
class Shortcode:
    """One shortcode: its name in small letters, its attributes, and what stands inside it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    values: tuple[str, ...] = ()  # attributes without a name: [youtube https://…]
    content: str = ""


@dataclass
class _Open:
    shortcode: Shortcode
    source: str
    has_attributes: bool
    before: list[str]


# Nobody nests more; a hostile text would.
DEEPEST = 30

Render = Callable[[Shortcode], str]


def replaced(text: str, render: Render) -> str:
    """Return `text` with each shortcode replaced by what `render` makes of it, the inner ones first."""
    text = _NEXT_TO.sub(r"\1\n\n", text)
    closers = {found[3].lower() for found in _TOKEN.finditer(text) if found[2]}
    stack: list[_Open] = []
    output: list[str] = []
    position = 0
    for found in _TOKEN.finditer(text):
        output.append(text[position : found.start()])
        position = found.end()
        name = found[3].lower()
        if found[1] and found[5]:
            output.append(found[0][1:-1])
        elif found[2]:
            output = _closed(name, found[0], stack, output, render)
        else:
            output.append(found[1])
            opened = _opened(found)
            is_alone = found[4].rstrip().endswith("/") or name not in closers
            if not is_alone and len(stack) < DEEPEST:
                stack.append(opened)
                opened.before, output = output, []
            else:
                output.append(_alone(opened, render) + found[5])
    output.append(text[position:])
    while stack:
        opened = stack.pop()
        output = [*opened.before, _alone(opened, render), *output]
    return "".join(output)


def _closed(
    name: str, source: str, stack: list[_Open], output: list[str], render: Render
) -> list[str]:
    if all(opened.shortcode.name != name for opened in stack):
        return output if name in KNOWN or "_" in name else [*output, source]
    while stack:
        opened = stack.pop()
        if opened.shortcode.name == name:
            opened.shortcode.content = "".join(output)
            return [*opened.before, render(opened.shortcode)]
        output = [*opened.before, _alone(opened, render), *output]
    return output


def _opened(found: re.Match[str]) -> _Open:
    attributes: dict[str, str] = {}
    values = []
    source = found[4].strip().removesuffix("/").lstrip(":= ")
    for one in _ATTRIBUTE.finditer(source.replace("&#8221;", '"').replace("&#8243;", '"')):
        if one[1]:
            attributes[one[1].lower()] = one[2] or one[3] or one[4] or one[5] or ""
        else:
            values.append(one[6] or one[7] or one[8] or "")
    shortcode = Shortcode(found[3].lower(), attributes, tuple(values))
    return _Open(shortcode, found[0].removeprefix("[" if found[1] else ""), bool(attributes), [])


def _alone(opened: _Open, render: Render) -> str:
    name = opened.shortcode.name
    is_shortcode = (
        name in KNOWN
        or opened.has_attributes
        or "_" in name
        or re.search(r"-\d+\Z", name)
        or opened.source.endswith("/]")
    )
    return render(opened.shortcode) if is_shortcode else opened.source
