"""All that proves the record of reviews: the log, every review beside it, and the counts that pages read."""

from reviews import counting, log
from shop.lib.hash_chain import Link

# Who has more faults than this has one with many faces.
MOST_TOLD = 20


def faults(noted: Link | None = None) -> list[str]:
    """Return all that is wrong, in plain words. `noted` is a head of the log from earlier."""
    return [*log.verify(noted), *counting.faults()]
