"""Brings a text to one plain spelling, and remembers where each character came from.

Somebody who wants to slip a claim past the check writes it with letters of another alphabet, with
invisible marks, with entities or with dots between the letters. What is undone here is undone per
character; what concerns whole words (leetspeak, British spelling) is done on the words, in
claims/sentences.py, so that an offset never has to be guessed.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

# Letters of other alphabets that look like ours. NFKC leaves them alone, because they are not the same letter.
LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԛԝавеѕіјкмнорстухһԁӏґгпѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχωγɑɡıǀʟᴄᴜʀᴇ",
    "ABESIJKMHOPCTYXqwabesijkmhopctyxhdlrrnvABEZHIKMNOPTYXabeiknoptuxwyagilLcure",
)
# Letters that Unicode does not take apart.
JOINED = str.maketrans(
    {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "đ": "d"}
)
QUOTES = str.maketrans("‘’‚‛′`´“”„‟″«»‹›", "'''''''\"\"\"\"\"\"\"''")
# Hyphens of every width become one; the long dash keeps its own sign, because it ends a thought.
DASHES = str.maketrans(dict.fromkeys("‐‑‒–−﹣－", "-") | dict.fromkeys("―⸺⸻", "—"))
FOLDED = str.maketrans({"‡": "†", "•": "\n", "·": "\n", "▪": "\n", "►": "\n"})
ODD_RUN = re.compile(
    r"&#?\w{1,12};|[^\x00-\x7f][\u0300-\u036f\ufe00-\ufe0f]{0,8}|[\x00-\x08\x0b-\x1f\x7f]"
)


@dataclass(frozen=True)
class Normalized:
    """A text in plain spelling, with the way back to the original."""

    text: str
    # Where a replaced piece stands: its start here, its end here, its start and its end in the original.
    pieces: tuple[tuple[int, int, int, int], ...]
    starts: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the original text from which `text[start:end]` came."""
        return self._original(start, at_end=False), self._original(end, at_end=True)

    def _original(self, position: int, *, at_end: bool) -> int:
        # An end belongs to the character before it.
        index = bisect_right(self.starts, position - at_end) - 1
        if index < 0:
            return position
        _, end_here, start_there, end_there = self.pieces[index]
        if position < end_here or (at_end and position == end_here):
            return end_there if at_end else start_there
        return end_there + (position - end_here)


def _plain(piece: str) -> str:
    """One odd piece (an entity, or a character beyond ASCII with its marks) in plain spelling."""
    if piece.startswith("&"):
        piece = html.unescape(piece)
    plain = []
    for mark in unicodedata.normalize("NFKC", piece.translate(FOLDED).translate(JOINED)):
        letter = mark.translate(LOOK_ALIKES).translate(QUOTES).translate(DASHES)
        if letter.isascii() or letter in "—†":
            plain.append(letter if letter >= " " or letter == "\n" else " ")
        elif unicodedata.category(letter) not in {"Cf", "Mn", "Cc", "Cs", "Cn", "Me"}:
            # Accents are not part of the words we look for; a mark that is no letter separates.
            base = unicodedata.normalize("NFKD", letter)[0]
            plain.append(base if base.isalnum() else " ")
    return "".join(plain)


def normalize(text: str) -> Normalized:
    """The text in plain spelling. Never raises; a text of plain ASCII stays as it is."""
    out: list[str] = []
    pieces = []
    done = length = 0
    for match in ODD_RUN.finditer(text):
        plain = _plain(match[0])
        if plain == match[0]:
            continue
        out.append(text[done : match.start()])
        length += match.start() - done
        pieces.append((length, length + len(plain), match.start(), match.end()))
        out.append(plain)
        length += len(plain)
        done = match.end()
    out.append(text[done:])
    return Normalized("".join(out), tuple(pieces), tuple(piece[0] for piece in pieces))
