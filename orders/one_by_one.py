"""Many questions to Stripe, one after the other: one without an answer, or that stumbles, stops no other."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from orders.gateways.base import GatewayUnavailable

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# So many questions in a row without an answer, and Stripe is taken to be away: the rest is not asked.
ENOUGH = 3


@dataclass(frozen=True)
class Outcome:
    """What came of one part of the work, as a line for people, and how many things were not done."""

    line: str
    failed: int = 0  # Stripe refused, or we stumbled: waiting does not help
    unanswered: int = 0  # no answer came, or it was not asked any more

    def __str__(self) -> str:
        return self.line


@dataclass
class Turns:
    """Deeds that each ask Stripe, and the count of how they went."""

    done: int = 0
    failed: int = 0
    unanswered: int = 0
    _in_a_row: int = 0

    @property
    def has_given_up(self) -> bool:
        """Whether Stripe is taken to be away."""
        return self._in_a_row >= ENOUGH

    @property
    def left(self) -> int:
        """How many things are left for the next time."""
        return self.failed + self.unanswered

    def take(self, name: str, deed: Callable[[], Answer]) -> Answer | None:
        """Do `deed` and return what it gave; None where it failed, which is logged under `name`."""
        if self.has_given_up:
            self.skip()
            return None
        try:
            answer = deed()
        except GatewayUnavailable as error:
            logger.warning("%s: no answer from Stripe (%s)", name, error)
            self.unanswered += 1
            self._in_a_row += 1
            return None
        except Exception:
            logger.exception("%s could not be settled", name)
            self.failed += 1
            self._in_a_row = 0
            return None
        self.done += 1
        self._in_a_row = 0
        return answer

    def skip(self) -> None:
        """Count one that is not asked about, as no answer is to be expected."""
        self.unanswered += 1

    def outcome(self, line: str) -> Outcome:
        """Return the count, with a line for people."""
        return Outcome(line, failed=self.failed, unanswered=self.unanswered)
