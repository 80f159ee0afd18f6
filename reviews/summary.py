"""What all shown reviews of a product say together. Read from the counts, never by counting reviews."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from reviews.counting import ATTRIBUTES
from reviews.filtering import Wish
from reviews.models import ReviewCount
from reviews.models.review import MOST_STARS

LABELS = {
    "sticking": "Sticking",
    "skin_comfort": "Skin comfort",
    "ease_of_use": "Ease of use",
    "value": "Value",
}
# Of fewer answers "the middle half" would be one person or two.
FEWEST_FOR_A_SPREAD = 4
HUNDRED = 100
KINDS = ("stars", "imported", "attribute", "verified")


@dataclass(frozen=True)
class Rating:
    """How many gave how many dots: {dots: reviews}."""

    votes: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.votes.values())

    @property
    def average(self) -> Fraction | None:
        """Their mean, exact; None of nobody's."""
        total = sum(stars * count for stars, count in self.votes.items())
        return Fraction(total, self.count) if self.count else None

    @property
    def average_text(self) -> str:
        """The mean as it stands on the page: one decimal, halves up; empty of nobody's."""
        if self.average is None:
            return ""
        tenths = _rounded(self.average * 10)
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def halves(self) -> int:
        """How many half dots are full (components/rating.html)."""
        return _rounded(self.average * 2) if self.average is not None else 0

    @property
    def words(self) -> str:
        """The rating in words: "4.5 out of 5, 132 reviews"."""
        return f"{self.average_text} out of {MOST_STARS}, {told(self.count, 'review')}"


@dataclass(frozen=True)
class Bar:
    """One line of the histogram. `path` shows these reviews, empty where there are none."""

    stars: int
    count: int
    of: int

    @property
    def percent(self) -> int:
        """Its share in whole percent."""
        return _rounded(Fraction(self.count * HUNDRED, self.of)) if self.of else 0

    @property
    def label(self) -> str:
        """The number of dots in words."""
        return told(self.stars, "dot")

    @property
    def words(self) -> str:
        """How many there are in words: "12 reviews, 48 %"."""
        share = "under 1 %" if self.count and not self.percent else f"{self.percent} %"
        return f"{told(self.count, 'review')}, {share}"

    @property
    def path(self) -> str:
        """The list of these reviews."""
        return Wish(stars=str(self.stars)).path if self.count else ""


@dataclass(frozen=True)
class Attribute:
    """What reviewers say of one side of the product: the mean, and where the middle half of them stand."""

    name: str
    rating: Rating

    @property
    def label(self) -> str:
        """What it is called on the page."""
        return LABELS[self.name]

    @property
    def words(self) -> str:
        """The mean in words: "4.2 out of 5"."""
        return f"{self.rating.average_text} out of {MOST_STARS}"

    @property
    def middle(self) -> tuple[int, int]:
        """From where to where the middle half of the answers goes: the first and the third quartile.

        A quartile is the smallest rating that a quarter (three quarters) of the answers do not exceed.
        """
        return self._quantile(Fraction(1, 4)), self._quantile(Fraction(3, 4))

    @property
    def spread(self) -> str:
        """The spread and how many answered, in words."""
        count = self.rating.count
        answers = told(count, "answer")
        if count < FEWEST_FOR_A_SPREAD:
            return f"{answers}, too few to say how far they lie apart"
        low, high = self.middle
        return f"{answers}, the middle half {f'all {low}' if low == high else f'{low} to {high}'}"

    def _quantile(self, share: Fraction) -> int:
        seen = 0
        for stars in sorted(self.rating.votes):
            seen += self.rating.votes[stars]
            if seen >= share * self.rating.count:
                return stars
        return 0


@dataclass(frozen=True)
class Summary:
    """All shown reviews of a product in figures."""

    rating: Rating
    # Without those that once stood elsewhere: what search engines are told (structured_data.py).
    own: Rating
    attributes: tuple[Attribute, ...]
    verified_count: int

    @property
    def count(self) -> int:
        """How many reviews are shown."""
        return self.rating.count

    @property
    def imported_count(self) -> int:
        """How many of them once stood elsewhere."""
        return self.rating.count - self.own.count

    @property
    def count_words(self) -> str:
        """How many reviews are shown, in words."""
        return told(self.count, "review")

    @property
    def verified_words(self) -> str:
        """How many of them belong to an order, as a sentence."""
        if self.verified_count == self.count:
            return "All of them are matched with an order."
        return f"{self.verified_count:,} of {self.count:,} are matched with an order."

    @property
    def imported_words(self) -> str:
        """How many once stood elsewhere, and what the others say; empty where none did."""
        if not self.imported_count:
            return ""
        found = f"{self.imported_count:,} of {self.count:,} once stood elsewhere."
        return f"{found} Without these: {self.own.words}." if self.own.count else found

    @property
    def bars(self) -> list[Bar]:
        """The histogram from five dots to one."""
        return [
            Bar(stars, self.rating.votes.get(stars, 0), self.count)
            for stars in range(MOST_STARS, 0, -1)
        ]


def read(product_id: int) -> Summary:
    """Return the figures of a product. One query of a few dozen rows, however many reviews there are."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    rows = ReviewCount.objects.filter(product=product_id, kind__in=KINDS, count__gt=0)
    for kind, key, count in rows.values_list("kind", "key", "count"):
        counts[kind][key] = count
    stars = Counter({int(key): count for key, count in counts["stars"].items()})
    imported = Counter({int(key): count for key, count in counts["imported"].items()})
    return Summary(
        rating=Rating(stars),
        own=Rating(stars - imported),
        attributes=tuple(_attributes(counts["attribute"])),
        verified_count=counts["verified"]["yes"],
    )


def told(count: int, noun: str) -> str:
    """Return a number with its noun: "1 review", "1,320 reviews"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _attributes(counts: Counter[str]) -> list[Attribute]:
    votes: dict[str, dict[int, int]] = {name: {} for name in ATTRIBUTES}
    for key, count in counts.items():
        name, _, stars = key.partition(":")
        votes[name][int(stars)] = count
    return [Attribute(name, Rating(found)) for name, found in votes.items() if found]


def _rounded(number: Fraction) -> int:
    """Round to a whole number, halves up."""
    return int(number + Fraction(1, 2))
