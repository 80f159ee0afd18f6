"""Phrases that are repeated to please search engines."""

import re
from collections import Counter
from collections.abc import Iterator

from blog import wording
from blog.readiness.problems import BLOCKS, Examined, Problem

# The model article said “b12 multiple sclerosis” 19 times in 1,812 words: once in 95.
WORDS_PER_TIME = 100
# What a post on it can hardly say in other words.
WORDS_PER_SUBJECT = 25
FEWEST = 6
LONGEST = 4
SUBJECT = re.compile(
    r"(?:low |high |enough |much |little |lack of |more )?(?:vitamin )?b-?12"
    r"(?: deficiency| levels?| tests?| shots?| tablets?| injections?)?|(?:vitamin|folic acid|blood count)"
)
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a about after all also an and any are as at be because been but by can could did do does for from "
        "had has have how if in into is it its like may might more most much no not of on one or other our "
        "out over s same she he should so some such t than that the their them then there these they this "
        "those to too two up was we were what when where which who why will with without would you your",
    )
)


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield each stuffed phrase of the text once, in its longest form."""
    for phrase, times, count in stuffed(examined.snapshot["body"]):
        message = f"“{phrase}” stands there {times} times in {count} words: say it in other words."
        yield Problem("stuffed", BLOCKS, message, "body", phrase)


def stuffed(markup: str) -> list[tuple[str, int, int]]:
    """Return (phrase, times, words of the text) for each phrase of 2 to 4 words that comes too often."""
    spoken = [
        [word.lower() for word in wording.words(block.text)] for block in wording.blocks(markup)
    ]
    count = sum(map(len, spoken))
    times = Counter(phrase for words in spoken for phrase in _phrases(words))
    found = {
        phrase: number
        for phrase, number in times.items()
        if number >= FEWEST and number * _words_per_time(phrase) > count
    }
    return [
        (phrase, number, count)
        for phrase, number in sorted(found.items(), key=lambda pair: -pair[1])
        if not any(
            phrase in other and phrase != other and found[other] == number for other in found
        )
    ]


def _phrases(words: list[str]) -> Iterator[str]:
    for size in range(2, LONGEST + 1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if not {run[0], run[-1]} & _STOP and not all(word[0].isdigit() for word in run):
                yield " ".join(run)


def _words_per_time(phrase: str) -> int:
    return WORDS_PER_SUBJECT if SUBJECT.fullmatch(phrase) else WORDS_PER_TIME
