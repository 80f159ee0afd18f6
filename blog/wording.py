"""The words of a post as readers meet them: rich text cut into blocks, sentences and words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

# A source by its key, or a statement of the register, which brings its sources with it.
CITATION = re.compile(r"\[(?:ref|claim):[^\[\]\s]*\]")
CITED_SOURCE = re.compile(r"\[ref:([^\[\]\s]*)\]")
CITED_STATEMENT = re.compile(r"\[claim:([^\[\]\s]*)\]")
RELATED = re.compile(r"\[post:([^\[\]\s]*)\]")
BLOCKS = {
    *("p", "h2", "h3", "ul", "ol", "li", "blockquote", "hr", "div"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption"),
}
HEADINGS = {"h2", "h3"}
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_][\w.,'’-]*")
# A citation belongs to the sentence before it, also where it was typed after the full stop. A row of dots is
# looked at once, however long it is.
_END = re.compile(
    r"(?:(?<![.!?…])[.!?…]++[\"”’)]*+|:)(?:\s?\[(?:ref|claim):[^\[\]\s]*\])*(?=\s)(?!\s?\[(?:ref|claim):)"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|No|approx|etc|ca|e\.g|i\.e|U\.S|a\.m|p\.m|al|Fig)|\b[A-Z])\.$"
)
LONGEST_ABBREVIATION = 10  # more than "approx." and the letter before it


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, list item or table cell. `tag` is the element that the text is in."""

    tag: str
    text: str

    @property
    def is_heading(self) -> bool:
        """Whether it stands above other text."""
        return self.tag in HEADINGS


def parsed(markup: str) -> html.HtmlElement:
    """Return the fragment below one `div`."""
    return html.fragment_fromstring(markup.replace("\x00", ""), create_parent="div")


def blocks(markup: str, *, with_links: bool = False, whole_rows: bool = False) -> list[Block]:
    """Return the texts of rich text in order, citation tokens and all; empty headings too.

    `with_links` writes where links lead behind them, and what is said of pictures, so that two texts that
    differ only in that are not the same. `whole_rows` makes each row of a table one block, its cells set apart by semicolons:
    what one cell says, another one of the row may prove.
    """
    if "<" not in markup:
        return [Block("p", text)] if (text := tidy(markup)) else []
    root = parsed(markup)
    if whole_rows:
        _join_cells(root)
    found: list[Block] = []
    open_tags = ["p"]
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in BLOCKS:
            _close(found, open_tags[-1], parts, is_end=event == "end")
            if event == "start":
                open_tags.append(element.tag)
            else:
                open_tags.pop()
        elif element.tag == "br":
            parts.append("\n")
        if event == "end" and with_links and (target := element.get("href") or element.get("src")):
            said = tidy(f"{element.get('alt', '')} {target}")
            parts.append(f" ({said})")
        parts.append((element.text if event == "start" else element.tail) or "")
    _close(found, open_tags[-1], parts, is_end=False)
    return found


def _join_cells(root: html.HtmlElement) -> None:
    for row in list(root.iter("tr")):
        texts = [tidy(cell.text_content()) for cell in row.iterchildren("td", "th")]
        row.clear(keep_tail=True)
        etree.SubElement(row, "td").text = "; ".join(text for text in texts if text)


def _close(found: list[Block], tag: str, parts: list[str], *, is_end: bool) -> None:
    text = tidy("".join(parts))
    if text or (is_end and tag in HEADINGS):
        found.append(Block("p" if tag == "div" else tag, text))
    parts.clear()


def tidy(text: str) -> str:
    """Return the text with single spaces, non-breaking ones included."""
    return _SPACES.sub(" ", text).strip()


def plain(markup: str) -> str:
    """Return the text without tokens, one block per line."""
    texts = (without_tokens(block.text) for block in blocks(markup))
    return "\n".join(text for text in texts if text)


def without_tokens(text: str) -> str:
    """Return the text without citations and related lines, and without a call-out's asterisk."""
    text = RELATED.sub("", CITATION.sub("", text)).removeprefix("* ")
    return re.sub(r" +([.,;:!?])", r"\1", tidy(text))


def sentences(text: str) -> Iterator[str]:
    """Cut a block into sentences, each with its citations."""
    start = 0
    for match in _END.finditer(text):
        # Not from `start`: of a text that is all abbreviations that would be all of it, each time.
        if _ABBREVIATION.search(text, max(start, match.end() - LONGEST_ABBREVIATION), match.end()):
            continue
        yield text[start : match.end()].strip()
        start = match.end()
    if rest := text[start:].strip():
        yield rest


def words(text: str) -> list[str]:
    """Return the words of a text, tokens left out."""
    return [word.rstrip(".,'’-") for word in _WORD.findall(without_tokens(text))]


def excerpt(text: str, length: int = 160) -> str:
    """Return so much of a text as a message can show."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
