"""What an author is told on their own page: where the review stands, why, and everything that has happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from reviews import screening, waiting
from reviews.models import Flag, LogEntry, Reason, Review, ReviewVersion
from reviews.second_look import Past

Kind = LogEntry.Kind
State = Review.State

# What an author can do about it, for each reason.
ADVICE = {
    Reason.PRIVATE_DATA: "Please take out what tells who or where somebody is, or how to reach them.",
    Reason.ABUSE: "Please say the same without insults. How angry you are does not matter to us.",
    Reason.OFF_TOPIC: "Please write about the product or about your order.",
    Reason.FAKE: "If you have worn the patch, please tell us more about that.",
    Reason.UNLAWFUL_CLAIM: "Please take the sentence out, or say it without the illness or the medicine. "
    "By law we may not show it, because we would have to prove it.",
}
WAITS = {
    Flag.Kind.UNVERIFIED: "we could not match it with an order",
    Flag.Kind.DUPLICATE: "it is much like another review",
    Flag.Kind.BURST: "many reviews came in at that time",
    Flag.Kind.PRIVATE_DATA: "it may hold private data",
}
ATTRIBUTES = {
    "sticking": "How well it stuck",
    "skin_comfort": "How it was to wear",
    "ease_of_use": "How easy it was to put on",
    "value": "Worth its price",
}


@dataclass(frozen=True)
class Standing:
    """Where a review stands: `kind` of the notice, its bold word, a sentence; why, and about which words."""

    kind: str
    word: str
    text: str
    why: str = ""
    words: str = ""


@dataclass(frozen=True)
class Event:
    """One line of the history, as components/timeline.html draws it."""

    title: str
    at: datetime
    text: str = ""
    state: str = "done"


@dataclass(frozen=True)
class OwnPage:
    """All that the page of one review shows. `versions` are the newest first."""

    review: Review
    standing: Standing
    photo: Standing | None
    events: list[Event]
    versions: list[ReviewVersion]

    @property
    def current(self) -> ReviewVersion:
        """The version that counts."""
        return self.versions[0]

    @property
    def shown_photo(self) -> bool:
        """Whether everybody sees the photo."""
        return self.review.is_shown and self.review.photo_state == Review.PhotoState.SHOWN


def own_page(review: Review) -> OwnPage:
    """Return what the author of `review` is told. Reads a fixed number of rows' kinds, whatever it went through."""
    entries = list(review.log.select_related("version").order_by("sequence"))
    versions = list(review.versions.select_related("photo").order_by("-place"))
    return OwnPage(
        review=review,
        standing=_standing(review, entries, versions[0]),
        photo=_photo(review, entries),
        events=[_event(entry) for entry in entries],
        versions=versions,
    )


def facts(version: ReviewVersion) -> list[tuple[str, str]]:
    """Return what a version says besides its words: label and value of each answer that was given."""
    return list(_facts(version))


def _facts(version: ReviewVersion) -> Iterator[tuple[str, str]]:
    for name, label in ATTRIBUTES.items():
        if rating := getattr(version, name):
            yield label, f"{rating} of 5"
    if version.skin_type:
        yield "Skin", version.get_skin_type_display()
    if version.worn_on:
        yield "Worn", version.get_worn_on_display()
    if version.held:
        yield "Held", version.get_held_display()
    if version.used_for:
        yield "Used", version.get_used_for_display()
    if version.skin_reacted is not None:
        yield "Skin reacted", "Yes" if version.skin_reacted else "No"


def _standing(review: Review, entries: list[LogEntry], version: ReviewVersion) -> Standing:
    match review.state:
        case State.SHOWN:
            return Standing("good", "Shown", "Everybody can read your review.")
        case State.WITHDRAWN:
            text = "You took it back, so nobody else sees its words. You can bring it back: change it and send it."
            return Standing("info", "Taken back", text)
        case State.WITHHELD:
            return _withheld(review, entries, version)
        case _:
            return _waiting(Past(review, entries), version)


def _withheld(review: Review, entries: list[LogEntry], version: ReviewVersion) -> Standing:
    text = (
        f"We hold it back. The reason is: {Reason(review.reason).label}. "
        "It is not your rating: the same rules hold for one dot and for five."
    )
    words = _last_note(entries, Kind.WITHHELD)
    if not words and review.reason == Reason.UNLAWFUL_CLAIM:
        words = screening.holding_claim_in(version)
    return Standing("warn", "Held back", text, ADVICE[Reason(review.reason)], words)


def _waiting(past: Past, version: ReviewVersion) -> Standing:
    text = "Your review is with us, and nobody else sees it now. We write to you when that changes."
    kinds = set(version.flags.values_list("kind", flat=True))
    wish = past.open_wish
    days = waiting.times_to_wait(past, kinds) * settings.REVIEW_DECIDE_DAYS
    if past.withheld_before is not None:
        why = (
            "One of us thinks that it can be shown after all. Somebody else decides on that. "
            f"If nobody agrees within {days} days, we go on holding it back."
        )
        return Standing("info", "Waiting", text, why)
    found = [words for kind, words in WAITS.items() if kind in kinds]
    if wish is not None and wish.reason:
        found = [f"one of us would hold it back: {Reason(wish.reason).label}"]
    elif past.is_doubted:
        found.append("an earlier version was held back or doubted")
    why = f"Somebody reads it first, because {' and because '.join(found)}." if found else ""
    if why and days:
        why += f" If we do not get to it within {days} days, we show it all the same."
    return Standing("info", "Waiting", text, why, wish.note if wish and wish.reason else "")


def _photo(review: Review, entries: list[LogEntry]) -> Standing | None:
    match review.photo_state:
        case Review.PhotoState.SHOWN if review.is_shown:
            return Standing("good", "Photo shown", "Everybody can see it.")
        case Review.PhotoState.WAITING:
            text = "We look at each photo before we show it. Your words do not wait for that."
            return Standing("info", "Photo waiting", text)
        case Review.PhotoState.WITHHELD:
            text = f"We do not show the photo. The reason is: {Reason(review.photo_reason).label}."
            return Standing(
                "warn", "Photo held back", text, words=_last_note(entries, Kind.PHOTO_WITHHELD)
            )
        case _:
            return None


def _last_note(entries: list[LogEntry], kind: LogEntry.Kind) -> str:
    return next((entry.note for entry in reversed(entries) if entry.kind == kind), "")


def _event(entry: LogEntry) -> Event:
    # Of the columns that are not public only what the author was told in a mail as well.
    text = ""
    if entry.kind in {Kind.RECEIVED, Kind.EDITED}:
        # The entry itself tells nobody the rating before a decision.
        text = f"{entry.version.stars} of 5 dots" if entry.version else ""
    elif entry.reason:
        text = str(Reason(entry.reason).label)
    return Event(title=TITLES.get(Kind(entry.kind), Kind(entry.kind).label), at=entry.at, text=text)


TITLES = {
    Kind.RECEIVED: "You sent it",
    Kind.EDITED: "You changed it",
    Kind.WAITING: "It waits for somebody to read it",
    Kind.WITHHELD: "Held back",
    Kind.WITHDRAWN: "You took it back",
    Kind.PHOTO_WITHHELD: "Photo held back",
    Kind.LABELLED: "We noted a tie to the shop",
    Kind.REPLIED: "We replied",
    Kind.ERASED: "Its words were erased",
}
