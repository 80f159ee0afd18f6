"""Whether every review stands as the log says: beside its entries lie its versions, its photo, its order.

Reviews are read span by span, so that memory does not grow with their number. Whoever writes a review holds
the lock of the log; a span that looks wrong is read again under that lock before anybody is told
(reviews/log.py does so).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.timezone import localtime

from reviews.models import Flag, LogEntry, Reason, Review, ReviewPhoto, ReviewVersion
from reviews.sealing import OF_WORDS, digest_of, told_stars

SPAN = 1000

Kind = LogEntry.Kind
State = Review.State
PhotoState = Review.PhotoState

# What an entry says of where the review, or its photo, stands from then on.
STATE_OF = {
    Kind.WAITING: State.WAITING,
    Kind.SHOWN: State.SHOWN,
    Kind.WITHHELD: State.WITHHELD,
    Kind.WITHDRAWN: State.WITHDRAWN,
}
PHOTO_STATE_OF = {
    Kind.PHOTO_SHOWN: PhotoState.SHOWN,
    Kind.PHOTO_WITHHELD: PhotoState.WITHHELD,
}
WITH_REASON = {Kind.WITHHELD, Kind.PHOTO_WITHHELD}
# What a review copies from its current version.
COPIED = ("stars", "skin_type", "worn_on", "held")


@dataclass(frozen=True)
class Span:
    """The numbers after `after`, up to and with `upto`; without one, all that follow."""

    after: int
    upto: int | None

    def of(self, rows: Any, column: str = "number") -> Any:
        """Return those of `rows` whose `column` lies in the span."""
        rows = rows.filter(**{f"{column}__gt": self.after})
        return rows if self.upto is None else rows.filter(**{f"{column}__lte": self.upto})


@dataclass
class Record:
    """One review with all that belongs to it, in the order in which it came."""

    review: Review
    entries: list[LogEntry]
    versions: list[ReviewVersion]
    flags: set[str] = field(default_factory=set)

    def version(self, entry: LogEntry) -> ReviewVersion | None:
        """Return the version that `entry` is about; None where it is none of this review's."""
        return next((one for one in self.versions if one.pk == entry.version_id), None)

    def may_be_erased(self, entry: LogEntry) -> bool:
        """Whether the log says, after `entry`, that words were erased."""
        return any(
            one.kind == Kind.ERASED and one.sequence > entry.sequence for one in self.entries
        )

    def has_lost_note(self, entry: LogEntry) -> bool:
        """Whether its note went with the author's words, which it quoted (reviews/erasing.py)."""
        return entry.kind not in OF_WORDS and not entry.note and self.may_be_erased(entry)


def spans() -> Iterator[Span]:
    """Yield spans that hold all reviews there are, those that come meanwhile too."""
    after = 0
    while True:
        following = Review.objects.filter(number__gt=after).order_by("number")
        last = list(following.values_list("number", flat=True)[SPAN - 1 : SPAN])
        if not last:
            yield Span(after, None)
            return
        yield Span(after, last[0])
        after = last[0]


def faults_in(span: Span) -> list[str]:
    """Return what is wrong with the reviews of `span`, in plain words. Five queries."""
    reviews = span.of(Review.objects.select_related("order_line__variant", "invitation"))
    entries: dict[int, list[LogEntry]] = defaultdict(list)
    for entry in span.of(LogEntry.objects.order_by("number", "sequence")):
        entries[entry.number].append(entry)
    versions: dict[int, list[ReviewVersion]] = defaultdict(list)
    rows = ReviewVersion.objects.select_related("photo").order_by("review", "place")
    for version in span.of(rows, "review__number"):
        versions[version.review_id].append(version)
    flags = _flags(span)
    found, number = [], span.after
    for review in reviews.order_by("number"):
        if review.number != number + 1:
            found.append(f"There is no review {number + 1}: the next one is {review.number}.")
        number = review.number
        own = entries.pop(number, [])
        record = Record(review, own, versions.pop(review.pk, []), flags[review.current_id])
        found += [f"Review {number}: {words}" for words in _faults(record)]
    for lost in entries:
        found.append(f"The log speaks of review {lost}, which is not there.")
    return found


