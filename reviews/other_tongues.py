"""What reviews in Spanish, German, French, Italian or Portuguese say of an illness: the commonest phrasings only.

The claims check reads English. What is not found here is shown, but a text that is largely not in English and names
an illness is never quoted. Pure.
"""

import re

from reviews.word_lists import each, expression

_LISTS = "other_tongues"
_PART = re.compile(r"[,;:—]|\b(?:pero|aber|mais|mas|ma|but)\b")


def claims(plain: str) -> bool:
    """Return whether a sentence in plain words says in another tongue that an illness got better."""
    return is_foreign(plain) and any(_claimed(part) for part in _PART.split(plain))


def names_illness(plain: str) -> bool:
    """Return whether a text in plain words is largely not in English and names an illness or a medicine."""
    return is_foreign(plain) and _names(plain)


def is_foreign(plain: str) -> bool:
    """Return whether a text in plain words has more small words of one other tongue than of English."""
    english = len(expression(_LISTS, "english").findall(plain))
    others = (len(tongue.findall(plain)) for tongue in each(_LISTS, "small_words"))
    return max(others) > english


def _claimed(part: str) -> bool:
    if part.rstrip().endswith("?"):
        return False
    if any(expression(_LISTS, key).search(part) for key in ("harmless", "thing")):
        return False
    return _names(part) and bool(expression(_LISTS, "better").search(part))


def _names(plain: str) -> bool:
    return any(expression(_LISTS, key).search(plain) for key in ("illness", "medicine"))
