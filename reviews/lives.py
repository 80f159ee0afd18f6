"""What became of each review, and how long it took, as the log tells it: one pass over all of it.

What a person did is told apart from what the rules did. A second look that somebody asks for is an entry
"waiting" with their name (reviews/second_look.py): with a reason it asks to withhold, without one to show.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Case, F, TextField, Value, When

from claims.models import Override
from reviews import labels
from reviews.chance import Wait
from reviews.models import LogEntry, Reason, Review
from reviews.screening import HOLDING, SUBJECT

CHUNK = 2000

Kind = LogEntry.Kind
# Bought here or not; whether the rules let it wait.
Place = tuple[bool, bool]

# The stars of the words: an entry itself does not tell them while nobody has decided.
_COLUMNS = (
    *("number", "kind", "stars", "version__stars", "is_verified", "reason", "actor", "at"),
    *("review_id", "version__photo_digest", "version__photo__alt"),
)
_WRITTEN = {Kind.RECEIVED, Kind.EDITED}
_ENDS_A_WAIT = {Kind.SHOWN, Kind.WITHHELD, Kind.WITHDRAWN}
_OF_WORDS = {Kind.WAITING, *_ENDS_A_WAIT}
_OF_PHOTO = {Kind.PHOTO_SHOWN, Kind.PHOTO_WITHHELD}


@dataclass
class Clock:
    """Measures waits of one kind: at most one runs at a time."""

    since: datetime | None = None
    waits: list[Wait] = field(default_factory=list)

    def start(self, at: datetime) -> None:
        """Begin, unless it runs already."""
        self.since = self.since or at

    def stop(self, at: datetime, stars: int, *, is_over: bool) -> None:
        """End what runs. `is_over` is False where nobody knows how long it would have taken."""
        if self.since is not None and (is_over or at > self.since):
            self.waits.append(Wait(stars, (at - self.since).total_seconds(), is_over))
        self.since = None


@dataclass
class Life:
    """What became of one review. Stars are those that it had when something was done."""

    bought: bool = False
    stars: int = 0
    has_waited: bool = False
    was_shown: bool = False
    # The last decision on words and photo: (was it withheld, for which reason, with how many stars).
    by_person: dict[str, tuple[bool, str, int]] = field(default_factory=dict)
    last: tuple[bool, str, int] | None = None
    photo: tuple[bool, str, int] | None = None
    # Who asked for a second look, and the stars then: to withhold, and to show what was withheld.
    asked: dict[str, int] = field(default_factory=dict)
    asked_back: dict[str, int] = field(default_factory=dict)
    was_withheld_by_a_person: bool = False
    # The stars with which the rules held it for a claim; who asked to let that stand, and who allowed it.
    held: int = 0
    is_override_asked: bool = False
    is_override_allowed: bool = False
    # Whether the rules put a label at receipt; the stars with which a person put one, and took one off.
    was_labelled_by_rule: bool = False
    labelled: int = 0
    unlabelled: int = 0
    is_label_known: bool = True
    # Waits that the rules began, waits for a second person, and waits of the photo for a look.
    waiting: Clock = field(default_factory=Clock)
    second_look: Clock = field(default_factory=Clock)
    photo_waiting: Clock = field(default_factory=Clock)

    @property
    def place(self) -> Place:
        """The stratum in which it is compared."""
        return self.bought, self.has_waited

    @property
    def could_be_withheld(self) -> bool:
        """Whether it ever was anybody's to withhold."""
        return self.was_shown or bool(self.last and self.last[0])

    @property
    def could_be_asked_about(self) -> bool:
        """Whether somebody could ask to withhold what had been decided on."""
        return self.could_be_withheld or bool(self.asked)


@dataclass(frozen=True)
class Beside:
    """What stands beside the log, by key of the review."""

    labelled: frozenset[int]
    # For each sentence for which somebody asked whether it may stand: was that allowed.
    overrides: dict[int, list[bool]]


def lives(now: datetime) -> Iterator[Life]:
    """Yield the life of every review until `now`. Three queries; memory does not grow with the log."""
    beside = Beside(
        frozenset(Review.objects.exclude(insider_label="").values_list("pk", flat=True)),
        _overrides(),
    )
    # Only of labels: other notes are long and tell nothing that is counted.
    note = Case(
        When(kind=Kind.LABELLED, then=F("note")), default=Value(""), output_field=TextField()
    )
    rows = LogEntry.objects.order_by("number", "sequence").values_list(*_COLUMNS, note)
    for _, entries in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row[0]):
        yield _life(entries, beside, now)


def _overrides() -> dict[int, list[bool]]:
    asked: dict[int, dict[str, bool]] = defaultdict(dict)
    rows = Override.objects.filter(subject__startswith=f"{SUBJECT}:", category__in=HOLDING)
    for subject, sentence, state in rows.values_list("subject", "fingerprint", "state"):
        sentences = asked[int(subject.removeprefix(f"{SUBJECT}:"))]
        sentences[sentence] = sentences.get(sentence, False) or state == Override.State.APPROVED
    return {pk: list(sentences.values()) for pk, sentences in asked.items()}


