"""What makes a review wait for a person, and how long: it is no way to withhold one."""

from reviews.models import Flag, Reason
from reviews.second_look import Past

# That a review is new, short, angry or a poor rating is none of these.
WAITS_FOR = frozenset(
    {Flag.Kind.UNVERIFIED, Flag.Kind.DUPLICATE, Flag.Kind.BURST, Flag.Kind.PRIVATE_DATA}
)
# What repeats another or came with many others is shown so many times later than what is only unverified.
LONGER = 4


def times_to_wait(past: Past, kinds: set[str]) -> int:
    """Return how many times REVIEW_DECIDE_DAYS a review with this `past` waits at most; 0: that has no end.

    `kinds` is what was noticed about its words. Nobody's number or address is shown by a timer, whether a rule
    or a person found it, in these words or in those before.
    """
    if past.withheld_before is not None:
        return 1  # afterwards it is withheld again: nobody sees it either way
    last = past.last_word
    if Flag.Kind.PRIVATE_DATA in kinds or (last is not None and last.reason == Reason.PRIVATE_DATA):
        return 0
    return 1 if past.open_wish or not kinds & (WAITS_FOR - {Flag.Kind.UNVERIFIED}) else LONGER
