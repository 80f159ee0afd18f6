"""What everybody may see of the log: figures, every number with where it stands, and the chain itself.

Never the words of a review, never who decided, never a name or an address. Nothing here counts reviews, so
a page costs the same with a hundred of them and with a hundred thousand.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Min, QuerySet
from django.utils import timezone

from reviews import counting, log
from reviews.cards import CAME, MATCHED, NOT_MATCHED
from reviews.models import LogEntry, Reason, Review, ReviewCount, Source
from reviews.models.review import MOST_STARS
from shop.lib.hash_chain import as_text, sealed

State = Review.State

PAGE_SIZE = 50
# Entries in one part of the download; templates/reviews/_check_the_log.txt knows it too.
PART = 2000
# Of one review, on its own page: nobody changes theirs so often.
MOST_ENTRIES = 200
SIGNS = 12
STARS = range(1, MOST_STARS + 1)

WHERE = {
    State.SHOWN: "Shown",
    State.WAITING: "Waits for a person",
    State.WITHHELD: "Held back",
    State.WITHDRAWN: "Taken back by its author",
}
# The state that the table says in words of its own, as a class of the page's marks.
MARKS = {State.SHOWN: "good", State.WAITING: "info", State.WITHHELD: "warn", State.WITHDRAWN: ""}
KINDS = {
    LogEntry.Kind.RECEIVED: "Came in",
    LogEntry.Kind.EDITED: "Changed by its author",
    LogEntry.Kind.WAITING: "Waits for a person",
    LogEntry.Kind.SHOWN: "Shown",
    LogEntry.Kind.WITHHELD: "Held back",
    LogEntry.Kind.WITHDRAWN: "Taken back by its author",
    LogEntry.Kind.PHOTO_SHOWN: "Photo shown",
    LogEntry.Kind.PHOTO_WITHHELD: "Photo held back",
    LogEntry.Kind.LABELLED: "Label about its author changed",
    LogEntry.Kind.REPLIED: "Our reply changed",
    LogEntry.Kind.ERASED: "Words erased at its author’s wish",
}


@dataclass(frozen=True)
class Cell:
    """How many were withheld, and their share in percent of all decided ones with these stars."""

    count: int
    of: int

    @property
    def percent(self) -> str:
        """The share, such as "2.5 %"; empty for none."""
        return f"{self.count / self.of:.1%}".replace("%", " %") if self.count else ""


@dataclass(frozen=True)
class Figures:
    """How many reviews stand where: {(state, reason, stars): number}; and photos that nobody has looked at.

    `photos_waiting` wait beside words that are shown, the oldest since the day `photos_since`.
    """

    counts: Counter[tuple[str, str, int]]
    waiting_since: datetime | None
    photos_waiting: int = 0
    photos_since: date | None = None

    def number(self, state: str = "", reason: str = "", stars: int = 0) -> int:
        """Return how many there are with all that is given."""
        return sum(
            count
            for (one_state, one_reason, one_stars), count in self.counts.items()
            if state in {"", one_state} and reason in {"", one_reason} and stars in {0, one_stars}
        )

    @property
    def photo_days(self) -> int:
        """For how many whole days the oldest photo has waited; 0 where none waits."""
        today = timezone.now().astimezone(UTC).date()
        return max(0, (today - self.photos_since).days) if self.photos_since else 0

    @property
    def received(self) -> int:
        """All that came."""
        return self.number()

    @property
    def by_state(self) -> list[tuple[str, Cell]]:
        """Where they stand, in words, with the share of all."""
        return [
            (label, Cell(self.number(state=state), self.received)) for state, label in WHERE.items()
        ]

    @property
    def withheld(self) -> list[tuple[str, list[Cell]]]:
        """The table: for each reason how many of each rating, and of all."""
        rows = [
            (str(reason.label), self._cells(state=State.WITHHELD, reason=reason.value))
            for reason in Reason
        ]
        return [*rows, ("All reasons", self._cells(state=State.WITHHELD))]

    @property
    def decided(self) -> list[int]:
        """How many with each rating do not wait any more, and how many in all."""
        return [cell.of for cell in self._cells(state=State.WITHHELD)]

    def _cells(self, state: str = "", reason: str = "") -> list[Cell]:
        # 0 stands for any stars. What waits is left out: whoever decides on it may look here.
        return [
            Cell(
                self.number(state=state, reason=reason, stars=stars),
                self.number(stars=stars) - self.number(state=State.WAITING, stars=stars),
            )
            for stars in (*STARS, 0)
        ]


@dataclass(frozen=True)
class Row:
    """One number in the list. `review` has only what is public."""

    review: Review
    seal: str

    @property
    def number(self) -> int:
        """Its public number."""
        return self.review.number

    @property
    def halves(self) -> int:
        """Its rating in half dots; 0 while nobody has decided on it."""
        return 0 if self.review.state == State.WAITING else 2 * self.review.stars

    @property
    def rating_words(self) -> str:
        """Its rating in words: told once it is decided, for whoever decides may look here as well."""
        return rating_words(self.halves // 2)

    @property
    def matched(self) -> str:
        """Whether its author bought here."""
        return MATCHED if self.review.order_line_id else NOT_MATCHED

    @property
    def came(self) -> str:
        """How it came to us."""
        return CAME.get(Source(self.review.source), "Imported")

    @property
    def where(self) -> str:
        """Where it stands."""
        return WHERE[State(self.review.state)]

    @property
    def mark(self) -> str:
        """How that is marked."""
        return MARKS[State(self.review.state)]

    @property
    def reason(self) -> str:
        """Why it is held back, empty where it is not."""
        return str(Reason(self.review.reason).label) if self.review.reason else ""


@dataclass(frozen=True)
class Entry:
    """One entry of the log, as everybody may see it."""

    entry: LogEntry

    @property
    def words(self) -> str:
        """What happened."""
        reason = f": {Reason(self.entry.reason).label}" if self.entry.reason else ""
        return f"{KINDS[LogEntry.Kind(self.entry.kind)]}{reason}"

    @property
    def rating_words(self) -> str:
        """The rating that it had then, if the entry tells it."""
        return rating_words(self.entry.stars)

    @property
    def text(self) -> str:
        """The line over which the hash is taken."""
        return as_text(sealed(self.entry.link, self.entry.facts()))


def rating_words(stars: int) -> str:
    """Return a rating in words; 0 is one that is not told yet."""
    return f"{stars} of {MOST_STARS}" if stars else "Rating not told before a decision"


def figures() -> Figures:
    """Return the figures of all products together. Two queries."""
    counts: Counter[tuple[str, str, int]] = Counter()
    rows = ReviewCount.objects.filter(kind__in=("standing", "photo"), count__gt=0)
    kept = [((kind, key), count) for kind, key, count in rows.values_list("kind", "key", "count")]
    for (kind, key), count in kept:
        if kind == "standing":
            state, reason, stars = key.split(":")
            counts[state, reason, int(stars)] += count
    oldest = Review.objects.filter(state=State.WAITING).aggregate(since=Min("state_at"))
    return Figures(counts, oldest["since"], *counting.waiting_photos(kept))


def page(number: int) -> "tuple[Page[int], list[Row]] | None":
    """Return a page of numbers, the newest first; None for one that there is not. Three queries."""
    last = log.last_number()
    paginator = Paginator(range(last), PAGE_SIZE)
    if not 1 <= number <= paginator.num_pages:
        return None
    upto = last - PAGE_SIZE * (number - 1)
    wanted = {"number__gt": upto - PAGE_SIZE, "number__lte": upto}
    came = LogEntry.objects.filter(kind=LogEntry.Kind.RECEIVED, **wanted)
    hashes = dict(came.values_list("number", "hash"))
    reviews = _public(Review.objects.filter(**wanted)).order_by("-number")
    return paginator.page(number), [
        Row(review, hashes.get(review.number, "")[:SIGNS]) for review in reviews
    ]


def one(number: int) -> tuple[Row, list[Entry]] | None:
    """Return one number with its entries; None where it has not been given. Two queries."""
    review = _public(Review.objects.filter(number=number)).first()
    if review is None:
        return None
    entries = LogEntry.objects.filter(number=number).order_by("sequence")[:MOST_ENTRIES]
    told = [Entry(entry) for entry in entries.defer("actor", "note", "salt")]
    return Row(review, told[0].entry.hash[:SIGNS] if told else ""), told


def part(number: int) -> str | None:
    """Return the lines of one part of the download; None beyond the end, where the last one is not full.

    Each line is {"sealed": [[name, value], …], "hash": "…"}; PART of them make a part, which never changes.
    """
    first = (number - 1) * PART
    entries = LogEntry.objects.filter(sequence__gt=first, sequence__lte=first + PART)
    told = [_line(entry) for entry in entries.defer("actor", "note", "salt").order_by("sequence")]
    if not told and number > 1 and log.head().sequence < first:
        return None
    return "".join(told)


def parts(entries: int) -> int:
    """Return how many parts the download of so many entries has."""
    return max(1, -(-entries // PART))


def _line(entry: LogEntry) -> str:
    row = {"sealed": sealed(entry.link, entry.facts()), "hash": entry.hash}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def _public(reviews: "QuerySet[Review]") -> "QuerySet[Review]":
    return reviews.only(
        *("number", "stars", "order_line_id", "source", "received_at", "is_demo"),
        *("state", "reason", "state_at"),
    )
