"""Elements that somebody opened and never closed: where they were meant to end.

A parser of HTML closes them at the very end, so that a whole post becomes one list item or is bold.
"""

import re

LISTS = {"ul", "ol"}
INLINE = {
    *("b", "strong", "i", "em", "u", "a", "span", "font", "small", "big", "sub", "sup", "code"),
    *("s", "strike", "del", "ins", "cite", "tt", "label", "mark"),
}
QUOTES = {"blockquote", "center"}
# A text with more of them is past mending; the parser closes the rest.
MOST = 200
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>")
_BLOCK = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|li|table|tr|td|th|blockquote|figure|pre|hr|section|article)\b",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\n[ \t\u00a0]*\n|(?:<br\s*/?>\s*){2}", re.IGNORECASE)
# What cannot be meant to stand inside a list item that somebody forgot to close.
_ENDS_LIST = re.compile(
    r"(?:\n[ \t]*\n|(?:<br\s*/?>\s*){2})\s*(?=[^\s<]|<(?!/?(?:li|ul|ol)\b))"
    r"|(?=<(?:h[1-6]|p|table|blockquote|hr)\b)",
    re.IGNORECASE,
)
_LOOSE_TEXT = re.compile(r"</li\s*>\s*(?!</?(?:li|ul|ol)\b|<!--)(?=\S)", re.IGNORECASE)


def closed(text: str) -> str:
    """Return `text` in which no list, quotation or emphasis runs on to the end."""
    insertions = [(_place(text, name, end), name) for name, end in _never_closed(text)[:MOST]]
    insertions.reverse()
    pieces, position = [], 0
    # Of two that end at the same place the inner one was opened last and is closed first.
    for place, name in sorted(insertions, key=lambda each: each[0]):
        pieces += [text[position:place], f"</{name}>"]
        position = place
    return "".join([*pieces, text[position:]])


def _never_closed(text: str) -> list[tuple[str, int]]:
    watched = LISTS | INLINE | QUOTES
    stacks: dict[str, list[int]] = {}
    lists: list[tuple[str, int]] = []
    for found in _TAG.finditer(text):
        name = found[2].lower()
        if name not in watched:
            continue
        if name in LISTS:
            _watch_list(lists, name, is_end=bool(found[1]), end=found.end())
        elif not found[1]:
            stacks.setdefault(name, []).append(found.end())
        elif stacks.get(name):
            stacks[name].pop()
    left = [*lists, *((name, end) for name, ends in stacks.items() for end in ends)]
    return sorted(left, key=lambda each: each[1])


def _watch_list(lists: list[tuple[str, int]], name: str, *, is_end: bool, end: int) -> None:
    if not is_end:
        lists.append((name, end))
    elif any(opened == name for opened, _ in lists):
        while lists.pop()[0] != name:
            pass


def _place(text: str, name: str, end: int) -> int:
    if name in LISTS:
        found = [one.search(text, end) for one in (_ENDS_LIST, _LOOSE_TEXT)]
        places = [one.start() if one.re is _ENDS_LIST else one.end() for one in found if one]
        return min(places, default=len(text))
    if name in QUOTES:
        blank = _BLANK.search(text, end)
        return blank.start() if blank else len(text)
    found_inline = [one for one in (_BLANK.search(text, end), _BLOCK.search(text, end)) if one]
    return min((one.start() for one in found_inline), default=len(text))
