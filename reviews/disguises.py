"""Reads words that are written so that a rule does not see them: "c u r e d", "cur3d", other alphabets, "arent".

For judging only; what a review says stays as it was written. Letters are put right by claims/normalize.py, single
words by claims/spelling.py; what is added here are words in single letters, and the letters that neither knows.
Pure.
"""

import re
from functools import cache, lru_cache

from claims.normalize import normalize
from claims.sentences import words_of
from claims.spelling import segmented
from claims.words import word_lists

# Small capitals and letters of other alphabets beyond those that the claims check knows.
_MORE_LOOK_ALIKES = str.maketrans(
    "ᴀʙᴅꜰɢʜɪᴊᴋᴍɴᴏᴘꜱᴛᴠᴡʏᴢմոսօցհіәⅰϲοϳ", "abdfghijkmnopstvwyzunuoghieicoj"
)
# Single letters with one sign or space between each two; a wider gap parts two words.
_SPELLED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .*_·-][^\W\d_](?![^\W_])){2,60}")
_NO_LETTER = re.compile(r"[\W_]+")


@lru_cache(maxsize=128)
def plain_words(text: str) -> str:
    """Return `text` in small plain letters, with every word in disguise and every contraction read out.

    Never raises.
    """
    text = normalize(text.translate(_MORE_LOOK_ALIKES)).text.lower()
    text = _SPELLED.sub(_put_together, text)
    pieces, done = [], 0
    for start, end, said in _said(text):
        pieces += [text[done:start], said]
        done = end
    return "".join([*pieces, text[done:]])


def _said(text: str) -> list[tuple[int, int, str]]:
    """Return what the words say that are not what is written, and where they stand."""
    said: dict[tuple[int, int], list[str]] = {}
    for word in words_of(text, 0, len(text)):
        said.setdefault((word.start, word.end), []).append(word.text)
    return [
        (start, end, " ".join(words))
        for (start, end), words in said.items()
        if words != [text[start:end]] and _is_disguised(text[start:end])
    ]


def _is_disguised(raw: str) -> bool:
    # What holds an @ is an address or a name.
    return "@" not in raw and any(letter.isalpha() for letter in raw)


def _put_together(match: re.Match[str]) -> str:
    letters = _NO_LETTER.sub("", match[0])
    return " ".join(segmented(letters, _vocabulary()))


@cache
def _vocabulary() -> frozenset[str]:
    known = {
        word for phrases in word_lists().values() for one, _ in phrases for word in one.split()
    }
    return frozenset(known | {"it", "this", "was", "is", "no", "more", "has"})
