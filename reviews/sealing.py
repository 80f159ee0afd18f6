"""What an entry of the log seals of what the public does not see: an author's words, or who decided and why."""

import hashlib
import json

from reviews.models import LogEntry, Review, ReviewVersion

# What an author wrote, in the order in which it is sealed, for good.
WORDS = (
    *("author_name", "stars", "title", "body"),
    *("sticking", "skin_comfort", "ease_of_use", "value"),
    *("skin_type", "worn_on", "held", "used_for", "skin_reacted", "photo_digest"),
)
# Kinds whose digest seals what the author wrote; those of all others seal who did it and why.
OF_WORDS = frozenset({LogEntry.Kind.RECEIVED, LogEntry.Kind.EDITED})


def told_stars(kind: LogEntry.Kind, state: Review.State, stars: int) -> int:
    """Return the stars that an entry tells everybody: 0 until the review is decided on.

    Whoever decides could look them up in the public log otherwise. They are sealed from the beginning, with
    the words; `state` is where the review stands after the entry.
    """
    is_open = kind in OF_WORDS or state == Review.State.WAITING
    return 0 if is_open else stars


def digest_of(entry: LogEntry, version: ReviewVersion | None) -> str:
    """Return the SHA-256 that seals what the public does not see of `entry`.

    It is over one line of JSON: the salt, then the words of `version` in the order of WORDS where the author
    wrote, or actor and note where somebody decided. Raises ValueError for words without their version.
    """
    if entry.kind in OF_WORDS:
        if version is None:
            msg = "An entry about an author's words names their version."
            raise ValueError(msg)
        sealed: list[object] = [entry.salt, *(getattr(version, name) for name in WORDS)]
    else:
        sealed = [entry.salt, entry.actor, entry.note]
    text = json.dumps(sealed, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
