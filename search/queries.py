"""What somebody typed, made into words to look for. Pure; nothing that is typed can go wrong."""

from dataclasses import dataclass

from search import spellings
from search.words import same_word, tidy, words

LONGEST_QUERY = 100
MOST_WORDS = 8

_STOP_WORDS = frozenset(same_word(word) for word in spellings.STOP_WORDS.split())


@dataclass(frozen=True)
class Query:
    """The text as it is shown again, and {compared form: as it was typed} of the words that count.

    `phrase` is the compared form of all that was typed, in order. It is empty for one word, and where words
    stand between that do not count: "tablets or injections" is no phrase, "pernicious anemia" is one.
    """

    text: str
    terms: dict[str, str]
    phrase: str = ""

    def __bool__(self) -> bool:
        return bool(self.terms)


def read_query(raw: str) -> Query:
    """Read at most LONGEST_QUERY letters and MOST_WORDS different words of `raw`.

    Words such as "the" only count where nothing else was typed.
    """
    text = tidy(raw[: LONGEST_QUERY * 4])[:LONGEST_QUERY].strip()
    typed = list(words(text))
    telling = [word for word in typed if word.same not in _STOP_WORDS] or typed
    terms: dict[str, str] = {}
    for word in telling:
        if word.same in terms or len(terms) < MOST_WORDS:
            terms.setdefault(word.same, word.written)
    is_phrase = len(terms) > 1 and len(telling) == len(typed)
    phrase = " ".join(word.same for word in typed) if is_phrase else ""
    return Query(text, terms, phrase)
