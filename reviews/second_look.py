"""Who may still decide once the rating has been told: a second person.

While a review waits for its first decision, nobody is told its stars. Afterwards everybody can read them, so
one person alone neither takes words down that were decided on before, nor shows what was withheld: the first
one asks, by an entry "waiting" of the log with their name, and somebody else decides. Words that somebody
wants taken down wait out of sight meanwhile. Where nobody decides in time, it is again as it was.

One person is one log-in, however it is written; nobody renames theirs (accounts/admin.py).
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews.models import LogEntry, Reason, Review

Kind = LogEntry.Kind
# Entries that tell the stars: whoever takes a review back may bring it back.
TOLD = frozenset({Kind.SHOWN, Kind.WITHHELD, Kind.WITHDRAWN})
# A wish of a person; what the rules let wait names nobody.
WISH = Q(kind=Kind.WAITING) & ~Q(actor="")


class Past:
    """What the log says of one review until now, for whoever wants to decide on it.

    By the log and not by where it stands: neither taking it back and writing it anew nor a claim that the
    rules withhold meanwhile leads around anybody. One query, none where the `entries`, in order, are at hand.
    """

    def __init__(self, review: Review, entries: Iterable[LogEntry] | None = None) -> None:
        self.review = review
        self.entries = list(review.log.order_by("sequence") if entries is None else entries)

    @property
    def is_told(self) -> bool:
        """Whether everybody has been told the stars, of these words or of earlier ones."""
        return any(entry.kind in TOLD for entry in self.entries)

    @cached_property
    def last_word(self) -> LogEntry | None:
        """The last time it was shown, or that a person withheld it or asked to look at it again."""
        words = (one for one in reversed(self.entries) if _is_decision(one) or _is_wish(one))
        return next(words, None)

    @property
    def is_doubted(self) -> bool:
        """Whether a person's last word on it was to withhold it, or to have it looked at again."""
        return self.last_word is not None and self.last_word.kind != Kind.SHOWN

    @property
    def open_wish(self) -> LogEntry | None:
        """Who asked for a second look at the current words, as the entry, while nobody has taken it.

        Its reason is why the words are to be withheld; without one, it asks to show what was withheld.
        """
        last = self.last_word if self.review.state == Review.State.WAITING else None
        if last is None or not _is_wish(last) or not self._is_about_these(last):
            return None
        return last

    @property
    def withheld_before(self) -> LogEntry | None:
        """The entry that withheld the current words, where they wait because of a wish since then.

        Not for a claim that the rules found: whether that still holds them, the rules say.
        """
        if self.open_wish is None:
            return None
        ends = (
            entry
            for entry in reversed(self.entries)
            if entry.kind in {Kind.SHOWN, Kind.WITHHELD}
            and entry.version_id == self.review.current_id
            and (entry.actor or entry.reason != Reason.UNLAWFUL_CLAIM)
        )
        last = next(ends, None)
        return last if last is not None and last.kind == Kind.WITHHELD else None

    def has_asked_to_withhold(self, actor: str) -> bool:
        """Say whether `actor` has asked that before: about these words, or about any since the last decision.

        Or they could keep an author's review away by asking anew whenever the author changes a word.
        """
        return any(
            _is_of(wish, actor) and (self._is_about_these(wish) or self._is_new(wish))
            for wish in self._wishes(to_withhold=True)
        )

    def is_withholding_seconded(self, actor: str) -> bool:
        """Say whether somebody else has asked that since the last decision, of these words or of others."""
        wishes = self._wishes(to_withhold=True)
        return any(not _is_of(wish, actor) and self._is_new(wish) for wish in wishes)

    def has_asked_to_show(self, actor: str) -> bool:
        """Say whether `actor` has ever asked to show the current words."""
        wishes = self._wishes(to_withhold=False)
        return any(_is_of(wish, actor) and self._is_about_these(wish) for wish in wishes)

    def is_showing_seconded(self, actor: str) -> bool:
        """Say whether somebody else has asked to show the current words since the last decision."""
        return any(
            not _is_of(wish, actor) and self._is_about_these(wish) and self._is_new(wish)
            for wish in self._wishes(to_withhold=False)
        )

    def _wishes(self, *, to_withhold: bool) -> Iterator[LogEntry]:
        return (one for one in self.entries if _is_wish(one) and bool(one.reason) == to_withhold)

    def _is_about_these(self, wish: LogEntry) -> bool:
        return wish.version_id == self.review.current_id

    def _is_new(self, wish: LogEntry) -> bool:
        """Say whether it came after the last decision. What the rules put back is none."""
        return wish.sequence > self._decided_at

    @cached_property
    def _decided_at(self) -> int:
        return max((one.sequence for one in self.entries if _is_decision(one)), default=0)


def without_wishes_of(actor: str, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return `reviews` without those that wait because `actor` asked for a second look at the current words."""
    own = LogEntry.objects.filter(
        WISH, review=OuterRef("pk"), version=OuterRef("current"), actor__iexact=actor
    )
    return reviews.exclude(Exists(own), state=Review.State.WAITING)


def _is_wish(entry: LogEntry) -> bool:
    return entry.kind == Kind.WAITING and bool(entry.actor)


def _is_decision(entry: LogEntry) -> bool:
    """Say whether it was shown, by whomever, or a person has withheld it."""
    return entry.kind == Kind.SHOWN or (entry.kind == Kind.WITHHELD and bool(entry.actor))


def _is_of(wish: LogEntry, actor: str) -> bool:
    return wish.actor.casefold() == actor.casefold()