def _life(entries: Iterator[tuple[Any, ...]], beside: Beside, now: datetime) -> Life:
    life, photo, label, pk = Life(), _Photo(), _Labels(), 0
    for _, kind, told, stars, bought, reason, actor, at, pk, digest, alt, note in entries:  # noqa: B007
        life.bought, life.stars = bought, stars or told or life.stars
        if kind in _WRITTEN:
            photo.written(life, digest or "", alt or "", at)
        elif kind == Kind.LABELLED:
            label.read(life, actor, note)
        elif kind in _OF_PHOTO:
            photo.decided(life, kind, at)
            if actor:
                life.photo = (kind == Kind.PHOTO_WITHHELD, reason, life.stars)
        elif kind in _OF_WORDS:
            _wait(life, kind, actor, at)
            _decide(life, kind, actor, reason)
            photo.moved(life, kind, at)
    for clock in (life.waiting, life.second_look, life.photo_waiting):
        clock.stop(now, life.stars, is_over=False)
    label.end(life, is_labelled=pk in beside.labelled)
    if sentences := beside.overrides.get(pk):
        # Each sentence that was asked for has to be allowed.
        life.is_override_asked, life.is_override_allowed = True, all(sentences)
    return life


def _wait(life: Life, kind: str, actor: str, at: datetime) -> None:
    if kind == Kind.WAITING and actor:
        life.waiting.stop(at, life.stars, is_over=True)  # somebody has looked at it
        life.second_look.start(at)
    elif kind == Kind.WAITING:
        if life.second_look.since is None:
            life.waiting.start(at)
        if not (life.last or life.asked or life.asked_back):
            # Afterwards it waits because of what a person did: that moves it to no other stratum.
            life.has_waited = True
    elif kind in _ENDS_A_WAIT:
        # Withdrawn while it waited: nobody knows how long it would have taken.
        for clock in (life.waiting, life.second_look):
            clock.stop(at, life.stars, is_over=kind != Kind.WITHDRAWN)


def _decide(life: Life, kind: str, actor: str, reason: str) -> None:
    if kind == Kind.SHOWN:
        life.was_shown = True
    if not actor:
        if (
            kind == Kind.WITHHELD
            and reason == Reason.UNLAWFUL_CLAIM
            and not life.was_withheld_by_a_person
        ):
            life.held = life.stars
    elif kind == Kind.WAITING:
        (life.asked if reason else life.asked_back)[actor] = life.stars
    elif kind in {Kind.SHOWN, Kind.WITHHELD}:
        life.last = life.by_person[actor] = (kind == Kind.WITHHELD, reason, life.stars)
        life.was_withheld_by_a_person |= kind == Kind.WITHHELD


@dataclass
class _Photo:
    """The photo of a review on its way. Nobody is asked to look at that of a withheld or withdrawn review."""

    digest: str = ""
    alt: str = ""
    waits: bool = False
    is_shown: bool = False

    def written(self, life: Life, digest: str, alt: str, at: datetime) -> None:
        """Take in a version: another photo waits, and so does another description of one that is shown."""
        if digest != self.digest:
            life.photo_waiting.stop(at, life.stars, is_over=False)
            self.waits = bool(digest)
        elif self.is_shown and alt != self.alt:
            self.waits = True
        self.digest, self.alt = digest, alt
        self.is_shown &= not self.waits
        if self.waits:
            life.photo_waiting.start(at)

    def moved(self, life: Life, kind: str, at: datetime) -> None:
        """Take in where the words go: beside words that are out of sight a photo does not wait for anybody."""
        if kind in {Kind.WITHHELD, Kind.WITHDRAWN}:
            life.photo_waiting.stop(at, life.stars, is_over=False)
        elif self.waits:
            life.photo_waiting.start(at)

    def decided(self, life: Life, kind: str, at: datetime) -> None:
        """Take in what somebody decided on it."""
        life.photo_waiting.stop(at, life.stars, is_over=True)
        self.waits, self.is_shown = False, kind == Kind.PHOTO_SHOWN


@dataclass
class _Labels:
    """Who put a label and who took it off. Notes of the log tell it; erasing empties them."""

    first: bool | None = None

    def read(self, life: Life, actor: str, note: str) -> None:
        """Take in an entry about the label."""
        told = labels.told_in(note)
        if told is None:
            life.is_label_known = False
            return
        had, has = told
        self.first = had if self.first is None else self.first
        if actor and has and not had:
            life.labelled = life.stars
        elif actor and had and not has:
            life.unlabelled = life.stars

    def end(self, life: Life, *, is_labelled: bool) -> None:
        """Say whether one stood there from the beginning; `is_labelled`: whether one stands there now."""
        life.was_labelled_by_rule = is_labelled if self.first is None else self.first
