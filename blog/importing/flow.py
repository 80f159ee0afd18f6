"""A text as a row of blocks: no wrappers, no text outside paragraphs, no picture inside a sentence."""

import copy

from blog.importing.elements import RENAMED, WRAPPERS, Element, found, made, words

BLOCKS = {"p", "h2", "h3", "ul", "ol", "table", "blockquote", "figure", "hr"}
_HEADINGS = {"h2", "h3"}
_INLINE_ONLY = {*_HEADINGS, "figcaption", "caption"}
_CELLS = ("li", "td", "th")
_MARKED = ("strong", "em", "sub", "sup")


def arranged(root: Element) -> Element:
    """Return a new tree with what `root` says, as blocks that a post can have."""
    _raise_headings(root)
    for element in found(root, *RENAMED):
        element.tag = RENAMED[element.tag]
    for element in found(root, "dt"):
        _in_bold(element)
    for element in found(root, "pre"):
        _line_by_line(element)
    for element in found(root, "q"):
        _in_quotation_marks(element)
    _drop_vain_marks(root)
    for element in found(root, *_INLINE_ONLY):
        _flatten(element)
    for cell in reversed(list(found(root, *_CELLS))):
        _arrange_cell(cell)
    for quote in reversed(list(found(root, "blockquote"))):
        _refill(quote, _blocks_of(quote))
    for table in found(root, "ul", "ol"):
        _only_items(table)
    arranged_root = _refill(made("div"), _blocks_of(root))
    # Pictures have left what marked nothing else.
    _drop_vain_marks(arranged_root)
    return arranged_root


def _raise_headings(root: Element) -> None:
    """Where a text begins its headings at h3 or below, they come up: contents are made of h2."""
    levels = sorted({element.tag for element in found(root, "h1", "h2", "h3", "h4", "h5", "h6")})
    if levels and levels[0] > "h2":
        for element in found(root, *levels):
            element.tag = "h2" if element.tag == levels[0] else "h3"


def _blocks_of(container: Element) -> list[Element]:
    blocks: list[Element] = []
    line = made("p", container.text or "")

    def flush() -> None:
        nonlocal line
        blocks.extend(_split(line))
        line = made("p")

    for child in list(container):
        tail, child.tail = child.tail, None
        if child.tag in WRAPPERS or _holds_blocks(child):
            flush()
            blocks.extend(_blocks_of(child))
        elif child.tag == "p":
            flush()
            blocks.extend(_split(child))
        elif child.tag in BLOCKS:
            flush()
            blocks.extend(_pictures_first(child) if child.tag in _HEADINGS else [child])
        else:
            line.append(child)
        if tail:
            _append_text(line, tail)
    flush()
    return blocks


def _holds_blocks(element: Element) -> bool:
    inner = BLOCKS | WRAPPERS
    return element.tag not in BLOCKS - {"p"} and any(
        each.tag in inner - {"figure"} for each in element.iterdescendants()
    )


def _split(paragraph: Element) -> list[Element]:
    """Return the paragraph without its pictures, which come before it, cut where two breaks stand."""
    blocks = _pictures_first(paragraph)
    if not blocks or blocks[-1].tag != "p":
        return blocks
    current = blocks.pop()
    pieces, piece = [], made("p", current.text or "")
    children = list(current)
    for place, child in enumerate(children):
        following = children[place + 1] if place + 1 < len(children) else None
        ends = (
            child.tag == "br"
            and not (child.tail or "").strip()
            and following is not None
            and following.tag == "br"
        )
        if ends or (child.tag == "br" and not len(piece) and not (piece.text or "").strip()):
            pieces.append(piece)
            piece = made("p", child.tail or "")
        else:
            piece.append(child)
    return [*blocks, *(each for each in [*pieces, piece] if _says_something(each))]


def _pictures_first(block: Element) -> list[Element]:
    figures = []
    for figure in found(block, "figure"):
        lone = copy.deepcopy(figure)
        lone.tail = None
        figures.append(lone)
        _drop(figure)
    for link in found(block, "a"):
        if not words(link) and not len(link):
            _drop(link)
    return [*figures, block] if _says_something(block) else figures


