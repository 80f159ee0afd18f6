"""The file of an export as clean text: unpacked, decoded, without what XML does not allow.

Real exports hold control characters, bytes of Windows-1252 and bare ampersands; the XML parser would
stop at the first of them.
"""

import codecs
import gzip
import html
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from blog.importing.records import NotAnExport

CHUNK = 1 << 16
# XML packs ten to one, seldom thirty; what unfolds more was made to fill the memory.
MOST_UNFOLDING = 200
MOST_BYTES = 4 << 30
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(x[0-9a-fA-F]{1,8}|[0-9]{1,9});|([A-Za-z][A-Za-z0-9]{0,31});|)")
_XML_NAMES = {"amp", "lt", "gt", "quot", "apos"}
_CDATA_END, _COMMENT_END = "]]>", "-->"
_SECTION = re.compile(r"<!\[CDATA\[|<!--")
# After the end of a CDATA section comes one of these, or it was no end (older exports do not mask it).
_TRUE_END = re.compile(
    r"\]\]>(?=\s*(?:</(?:\w+:\w+|title|link|category|description|guid)\s*>|<!\[CDATA\[))"
)
_LONGEST_MARK = 48


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "ignore"), error.end


codecs.register_error("windows-1252", _windows_1252)


def text_of(path: Path, found: Counter[str], *, mend_cdata: bool = False) -> Iterator[str]:
    """Yield the text of the file in pieces; `found` counts what had to be mended.

    `mend_cdata` takes "]]>" inside a text for text. Raises NotAnExport.
    """
    with path.open("rb") as packed:
        start = packed.read(4)
        packed.seek(0)
        if start.startswith(_ZIP):
            raise NotAnExport("This is a ZIP archive. Unpack it and import the .xml file in it.")
        if not start:
            raise NotAnExport("The file is empty.")
        if start.startswith(_GZIP):
            size = path.stat().st_size
            with gzip.open(packed) as unpacked:
                yield from _cleaned(_decoded(_limited(unpacked, size)), found, mend_cdata)
        else:
            yield from _cleaned(_decoded(_chunks(packed)), found, mend_cdata)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _limited(file: "gzip.GzipFile", packed_size: int) -> Iterator[bytes]:
    total = 0
    most = min(MOST_BYTES, max(packed_size * MOST_UNFOLDING, 1 << 20))
    try:
        while chunk := file.read(CHUNK):
            total += len(chunk)
            if total > most:
                raise NotAnExport("The packed file unfolds to far more than an export would.")
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise NotAnExport("The packed file is damaged or cut off.") from error


def _decoded(chunks: Iterator[bytes]) -> Iterator[str]:
    first = next(chunks, b"")
    encoding, skipped = _encoding(first)
    errors = "windows-1252" if encoding == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    # What the file declares no longer holds once it is text.
    text = _without_warnings(decoder.decode(first[skipped:]))
    yield _DECLARATION.sub("", text, count=1).lstrip()
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _without_warnings(text: str) -> str:
    """Return `text` without what PHP had to say before the export began."""
    start = text.find("<?xml")
    return text[start:] if start > 0 and "<!" not in text[:start] else text


def _encoding(start: bytes) -> tuple[str, int]:
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding, len(mark)
    declared = _DECLARED.search(start[:200])
    name = declared[1].decode() if declared else "utf-8"
    try:
        info = codecs.lookup(name)
    except LookupError:
        return "utf-8", 0
    # Of codecs that are no character sets (rot13, zlib) Python has some.
    usable = info._is_text_encoding and not info.name.startswith(("utf-16", "utf-32", "utf-7"))
    return (info.name if usable else "utf-8"), 0


def _cleaned(pieces: Iterator[str], found: Counter[str], mend_cdata: bool) -> Iterator[str]:  # noqa: FBT001
    """Yield the text with valid characters and references only, whatever the pieces cut through."""
    rest, inside = "", ""
    for piece in pieces:
        rest += _INVALID.sub("", piece)
        found["invalid characters removed"] += len(piece) - len(_INVALID.sub("", piece))
        # The end is kept back: a mark or a reference may go on in the next piece.
        done, rest, inside = _up_to(rest, inside, found, mend_cdata, keep=_LONGEST_MARK)
        if done:
            yield done
    done, rest, inside = _up_to(rest, inside, found, mend_cdata, keep=0)
    yield done + rest


def _up_to(
    text: str,
    inside: str,
    found: Counter[str],
    mend_cdata: bool,  # noqa: FBT001
    *,
    keep: int,
) -> tuple[str, str, str]:
    """Return `text` treated as far as that can be said yet, its rest, and what ends the section there."""
    output = []
    position = 0
    while True:
        place, end, following = _next_mark(text, position, inside, mend_cdata)
        if place < 0 or (keep and len(text) - end < keep):
            break
        output.append(_treated(text[position:place], inside, found) + text[place:end])
        position, inside = end, following
    stop = max(position, len(text) - keep * 2) if keep else len(text)
    # Not in the middle of a reference or a mark.
    stop = _before(text, stop, position) if keep else stop
    output.append(_treated(text[position:stop], inside, found))
    return "".join(output), text[stop:], inside


def _next_mark(
    text: str,
    position: int,
    inside: str,
    mend_cdata: bool,  # noqa: FBT001
) -> tuple[int, int, str]:
    """Return where the next section begins or this one ends, and what ends the one behind that place."""
    if not inside:
        start = _SECTION.search(text, position)
        following = _COMMENT_END if start and start[0] == "<!--" else _CDATA_END
        return (start.start(), start.end(), following) if start else (-1, -1, "")
    if inside == _COMMENT_END or not mend_cdata:
        place = text.find(inside, position)
        return place, place + len(inside), ""
    end = _TRUE_END.search(text, position)
    return (end.start(), end.end(), "") if end else (-1, -1, "")


def _before(text: str, stop: int, position: int) -> int:
    cut = max(text.rfind(sign, max(position, stop - _LONGEST_MARK), stop) for sign in "&<]")
    return cut if cut >= 0 else stop


def _treated(text: str, inside: str, found: Counter[str]) -> str:
    if inside == _COMMENT_END:
        return text
    if inside:
        return text.replace(_CDATA_END, "]]]]><![CDATA[>")
    return _REFERENCE.sub(lambda one: _reference(one, found), text) if "&" in text else text


def _reference(one: re.Match[str], found: Counter[str]) -> str:
    number, name = one[1], one[2]
    if number:
        code = int(number[1:], 16) if number.startswith("x") else int(number)
        is_valid = code <= 0x10FFFF and not _INVALID.match(chr(code)) and code != 0  # noqa: PLR2004
        found["invalid characters removed"] += not is_valid
        return one[0] if is_valid else ""
    if name in _XML_NAMES:
        return one[0]
    found["bare ampersands mended"] += 1
    meant = html.unescape(one[0]) if name else ""
    return meant if meant and meant != one[0] else f"&amp;{one[0][1:]}"
