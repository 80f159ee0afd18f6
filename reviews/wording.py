"""What rules see in the words of a review: web addresses, private data, reports of a reaction or of no effect.

Pure, and blind to the stars: every function gets words and nothing else. The expressions for reports are data,
in reviews/words. A report that is missed is worse than one too many, so most doubts count as a report.
"""

import re
from collections.abc import Iterator

from reviews.word_lists import expression, plain

LINK_PLACE = "(web address removed)"

# Endings of addresses. Those that are words as well ("me", "so") count only where a path follows.
_ENDINGS = "com|net|org|edu|gov|shop|store|info|biz|io|co|us|uk|ca|de|ru|cn|xyz|top|site|online|club|link|click|live|health|app|dev|ly|gl|tv"
_NAME = r"(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}"
_LINK = re.compile(
    r"(?:\bh(?:tt|xx)ps?\s{0,2}:\s{0,2}//|\bwww\d?\.)\s{0,1}[^\s<>\"]{1,2000}"
    rf"|{_NAME}(?:{_ENDINGS})\b(?![\w@-])(?:[/?#][^\s<>\"]{{0,2000}})?"
    rf"|{_NAME}[a-z]{{2,12}}/[^\s<>\"]{{1,2000}}"
    rf"|\b[a-z0-9][a-z0-9-]{{1,62}}\s{{0,2}}(?:\(dot\)|\[dot\]|\{{dot\}}|\sdot\s|\(\.\)|\[\.\])\s{{0,2}}(?:{_ENDINGS})\b(?:/[^\s]{{0,2000}})?"
    rf"|\b[a-z0-9][a-z0-9-]{{3,62}} \. (?:com|net|org|shop|store)\b",
    re.IGNORECASE,
)
# What only looks like an address: two sentences without a space, a Latin abbreviation.
_NO_LINK = re.compile(
    r"^(?:\d+\.\d+|(?:[a-z]\.){1,6}[a-z]?)$|^(?:st|dr|mr|mrs|ms|jr|vs|no)\.", re.IGNORECASE
)
# "It sticks.Live with it": an ending in a capital begins a sentence, where somebody forgot the space.
_CAPITAL = re.compile(r"\.[A-Z][a-z]{1,12}$")
_TRAILING = re.compile(r"[.,;:!?)\]}'\"]{1,20}$")
_PRIVATE = {
    "an email address": re.compile(
        r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63})+"
    ),
    "a phone number": re.compile(
        r"(?<![\w.$-])(?:\+?1[-. ]{0,2})?(?:\(\d{3}\)\s{0,2}|\d{3}[-. /]\s?)\d{3}[-. ]\s?\d{4}(?![\w-])"
    ),
    "a street address": re.compile(
        r"(?<![\w$.-])\d{1,5} (?:[NSEW]\.? )?(?:[A-Z][a-z]{1,20} ){1,3}"
        r"(?:[Ss]treet|[Aa]venue|[Rr]oad|[Ll]ane|[Dd]rive|[Cc]ourt|[Bb]oulevard|St|Ave|Rd|Ln|Dr|Ct|Blvd)\b"
    ),
    "a social security number": re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
}
_SENTENCE_END = re.compile(
    r"[.!;\n](?=[\s.!;]|$)|\?(?!\s{0,9}(?:no|none|nope|zero|nah)\b)", re.IGNORECASE
)
# "No redness", "did not really itch": a no, and up to five words that begin no other thought.
_DENIED = re.compile(
    r"\b(?:no|not|never|without|zero|nor|neither|none|nothing|hardly|barely|(?:free|lack|absence) (?:of|from)"
    r"|(?:do|does|did|is|was|are|were|has|have|had|would|will|could|ca|wo)n'?t)"
    r"(?:[\s/-]{1,9}(?!(?:until|till|but|except|just|only|doubt|joke|and|then|so|because|after|when|before|since|sooner"
    r"|stop|help|surprise|wonder|question|it|i|left|gave|got)\b)[\w']{1,20}){0,5}[\s/-]{0,9}$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"[\s,/&]{0,9}(?:(?:or|and|nor|no|not|any|skin|other|even|a|an|the|bad|real|more)\b[\s,/&]{0,9}){0,4}$",
    re.IGNORECASE,
)
_NONE_AFTER = re.compile(
    r"[\s:?=-]{1,4}(?:none|nope|zero|nada|free\b(?! (?:to|shipping))|no\b(?! (?:matter|doubt|joke)))|-?less\b",
    re.IGNORECASE,
)
# "No rash until day three", "never had such a rash": a no that says yes.
_YES_AFTER_ALL = re.compile(
    r"\b(?:until|till|at first|initially|in the beginning|to begin with|such an?|like this|this bad|as bad|worse"
    r"|before (?:this|these|now|today|i (?:used|tried|wore)))\b",
    re.IGNORECASE,
)
# How far before a sign a no is looked for.
_REACH = 80


def without_links(text: str) -> tuple[str, int]:
    """Return `text` with a note in the place of every web address, and how many there were."""
    pieces, end, count = [], 0, 0
    for match in _LINK.finditer(text):
        found = _TRAILING.sub("", match[0])
        if _is_word(found):
            continue
        pieces += [text[end : match.start()], LINK_PLACE]
        end, count = match.start() + len(found), count + 1
    return "".join([*pieces, text[end:]]), count


def private_data(text: str) -> str:
    """Return what private data stands in `text`, such as "a phone number"; empty where none is seen."""
    return next((name for name, pattern in _PRIVATE.items() if pattern.search(text)), "")


def reaction(text: str) -> str:
    """Return the words that report a skin reaction or other harm; empty where there are none."""
    for sentence in _sentences(text):
        if found := next(_reported(sentence), ""):
            return found
    return ""


def no_effect(text: str) -> str:
    """Return the words that say that the product did nothing; empty where there are none."""
    for sentence in _sentences(text):
        left = expression("no_effect", "idioms").sub(" ~ ", sentence)
        if found := expression("no_effect", "signs").search(left):
            return found[0].strip()
    return ""


def _reported(sentence: str) -> Iterator[str]:
    """Yield the signs of a reaction in a sentence that nothing there denies."""
    if not expression("reaction", "signs").search(sentence):
        return
    left = expression("reaction", "idioms").sub(" ~ ", sentence)
    if not expression("reaction", "came_off").search(sentence):
        left = expression("reaction", "old_trouble").sub(" ~ ", left)
    denied_to = -1
    for sign in expression("reaction", "signs").finditer(left):
        if _is_denied(left, sign, denied_to):
            denied_to = sign.end()
        else:
            yield sign[0].strip()


def _is_word(found: str) -> bool:
    """Say whether what looks like an address are words: "St.Louis", "3.5", "It sticks.Live with it"."""
    return bool(_NO_LINK.search(found) or _CAPITAL.search(found))


def _is_denied(sentence: str, sign: re.Match[str], denied_to: int) -> bool:
    if _NONE_AFTER.match(sentence, sign.end()):
        return True
    if _YES_AFTER_ALL.search(sentence, sign.end(), sign.end() + _REACH):
        return False
    if denied_to >= 0 and _GOES_ON.match(sentence[denied_to : sign.start()][:_REACH]):
        return True
    return bool(_DENIED.search(sentence[max(0, sign.start() - _REACH) : sign.start()]))


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE_END.split(plain(text)) if one.strip()]
