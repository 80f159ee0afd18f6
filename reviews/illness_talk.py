"""Whether a sentence about an illness or a medicine claims something, or only tells of it.

In text that sells, the claims check flags an illness that is merely named. Buyers tell of theirs, and may:
"I have anemia and bought this" claims nothing. A review is held only where the words say that something got
better, went away, or took the place of a medicine. Pure, and blind to the stars.

What sells is written by people who know the rules; a buyer writes "my feet arent numb anymore, but the box is
large". So every sentence is read here as well, whether or not the claims check flags it (claims_of()).
"""

import re
from collections.abc import Iterator

from claims.normalize import normalize
from claims.sentences import sentence_spans, tag_words, words_of
from reviews import other_tongues
from reviews.disguises import plain_words
from reviews.word_lists import expression

# "It itched, but it helped my neuropathy": each part is judged by itself.
_PART = re.compile(r"\bbut\b|\balthough\b|\bhowever\b|;|—|\s-\s", re.IGNORECASE)
# "I have MS, and the shop was great": praise is judged with what it stands beside.
_CLAUSE = re.compile(
    r",|\band (?=(?:i|it|this|these|that|the|my|we|they|he|she|customer|shipping|service|delivery)\b)"
)
# A no before a word of betterment, so many words before it at most.
_DENIED = re.compile(
    r"\b(?:(?:do|does|did|is|was|are|were|has|have|had|will|would|could|can|wo|ca)(?: ?n.?t| not|nt)\b|cannot|never|no|nor|not|nothing|none"
    r"|nobody|no one|without|zero|hardly|barely|neither|doubt)\b(?: (?!(?:and|now|since|until|till|because|so|after)\b)[\w']+){0,9}",
    re.IGNORECASE,
)
# Claims about what will not come, or what somebody has.
_FOR_LATER = frozenset({"prevention", "diagnosis"})
# What the claims check calls an illness, a lack of a vitamin, an injection, a medicine.
_NAMES = frozenset({"COND", "DEFIC", "INJ", "MEDS", "DRUGNAME"})
# So many sentences after the one that names an illness may go on about it.
_REACH = 2
_WINDOW = 600
# A sentence of so many letters says nothing else.
_SHORT = 40
# "Cured. I had nerve pain for years.": a word or two before it, so many letters.
_A_WORD = 20


def claim_in(sentence: str, review: str, category: str) -> str:
    """Return what claims something of an illness or a medicine; empty where `sentence` only tells of one.

    It is the sentence, a part of the words of `review`, or the sentence with the one that goes on about it:
    "I had anemia. Not anymore." `category` is the one under which the claims check flags the sentence. "So I
    won't get dementia" says of nothing that it got better: such sentences claim if they say that it will not come.
    """
    own = plain_words(sentence)
    if category in _FOR_LATER:
        comes = expression("illness", "later")
        if not _is_asked(own) and any(
            comes.search(part) and not _is_harmless(part) for part in _PART.split(own)
        ):
            return sentence
    if claims(own) and not _ended_before(sentence, review):
        return sentence
    later = (one for one in _around(sentence, review) if _goes_on(plain_words(one)))
    return next((f"{sentence} {one}" for one in later), "")


def claims_of(review: str) -> Iterator[str]:
    """Yield the sentences of `review` that claim something of an illness or a medicine that they name."""
    for sentence in _sentences(review):
        is_named = _names(normalize(sentence).text, plain_words(sentence))
        if is_named and (claim := claim_in(sentence, review, "")):
            yield claim


def claims(sentence: str) -> bool:
    """Return whether a sentence that names an illness or a medicine says that something got better.

    `sentence` is in plain words (disguises.plain_words).
    """
    if other_tongues.claims(sentence) or expression("illness", "after_all").search(sentence):
        return True
    if expression("illness", "on_skin").search(sentence):
        return False
    return not _is_asked(sentence) and any(_claimed(part) for part in _PART.split(sentence))


def _names(sentence: str, plain: str) -> bool:
    if expression("illness", "named").search(plain) or other_tongues.names_illness(plain):
        return True
    words = words_of(sentence, 0, len(sentence))
    tag_words(words, sentence)
    return any(not _NAMES.isdisjoint(word.tags) for word in words)


def _claimed(part: str) -> bool:
    if _is_harmless(part):
        return False
    clauses = _CLAUSE.split(part)
    part = ", ".join(one for one in clauses if not expression("illness", "thing").search(one))
    if expression("illness", "over").search(part):
        return True
    part = expression("illness", "idle").sub(" ", part)
    if expression("illness", "better").search(_DENIED.sub(" ", part)):
        return True
    return any(
        _praised(_DENIED.sub(" ", one), is_named=_names(one, one)) for one in _CLAUSE.split(part)
    )


def _praised(clause: str, *, is_named: bool) -> bool:
    """Return whether a clause says in words that are said of many things that something got better."""
    if is_named and expression("illness", "opinion").search(clause):
        return True
    is_about = is_named or expression("illness", "it").search(clause)
    return bool(is_about and expression("illness", "praise").search(clause))


def _is_harmless(part: str) -> bool:
    return bool(expression("illness", "harmless").search(part))


def _is_asked(sentence: str) -> bool:
    asks = sentence.rstrip().endswith("?") or expression("illness", "asks").search(sentence)
    return bool(asks) and not expression("illness", "over").search(sentence)


def _goes_on(sentence: str) -> bool:
    if expression("illness", "other_matter").search(sentence) or _is_harmless(sentence):
        return False
    return bool(expression("illness", "goes_on").search(sentence))


def _ended_before(sentence: str, review: str) -> bool:
    """Return whether a short sentence follows one that says that the patch came off: "I stopped. Vertigo gone." """
    before = review[max(0, review.find(sentence) - _WINDOW) : max(0, review.find(sentence))]
    is_short = len(sentence) < _SHORT
    return is_short and bool(expression("illness", "ended").search(plain_words(before)))


def _around(sentence: str, review: str) -> list[str]:
    """Return the sentences that follow `sentence`, and the one before it if it is very short ("Cured.")."""
    place = review.find(sentence)
    if place < 0:
        return []
    end = place + len(sentence)
    after = _sentences(review[end : end + _WINDOW])[:_REACH]
    before = _sentences(review[max(0, place - _A_WORD) : place])
    return [*after, *(one for one in before[-1:] if len(one) < _A_WORD)]


def _sentences(text: str) -> list[str]:
    """Return the sentences of `text` as they were written."""
    whole = normalize(text)
    spans = (whole.original_span(*span) for span in sentence_spans(whole.text))
    return [text[first:last].strip() for first, last in spans]