def _drop(element: Element) -> None:
    element.drop_tree()


def _says_something(block: Element) -> bool:
    if block.tag == "p" and len(block) and block[-1].tag == "br" and not block[-1].tail:
        block.remove(block[-1])
    return bool(words(block).strip("\u00a0 ")) or block.tag == "hr"


def _arrange_cell(cell: Element) -> None:
    has_blocks = any(each.tag in BLOCKS | WRAPPERS for each in cell)
    if not has_blocks:
        _trim_breaks(cell)
        return
    blocks = _blocks_of(cell)
    if blocks and blocks[0].tag == "p" and all(each.tag in {"ul", "ol"} for each in blocks[1:]):
        first = blocks.pop(0)
        _refill(cell, list(first))
        cell.text = first.text
        for block in blocks:
            cell.append(block)
    else:
        _refill(cell, blocks)


def _only_items(list_: Element) -> None:
    """Put what stands in a list but in no item into an item of its own; drop a list of nothing."""
    if not len(list_) and not words(list_):
        list_.drop_tree()
        return
    if text := (list_.text or "").strip():
        list_.insert(0, made("li", text))
    list_.text = None
    for child in list(list_):
        tail = (child.tail or "").strip()
        child.tail = None
        if tail:
            list_.insert(list_.index(child) + 1, made("li", tail))
        if child.tag in {"ul", "ol"} and child.getprevious() is not None:
            child.getprevious().append(child)
        elif child.tag != "li":
            item = made("li")
            list_.replace(child, item)
            item.append(child)


def _flatten(element: Element) -> None:
    for child in found(element, *(BLOCKS - {"figure"}), *WRAPPERS, *_CELLS):
        if child.getnext() is not None or (child.tail or "").strip():
            child.tail = " " + (child.tail or "")
        child.drop_tag()
    if element.tag in _HEADINGS:
        for child in found(element, "strong", "em", "br"):
            if child.tag == "br":
                child.tail = " " + (child.tail or "")
            child.drop_tag()


def _in_bold(term: Element) -> None:
    bold = made("strong", term.text or "")
    for child in list(term):
        bold.append(child)
    term.tag, term.text = "p", None
    term.append(bold)


def _line_by_line(code: Element) -> None:
    code.tag, code.text = "p", (code.text or "").lstrip("\n")
    for element in list(code.iter()):
        first, *lines = (element.text or "").split("\n")
        element.text = first
        _insert_lines(element, 0, lines)
        if element is not code:
            first, *lines = (element.tail or "").split("\n")
            element.tail = first
            parent = element.getparent()
            _insert_lines(parent, parent.index(element) + 1, lines)
    _trim_breaks(code)


def _insert_lines(parent: Element, place: int, lines: list[str]) -> None:
    for line in reversed(lines):
        end = made("br")
        end.tail = line
        parent.insert(place, end)


def _trim_breaks(cell: Element) -> None:
    while len(cell) and cell[-1].tag == "br" and not (cell[-1].tail or "").strip():
        cell.remove(cell[-1])
    while len(cell) and cell[0].tag == "br" and not (cell.text or "").strip():
        cell.text = cell[0].tail
        cell[0].tail = None
        cell.remove(cell[0])


def _in_quotation_marks(quote: Element) -> None:
    quote.text = f"“{quote.text or ''}"
    _append_text(quote, "”")
    quote.drop_tag()


def _drop_vain_marks(root: Element) -> None:
    """Drop bold type in bold type, and what marks nothing."""
    for element in found(root, *_MARKED):
        is_doubled = any(each.tag == element.tag for each in element.iterancestors())
        if is_doubled or not (words(element) or element.find(".//img") is not None):
            element.drop_tag()


def _refill(element: Element, blocks: list[Element]) -> Element:
    for child in list(element):
        element.remove(child)
    element.text = None
    for block in blocks:
        element.append(block)
    return element


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
