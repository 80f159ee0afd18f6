"""`manage.py doctor --compare`: one scenario, played on the sandbox and at Stripe, and how they differ."""

import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from textwrap import wrap

from orders.gateways.stripe import API_VERSION
from shop import stand_in
from shop.doctor import scenes_of_checkout, scenes_of_money
from shop.doctor.play import FORBIDDEN, NotLetIn, Play, Step
from shop.doctor.shapes import Difference, differences
from shop.doctor.situation import STRIPE
from shop.doctor.wire import NoAnswer, Side
from shop.lib import stripe_keys

SAME, DIFFERENT, NOT_COMPARED = 0, 1, 2
MOST_SHOWN, WIDTH = 12, 100
SLOWED_SECONDS = 0.5

SCENES = (
    scenes_of_checkout.payment_page,
    scenes_of_checkout.paid_page,
    scenes_of_checkout.refused_page,
    scenes_of_checkout.refused_call,
    scenes_of_checkout.same_key_at_once,
    scenes_of_money.payment,
    scenes_of_money.refund,
    scenes_of_money.dispute,
    scenes_of_money.fraud_warning,
    scenes_of_money.customer,
    scenes_of_money.coupon,
    scenes_of_money.tax,
    scenes_of_money.happened,
    scenes_of_money.webhook_endpoint,
)


class KeyRefused(Exception):
    """The key must not be used for this; nothing was called."""


