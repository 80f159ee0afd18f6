"""Calls to anything that speaks Stripe's API, as they go over the wire.

The gateway's library hides what `doctor --compare` wants to see: statuses, headers, bodies to the letter.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, build_opener

from shop.stand_in import NoRedirect

TRIES, ANSWER_SECONDS = 4, 40
RATE_LIMITED, BROKEN = 429, 500

# The machine's proxies count here. A redirect is not followed: it would carry the key along.
_opener = build_opener(NoRedirect())


class NoAnswer(Exception):
    """Nobody answered, or what answered does not speak Stripe's language."""


@dataclass(frozen=True)
class Answer:
    """One answer. `headers` have small letters; `body` is an object, as all of Stripe's are."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error(self) -> dict[str, Any]:
        """What is under `error`, empty for a success."""
        found = self.body.get("error")
        return found if isinstance(found, dict) else {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a list, none for anything else."""
        return list(self.body.get("data") or [])


@dataclass(frozen=True)
class Side:
    """One of the two that are compared. `slow_down` lets its next calls of a path take a moment.

    `pause` (seconds): before it is asked again, and before looking again for what comes by itself.
    """

    name: str
    base: str
    key: str = field(repr=False)
    version: str
    pause: float = 1.0
    slow_down: Callable[[str, int], None] = lambda _path, _calls: None

    def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str = "",
    ) -> Answer:
        """Make one call; every status is an answer. Tries again when it is told to slow down.

        Raises NoAnswer.
        """
        url, body = f"{self.base}{path}", None
        form = urlencode(list(flat(params or {})))
        if method == "POST":
            body = form.encode()
        elif form:
            url += f"?{form}"
        headers = {"Authorization": f"Bearer {self.key}", "Stripe-Version": self.version}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        request = Request(url, data=body, headers=headers, method=method)  # noqa: S310 (our own address)
        # Without a key the same call could do the same thing twice.
        tries = TRIES if method == "GET" or idempotency_key else 1
        while True:
            tries -= 1
            try:
                answer = _sent(request)
            except (OSError, HTTPException, ValueError) as error:
                if not tries:
                    told = "not JSON" if isinstance(error, ValueError) else str(error)
                    msg = f"{self.name} gave no answer to {method} {path}: {told}"
                    raise NoAnswer(msg) from error
            else:
                if not tries or not is_for_later(answer):
                    return answer
            time.sleep(self.pause)


def is_for_later(answer: Answer) -> bool:
    """Say whether an answer asks to be asked again: too many calls, or a trouble of its own."""
    return answer.status == RATE_LIMITED or answer.status >= BROKEN


def _sent(request: Request) -> Answer:
    try:
        answer: Any = _opener.open(request, timeout=ANSWER_SECONDS)
    except HTTPError as error:
        answer = error
    with answer:
        body = json.loads(answer.read())
        if not isinstance(body, dict):
            raise ValueError
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, body, headers)


def flat(params: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested parameters in Stripe's form: `a[b][0]=c`."""
    if isinstance(params, Mapping):
        for key, value in params.items():
            yield from flat(value, f"{at}[{key}]" if at else str(key))
    elif isinstance(params, list | tuple):
        for place, value in enumerate(params):
            yield from flat(value, f"{at}[{place}]")
    elif isinstance(params, bool):
        yield at, str(params).lower()
    else:
        yield at, str(params)


def in_path(stripe_id: str) -> str:
    """Return an id as a part of a path."""
    return quote(stripe_id, safe="")
