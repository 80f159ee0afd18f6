"""How many reviews with which stars had something done to them: what the nightly look compares.

Reviews of buyers are compared with reviews of buyers, and in what people decide on words also what the rules
let wait with what they let wait: the rules do not see the stars, so what a rule has to do with them is not
the doing of whoever decides.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reviews.chance import Stratum, Wait
from reviews.lives import Life, lives


class Tally:
    """Withheld and other reviews by stratum and stars; or whatever else was done to some of them."""

    def __init__(self) -> None:
        self.counts: dict[tuple[Any, bool], list[int]] = defaultdict(lambda: [0] * 5)

    def add(self, place: Any, stars: int, *, is_withheld: bool) -> None:
        """Count one review."""
        self.counts[place, is_withheld][stars - 1] += 1

    @property
    def kept(self) -> "Tally":
        """What was not withheld."""
        return self.without(Tally())

    def without(self, others: "Tally") -> "Tally":
        """Return what was not withheld here less those that are counted in `others`."""
        left = Tally()
        for (place, is_withheld), counts in self.counts.items():
            if not is_withheld:
                taken = others.counts.get((place, True), [0] * 5)
                left.counts[place, False] = [
                    one - other for one, other in zip(counts, taken, strict=True)
                ]
        return left

    def strata(self, others: "Tally | None" = None) -> list[Stratum]:
        """Return what is compared; what was not withheld is that of `others` where given."""
        rest = (others or self).counts
        places = {place for place, _ in (*self.counts, *rest)}
        none = [0] * 5
        return [
            Stratum(self.counts.get((place, True), none), rest.get((place, False), none))
            for place in sorted(places, key=str)
        ]


@dataclass
class Asking:
    """Who asked for a second look at which reviews."""

    all: Tally = field(default_factory=Tally)
    people: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    # All that could be asked about, and what of it one person asked about, with the stars of today.
    _possible: Tally = field(default_factory=Tally)
    _own: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def add(self, life: Life, askers: dict[str, int]) -> None:
        """Count a review that could be asked about; `askers` did, when it had so many stars."""
        stars = next(reversed(askers.values()), life.stars)
        self.all.add(life.place, stars, is_withheld=bool(askers))
        self._possible.add(life.place, life.stars, is_withheld=False)
        for actor, had in askers.items():
            self.people[actor].add(life.place, had, is_withheld=True)
            self._own[actor].add(life.place, life.stars, is_withheld=True)

    def strata_of(self, actor: str) -> list[Stratum]:
        """Return what `actor` asked about beside all else that they could have asked about."""
        return self.people[actor].strata(self._possible.without(self._own[actor]))


@dataclass
class Gathered:
    """All that the tests need, counted in one pass over the log."""

    all: Tally = field(default_factory=Tally)
    reasons: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    people: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    # What one of them withheld and somebody showed after all: no longer among the others for that one.
    overturned: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    photos: Tally = field(default_factory=Tally)
    # Asked to withhold what had been decided on; asked to show what was withheld.
    asked: Asking = field(default_factory=Asking)
    asked_back: Asking = field(default_factory=Asking)
    labelled: Tally = field(default_factory=Tally)
    unlabelled: Tally = field(default_factory=Tally)
    override_asked: Tally = field(default_factory=Tally)
    override_allowed: Tally = field(default_factory=Tally)
    # By (bought here, whether it waits for a second person).
    waits: dict[tuple[bool, bool], list[Wait]] = field(default_factory=lambda: defaultdict(list))
    photo_waits: dict[bool, list[Wait]] = field(default_factory=lambda: defaultdict(list))

    def add(self, life: Life) -> None:
        """Take one review in."""
        self.waits[life.bought, False] += life.waiting.waits
        self.waits[life.bought, True] += life.second_look.waits
        self.photo_waits[life.bought] += life.photo_waiting.waits
        if life.photo:
            withheld, _, stars = life.photo
            self.photos.add(life.place, stars, is_withheld=withheld)
        self._add_labels(life)
        self._add_overrides(life)
        if life.could_be_asked_about:
            self.asked.add(life, life.asked)
        if life.was_withheld_by_a_person or life.asked_back:
            self.asked_back.add(life, life.asked_back)
        if life.could_be_withheld:
            self._add_decision(life)

    def _add_decision(self, life: Life) -> None:
        withheld, reason, stars = life.last or (False, "", life.stars)
        self.all.add(life.place, stars if withheld else life.stars, is_withheld=withheld)
        if withheld:
            self.reasons[reason].add(life.place, stars, is_withheld=True)
        for actor, (was_withheld, _, had) in life.by_person.items():
            if was_withheld:
                self.people[actor].add(life.place, had, is_withheld=True)
                if not withheld:
                    self.overturned[actor].add(life.place, life.stars, is_withheld=True)

    def _add_labels(self, life: Life) -> None:
        if not life.is_label_known:
            return
        if not life.was_labelled_by_rule:
            put = bool(life.labelled)
            self.labelled.add(life.bought, life.labelled or life.stars, is_withheld=put)
        if life.was_labelled_by_rule or life.labelled:
            taken = bool(life.unlabelled)
            self.unlabelled.add(life.bought, life.unlabelled or life.stars, is_withheld=taken)

    def _add_overrides(self, life: Life) -> None:
        if not life.held:
            return
        asked, allowed = life.is_override_asked, life.is_override_allowed
        self.override_asked.add(life.bought, life.held, is_withheld=asked)
        if asked:
            self.override_allowed.add(life.bought, life.held, is_withheld=allowed)


def gather(now: datetime) -> Gathered:
    """Return what the log tells of decisions and waits until `now`, in one pass over it. Three queries."""
    gathered = Gathered()
    _add_all(gathered, lives(now))
    return gathered


def _add_all(gathered: Gathered, reviews: Iterable[Life]) -> None:
    for life in reviews:
        gathered.add(life)