@dataclass
class Comparison:
    """What came of it. `there` is None when there was nothing to compare the sandbox with."""

    began: datetime
    there: Side | None
    steps: int = 0
    different: dict[str, Sequence[Difference]] = field(default_factory=dict)
    not_compared: dict[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    left_behind: Sequence[str] = ()
    broke: str = ""
    seconds: float = 0

    @property
    def exit_status(self) -> int:
        """0: compared, and the same. 1: something differs. 2: not compared, or not to the end."""
        if self.different:
            return DIFFERENT
        return NOT_COMPARED if self.broke or self.there is None else SAME

    def as_text(self) -> str:
        """Return the report for people."""
        beside = f"beside {self.there.name} at {self.there.base}" if self.there else "on its own"
        lines = [
            f"The sandbox {beside}, {self.began:%Y-%m-%d %H:%M} UTC, API {API_VERSION}",
            "Ids and times count as alike, and so does what an account's own settings decide.",
        ]
        for name, found in self.different.items():
            lines += ["", name, *_told(found, "documented" if self.there is None else "there")]
        if self.not_compared:
            lines += ["", "Not compared:"]
            for name, why in self.not_compared.items():
                lines += _wrapped(f"{name}: {why}")
        if self.told:
            lines += ["", "What the documents leave open, as it was answered there:"]
            for name, words in self.told.items():
                lines += _wrapped(f"{name}: {words}")
        if self.left_behind:
            lines += ["", f"Could not be cleared away there: {', '.join(self.left_behind)}"]
        return "\n".join([*lines, "", *wrap(self._verdict(), WIDTH, break_on_hyphens=False)])

    def _verdict(self) -> str:
        seconds = f"{self.seconds:.0f} s."
        if self.broke:
            return f"It could not be played to its end: {self.broke} {seconds}"
        if self.there is None:
            played = f"{self.steps} steps on the sandbox alone, {len(self.different)} not as documented. "
            return played + (
                "Nothing was compared: there is no test key. Give one of your own (sk_test_… or "
                f"rk_test_…) in STRIPE_SECRET_KEY, or in a variable named by --key-from-env. {seconds}"
            )
        same = self.steps - len(self.different) - len(self.not_compared)
        return (
            f"{self.steps} steps: {same} the same, {len(self.different)} differ, "
            f"{len(self.not_compared)} not compared. {seconds}"
        )


def real_stripe(key: str) -> Side:
    """Return Stripe itself with a test key. Raises KeyRefused for every other key."""
    return Side("Stripe", STRIPE, _test_key(key), API_VERSION, pause=2)


def another(base: str, key: str) -> Side:
    """Return something else that speaks Stripe's API at `base`. Raises KeyRefused as above."""
    return Side("another", base.rstrip("/"), _test_key(key or stand_in.KEY), API_VERSION, pause=0.1)


def _test_key(key: str) -> str:
    if stripe_keys.is_live(key):
        msg = "That is a live key: it moves real money. Nothing was called. Use a test key."
        raise KeyRefused(msg)
    if not key.startswith(stripe_keys.TEST_PREFIXES):
        msg = "That is no test key (sk_test_… or rk_test_…). Nothing was called."
        raise KeyRefused(msg)
    return key


def compare(there: Side | None, *, now: datetime) -> Comparison:
    """Play the scenario on a sandbox of its own and on `there`, and return how the answers differ.

    Everything that is made there is marked in its metadata and cleared away as far as Stripe lets it.
    """
    comparison, began = Comparison(now, there), time.monotonic()
    since, run = int(now.timestamp()), secrets.token_hex(6)
    try:
        theirs = _played(there, run, since, comparison) if there else None
        with _sandbox() as here:
            ours = Play(here, run, since)
            ours.all_of(SCENES)
        if theirs is None:
            _judge_alone(comparison, ours)
        else:
            _judge(comparison, ours.steps, theirs.steps)
    except (NoAnswer, stand_in.NotStarted) as error:
        comparison.broke = f"{error}."
    except NotLetIn as error:
        comparison.broke = f"the key is not taken: {error}"
    finally:
        comparison.seconds = time.monotonic() - began
    return comparison


def _played(side: Side, run: str, since: int, comparison: Comparison) -> Play:
    play = Play(side, run, since)
    # Told also when it breaks off.
    comparison.told, comparison.left_behind = play.told, play.left_behind
    play.all_of(SCENES)
    return play


@contextmanager
def _sandbox() -> Iterator[Side]:
    with (
        tempfile.TemporaryDirectory(prefix="shop-compare-") as name,
        stand_in.running(Path(name)) as url,
    ):

        def slow_down(path: str, calls: int) -> None:
            form = {"kind": "delay", "path": path, "count": calls, "seconds": SLOWED_SECONDS}
            stand_in.fetch(f"{url}/_control/faults", form)

        yield Side("the sandbox", url, stand_in.KEY, API_VERSION, pause=0, slow_down=slow_down)


def _judge_alone(comparison: Comparison, play: Play) -> None:
    comparison.steps = len(play.steps)
    comparison.different = {
        name: [Difference("status", str(step.answer.status), str(step.expected))]
        for name, step in play.steps.items()
        if not step.is_as_expected
    }


def _judge(comparison: Comparison, ours: dict[str, Step], theirs: dict[str, Step]) -> None:
    names = list(dict.fromkeys([*ours, *theirs]))
    comparison.steps = len(names)
    different = dict[str, Sequence[Difference]]()
    for name in names:
        here, there = ours.get(name), theirs.get(name)
        if here is None or there is None:
            one = here or there
            if one and one.may_lack:
                comparison.not_compared[name] = one.may_lack
                continue
            reached = [Difference("reached", *("yes" if one else "no" for one in (here, there)))]
            different[name] = reached
        elif why := _why_not(here) or _why_not(there):
            comparison.not_compared[name] = why
        elif found := differences(here.answer, there.answer):
            different[name] = found
    comparison.different = different


def _why_not(step: Step) -> str:
    """Return why an answer tells nothing about the two: what the key or the account does not have."""
    told = str(step.answer.error.get("message", "")) or "no answer"
    if step.answer.status == FORBIDDEN:
        return f"the key may not do this ({told})"
    return f"{step.may_lack} ({told})" if step.may_lack and not step.is_as_expected else ""


def _wrapped(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _told(found: Sequence[Difference], other: str) -> Iterator[str]:
    for one in found[:MOST_SHOWN]:
        yield f"  {one.place}"
        for side, words in (("sandbox", one.here), (other, one.there)):
            yield from wrap(
                words, WIDTH, initial_indent=f"    {side:<11}", subsequent_indent=" " * 15
            )
    if len(found) > MOST_SHOWN:
        yield f"  … and {len(found) - MOST_SHOWN} more"