def _flags(span: Span) -> dict[int | None, set[str]]:
    """Return what the rules noticed about the current versions of reviews that are not shown."""
    rows = span.of(Flag.objects, "version__review__number").filter(
        version=F("version__review__current"),
        version__review__state__in=[State.WAITING, State.WITHHELD],
    )
    flags: dict[int | None, set[str]] = defaultdict(set)
    for version, kind in rows.values_list("version", "kind"):
        flags[version].add(kind)
    return flags


def _faults(record: Record) -> Iterator[str]:
    if not record.entries:
        yield "it is not in the log."
        return
    yield from _origin_faults(record)
    yield from _words_faults(record)
    yield from _course_faults(record)
    yield from _second_look_faults(record)
    yield from _end_faults(record)
    yield from _photo_faults(record)


def _origin_faults(record: Record) -> Iterator[str]:
    """Tell what speaks against who bought, and how the review came to us."""
    review, first = record.review, record.entries[0]
    if first.kind != Kind.RECEIVED or first.at != review.received_at:
        yield "the log does not begin with when it came."
    bought, source = review.order_line_id is not None, review.source
    for entry in record.entries:
        if entry.review_id != review.pk:
            yield f"entry {entry.sequence} is tied to another review."
        if (entry.is_verified, entry.source) != (bought, source):
            yield f"entry {entry.sequence} names another source or buyer."
    line = review.order_line
    if line is not None and line.variant.product_id != review.product_id:
        yield "its order line is for another product."
    asked = review.invitation
    if asked is not None and (asked.order_line_id, asked.product_id, asked.incentive_label) != (
        review.order_line_id,
        review.product_id,
        review.incentive_label,
    ):
        yield "its request was for another order line, product or label."


def _words_faults(record: Record) -> Iterator[str]:
    """Tell versions that are not in the log, and words that are not those that were written."""
    written = [entry.version_id for entry in record.entries if entry.kind in OF_WORDS]
    kept = record.versions
    places = [version.place for version in kept]
    if written != [version.pk for version in kept] or places != list(range(1, len(kept) + 1)):
        yield "it has other versions than the log names."
    for entry in record.entries:
        version = record.version(entry)
        if version is None and (entry.version_id is not None or entry.kind in OF_WORDS):
            yield f"entry {entry.sequence} is about no version of it."
        elif entry.kind in OF_WORDS and version is not None and version.is_erased:
            if not record.may_be_erased(entry):
                yield f"the words of entry {entry.sequence} are gone, and no entry says so."
        elif entry.digest != digest_of(entry, version) and not record.has_lost_note(entry):
            yield f"what entry {entry.sequence} seals is not what was written."
        if entry.kind == Kind.ERASED and version is not None and not version.is_erased:
            yield f"entry {entry.sequence} says that words were erased, and they are there."


def _course_faults(record: Record) -> Iterator[str]:
    """Tell moves that nothing allows: between states, for a reason that is not listed, with other stars."""
    state, stars = State.WAITING, 0
    for place, entry in enumerate(record.entries):
        name = f"entry {entry.sequence}"
        kind = Kind(entry.kind)
        if kind in OF_WORDS:
            version = record.version(entry)
            stars = version.stars if version else entry.stars
            following = record.entries[place + 1 : place + 2]
            if not following or following[0].kind not in STATE_OF:
                yield f"nobody decided on the words of {name}."
        expected = told_stars(kind, STATE_OF.get(kind, state), stars)
        if entry.stars != expected:
            yield f"{name} tells {entry.stars} stars and should tell {expected}."
        if not _has_right_reason(entry):
            yield f"{name} has no listed reason, or one that it must not have."
        if kind == Kind.WITHHELD and entry.reason == Reason.FAKE and entry.is_verified:
            yield f"{name} calls the review of a buyer a fake."
        is_silent = not entry.note.strip() and not record.has_lost_note(entry)
        if kind == Kind.WITHHELD and entry.actor and is_silent:
            yield f"{name} withholds it and does not say why."
        if kind in STATE_OF:
            if STATE_OF[kind] not in Review.TRANSITIONS[state]:
                yield f"{name} makes it {kind} though it was {state}."
            state = STATE_OF[kind]


def _has_right_reason(entry: LogEntry) -> bool:
    # Whoever wants words withheld that were decided on before names the reason at once.
    is_wish = entry.kind == Kind.WAITING and bool(entry.actor)
    if entry.kind in WITH_REASON or (is_wish and entry.reason):
        return entry.reason in Reason.values
    return not entry.reason


