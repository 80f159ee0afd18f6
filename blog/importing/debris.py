"""Text that years of copying have spoiled: wrong encodings, odd spaces, invisible signs, entities."""

import html
import re

import nh3

from blog.prose import DROPPED_WITH_CONTENT

# Signs of Windows-1252 that somebody took for Latin-1: they arrive as control characters.
_C1 = re.compile("[\x80-\x9f]")
# A lead byte of UTF-8 with what follows it, each read as Windows-1252 or Latin-1 ("â€™" for ’, "Ã©" for é).
_WINDOWS = "".join(
    chr(byte) + bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)
)
# Texts that moved from blog to blog were spoiled as often.
_MOST_MOVES = 3
_MOJIBAKE = re.compile(
    f"[\xc2-\xdf][{_WINDOWS}]|[\xe0-\xef][{_WINDOWS}]{{2}}|[\xf0-\xf4][{_WINDOWS}]{{3}}"
)
# Only taken for debris where the result is a sign or a letter of Western Europe, or an emoji.
_LIKELY = re.compile("[\u00a0-\u00ff\u2010-\u203a\u20ac\u2122\U0001f300-\U0001faff]")
_INVISIBLE = re.compile(
    "[\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ufffe\uffff\u202a-\u202e]"
)
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ue000-\uf8ff\ufffe\uffff]")
_SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_UNIT = re.compile("(?<=\\d)\u00a0(?=[^\\W\\d_]{1,4}\\b|%)")
_BREAKS = re.compile(r"<br\b[^>]*>|</(?:p|div|li|h[1-6]|tr|blockquote)\s*>", re.IGNORECASE)
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_STRIPPER = nh3.Cleaner(tags=set(), clean_content_tags=DROPPED_WITH_CONTENT)
_KEPT = "\ue000"
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
# They have no end, or may go without one.
_WITHOUT_END = {
    *("br", "hr", "img", "input", "p", "li", "td", "th", "tr", "dt", "dd", "option", "col"),
    *("source", "param", "embed", "meta", "link", "wbr", "area"),
}
# A parser of HTML looks through all open elements again and again: what nests more is no text.
DEEPEST = 400


def repaired(text: str) -> str:
    """Return `text` with its line ends, encodings and spaces put right; markup is left alone.

    Only what cannot be meant is changed: of signs that could be a word's, those stay that give no sense.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    for _ in range(_MOST_MOVES):
        before, text = text, _MOJIBAKE.sub(_as_utf8, text)
        if text == before:
            break
    text = _C1.sub(lambda found: _windows_1252(found[0]), text)
    return _INVISIBLE.sub("", text)


def even_spaces(text: str) -> str:
    """Return `text` with ordinary spaces: one at a time, non-breaking only before a unit (5 mg)."""
    text = _UNIT.sub(_KEPT, text)
    return _SPACES.sub(" ", text).replace(_KEPT, "\u00a0")


def plain(markup: str) -> str:
    """Return the words of `markup`: no tags, no entities, no scripts, line ends as they were meant."""
    text = _BREAKS.sub("\n", repaired(markup))
    if is_too_deep(text):
        text = _TAG.sub(" ", text)
    for _ in range(3):  # escaped once for HTML and once more by a plug-in
        text = html.unescape(_STRIPPER.clean(text))
        if not _MARKUP.search(text):
            break
    else:
        text = text.replace("<", "")
    lines = [even_spaces(line).strip() for line in _INVISIBLE.sub("", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_too_deep(markup: str) -> bool:
    """Say whether elements stand inside each other more often than any writer means."""
    if markup.count("<") <= DEEPEST:
        return False
    depth = 0
    for found in _TAG.finditer(markup):
        if found[2].lower() in _WITHOUT_END or found[0].endswith("/>"):
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > DEEPEST:
            return True
    return False


def unmarked(text: str) -> str:
    """Return a text of ours as it is, unless it holds markup that no text of ours would: then its words."""
    return plain(text) if has_markup(text) else _INVALID.sub("", text)


def one_line(markup: str) -> str:
    """Return the words of `markup` on one line: titles, names."""
    return " ".join(plain(markup).split())


def cut(text: str, most: int) -> str:
    """Return at most `most` characters of `text`, whole words where that is possible."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rpartition(" ")[0] if " " in head[most // 2 :] else head).rstrip(" ,;:-") + "…"


def has_markup(text: str) -> bool:
    """Say whether a browser could read something in `text` as an element."""
    return _MARKUP.search(text) is not None


def _as_utf8(found: re.Match[str]) -> str:
    raw = b"".join(_byte(sign) for sign in found[0])
    try:
        sign = raw.decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
    return sign if _LIKELY.fullmatch(sign) else found[0]


def _byte(sign: str) -> bytes:
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")


def _windows_1252(sign: str) -> str:
    return sign.encode("latin-1").decode("cp1252", "ignore")
