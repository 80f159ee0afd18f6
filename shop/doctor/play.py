"""Plays the scenario of `doctor --compare` on one side: asks, remembers every answer, clears away."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shop.doctor.wire import Answer, NoAnswer, Side

OK, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
# Method, path and parameters of a call that clears something away.
Ending = tuple[str, str, Mapping[str, Any]]
# What comes by itself (a dispute, an event) is looked for so often.
LOOKS = 12
# So much may the other clock be behind ours.
LEEWAY_SECONDS = 300


class NotLetIn(Exception):
    """The key is not taken at all."""


class CannotGoOn(Exception):
    """A scene needs what an earlier call of it did not bring."""


@dataclass(frozen=True)
class Step:
    """One answer. `expected` is the status that Stripe documents.

    `may_lack` says why a side may well not have it: then it is not compared.
    """

    answer: Answer
    expected: int = OK
    may_lack: str = ""

    @property
    def is_as_expected(self) -> bool:
        """Whether the status is the documented one."""
        return self.answer.status == self.expected


@dataclass
class Play:
    """The scenario on one side. `run` marks everything that it makes; `since` is when it began (Unix)."""

    side: Side
    run: str
    since: int
    steps: dict[str, Step] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    left_behind: list[str] = field(default_factory=list)
    # What the documents leave open, and how this side answers it.
    told: dict[str, str] = field(default_factory=dict)
    # The payment whose events are told in their order.
    watched: str = ""
    scene: str = ""
    # Why a side may well not have what the present scene asks for.
    may_lack: str = ""
    _afterwards: list[Ending] = field(default_factory=list)
    _keys: int = 0

    @property
    def mark(self) -> dict[str, str]:
        """The metadata of everything that is made: whoever finds it knows where it comes from."""
        return {"made_by": "manage.py doctor --compare", "run": self.run}

    def all_of(self, scenes: Sequence[Callable[["Play"], None]]) -> None:
        """Play scene after scene; one that cannot go on does not stop the others.

        Raises NoAnswer, NotLetIn. Clears away in any case.
        """
        try:
            for scene in scenes:
                self.scene, self.may_lack = scene.__name__.replace("_", " "), ""
                try:
                    scene(self)
                except CannotGoOn:
                    continue
        finally:
            self._clear_away()

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        key: str = "",
        expected: int = OK,
    ) -> Answer:
        """Ask and remember the answer under `name`. Two calls with one `key` are the same to Stripe."""
        answer = self.ask_quietly(method, path, params, key=key)
        self.remember(name, answer, expected=expected)
        return answer

    def list_only(self, name: str, path: str, params: Mapping[str, Any], wanted: str) -> None:
        """Ask for a list and remember it with one row: the account may hold others beside ours."""
        answer = self.ask_quietly("GET", path, params)
        if not answer.error:
            rows = [row for row in answer.rows if row.get("id") == wanted]
            answer = replace(answer, body={**answer.body, "data": rows, "has_more": False})
        self.remember(name, answer)

    def made(self, name: str, path: str, params: Mapping[str, Any], **more: Any) -> str:
        """Ask for something to be made and return its id. Raises CannotGoOn when there is none."""
        found = self.ask(name, "POST", path, params, **more).body.get("id")
        if not isinstance(found, str):
            raise CannotGoOn(name)
        return found

    def awaited(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the first row of a list, which may come a little later. Raises CannotGoOn."""
        for _ in self.looks():
            if rows := self.ask_quietly("GET", path, params).rows:
                return rows[0]
        raise CannotGoOn(path)

    def looks(self) -> Iterator[int]:
        """Count to LOOKS with a pause in between, as long as something comes by itself there."""
        for look in range(LOOKS):
            if look:
                time.sleep(self.side.pause)
            yield look

    def remember(self, name: str, answer: Answer, *, expected: int = OK) -> None:
        """Keep an answer to be compared."""
        self.steps[f"{self.scene}: {name}"] = Step(answer, expected, self.may_lack)

    def afterwards(self, method: str, path: str, params: Mapping[str, Any] | None = None) -> Ending:
        """Have something ended, deleted or given back when all is over; the last is done first."""
        self._afterwards.append((method, path, params or {}))
        return self._afterwards[-1]

    def done(self, ending: Ending) -> None:
        """Say that something needs no clearing away any more: a step has done it."""
        self._afterwards.remove(ending)

    def ask_quietly(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        key: str = "",
    ) -> Answer:
        """Ask without having the answer compared."""
        self._keys += 1
        named = f"{self.run}-{key or self._keys}" if method == "POST" else ""
        answer = self.side.ask(method, path, params, idempotency_key=named)
        if answer.status == UNAUTHORIZED:
            raise NotLetIn(answer.error.get("message", ""))
        if isinstance(answer.body.get("id"), str):
            self.ids.add(answer.body["id"])
        return answer

    def _clear_away(self) -> None:
        for method, path, params in reversed(self._afterwards):
            try:
                answer = self.ask_quietly(method, path, params)
            except (NoAnswer, NotLetIn):
                self.left_behind.append(path)
            else:
                if answer.status != OK:
                    self.left_behind.append(path)