def _second_look_faults(record: Record) -> Iterator[str]:
    """Tell where one person alone decided anew though everybody knew the stars (reviews/second_look.py)."""
    state, is_told = State.WAITING, False
    # Who has asked for what since the last decision, and who ever asked to show which version.
    withhold: set[str] = set()
    show: set[tuple[str, int | None]] = set()
    ever_show: set[tuple[str, int | None]] = set()
    for entry in record.entries:
        kind, actor, version = Kind(entry.kind), entry.actor.casefold(), entry.version_id
        if actor and kind == Kind.WITHHELD and is_told and not withhold - {actor}:
            yield f"entry {entry.sequence} withholds alone what was decided on before."
        others = {one for one in show if one[0] != actor and one[1] == version}
        needs_others = state == State.WITHHELD or (actor, version) in ever_show
        if actor and kind == Kind.SHOWN and needs_others and not others:
            yield f"entry {entry.sequence} shows alone what was withheld."
        if actor and kind == Kind.WAITING and entry.reason:
            withhold.add(actor)
        elif actor and kind == Kind.WAITING:
            show.add((actor, version))
            ever_show.add((actor, version))
        if kind == Kind.SHOWN or (actor and kind == Kind.WITHHELD):
            withhold.clear()
            show.clear()
        is_told = is_told or kind in {Kind.SHOWN, Kind.WITHHELD, Kind.WITHDRAWN}
        state = STATE_OF.get(kind, state)


def _end_faults(record: Record) -> Iterator[str]:
    """Tell where the review itself does not stand as its last entries say."""
    review = record.review
    moves = [entry for entry in record.entries if entry.kind in STATE_OF]
    last = moves[-1] if moves else None
    reason = last.reason if last and last.kind in WITH_REASON else ""
    told = last and (STATE_OF[Kind(last.kind)], reason, last.at)
    if told != (review.state, review.reason, review.state_at):
        yield "it does not stand as the log says."
    current = record.versions[-1] if record.versions else None
    if current is None or review.current_id != current.pk:
        yield "its current version is not its last one."
        return
    if any(getattr(review, name) != getattr(current, name) for name in COPIED):
        yield "what is filtered and sorted by is not what its author wrote."
    if not _is_dated_well(review, current):
        yield "it is dated another day than it was written."
    if review.state == State.WAITING and not record.flags and not (last and last.note):
        yield "it waits, and no rule has asked for that."
    by_rules = last is not None and last.version_id == current.pk
    is_for_claim = review.state == State.WITHHELD and review.reason == Reason.UNLAWFUL_CLAIM
    if is_for_claim and by_rules and Flag.Kind.CLAIM not in record.flags:
        yield "it is withheld for a statement that no rule has found."


def _is_dated_well(review: Review, current: ReviewVersion) -> bool:
    if review.written_at == current.written_at:
        return True
    # An imported one that its author has not changed since is of the day on which it stood elsewhere.
    return current.place == 1 and localtime(review.written_at).date() == review.origin_date


def _photo_faults(record: Record) -> Iterator[str]:
    """Tell a photo that is another one than was sent, or that stands otherwise than the log says."""
    for version in record.versions:
        photo: ReviewPhoto | None = getattr(version, "photo", None)
        if (photo.digest if photo else "") != version.photo_digest:
            yield f"the photo of version {version.place} is not the one that came with it."
    if any(version.is_erased for version in record.versions):
        return  # what it was can no longer be told
    possible, reason, before = {PhotoState.NONE}, "", ""
    for entry in record.entries:
        kind = Kind(entry.kind)
        if (version_of := record.version(entry)) and kind in OF_WORDS:
            digest, reason = version_of.photo_digest, reason if version_of.photo_digest else ""
            # A photo that was kept stays as it is; the same one sent again waits for a look.
            kept = possible | {PhotoState.WAITING} if digest == before else {PhotoState.WAITING}
            possible, before = (kept if digest else {PhotoState.NONE}), digest
        elif kind in PHOTO_STATE_OF:
            possible, reason = {PHOTO_STATE_OF[kind]}, entry.reason
    review = record.review
    if review.photo_state not in possible or (
        review.photo_state == PhotoState.WITHHELD and review.photo_reason != reason
    ):
        yield "its photo does not stand as the log says."
