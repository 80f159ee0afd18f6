"""Keeps the drill's process on this machine, and notes what it does to Stripe, locks and transactions.

Python tells an audit hook of every connection and of every byte sent, in the thread that does it; so
nothing of the shop is replaced to be watched. A hook stays for the life of its process: only the drill's
own process installs it.
"""

import sys
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

HERE = {"127.0.0.1", "::1", "localhost"}
# Stripe's own library says this with every call; the drill's own look-arounds do not.
OF_THE_SHOP = b"stripe-version"
LOCKING = ("UPDATE ", "DELETE ")
# What is locked before the ledger's head, in every transaction (docs: order, packs, code, cart, ledger).
BEFORE_THE_LEDGER = (
    '"orders_order"',
    '"orders_cart"',
    '"orders_discountcode"',
    '"products_variant"',
    '"products_reservation"',
)
LEDGER = 'INSERT INTO "books_ledgerentry"'


class LeftTheMachine(BaseException):
    """Something wanted to talk to another machine. Not an Exception: nobody may swallow it."""


class Watch:
    """Counts since install(). Threads may add to it: each addition is one step."""

    def __init__(self) -> None:
        self.calls = 0
        self.calls_inside: list[str] = []
        self.posts = 0
        self.locks_after_post: list[str] = []

    def install(self) -> None:
        """Watch this process from now on, for good."""
        sys.addaudithook(self._hear)
        connection.execute_wrappers.append(self._read)
        connection_created.connect(self._watch_connection, weak=False)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            refuse_elsewhere(arguments[1])
        elif event == "http.client.send":
            self._sent(arguments[1])

    def _sent(self, data: Any) -> None:
        if not isinstance(data, bytes) or OF_THE_SHOP not in data.lower():
            return
        self.calls += 1
        if connection.in_atomic_block:
            self.calls_inside.append(data.partition(b" HTTP")[0].decode("ascii", "replace"))

    def _watch_connection(self, connection: BaseDatabaseWrapper, **_more: Any) -> None:
        if self._read not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._read)

    def _read(self, execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        at: Any = rest[-1]["connection"]
        text = str(sql)
        if not at.in_atomic_block:
            at.drill_has_posted = False
        elif text.startswith(LEDGER):
            self.posts += 1
            at.drill_has_posted = True
            transaction.on_commit(lambda: setattr(at, "drill_has_posted", False))
        elif getattr(at, "drill_has_posted", False) and takes_earlier_lock(text):
            self.locks_after_post.append(" ".join(text.split()[:3]))
        return execute(sql, *rest)


def takes_earlier_lock(sql: str) -> bool:
    """Say whether a statement locks rows whose turn was before the ledger's."""
    if sql.startswith(LOCKING):
        head = sql.split("WHERE", 1)[0].split(" SET ", 1)[0]
        return any(table in head for table in BEFORE_THE_LEDGER)
    return "FOR UPDATE" in sql and any(f"FROM {table}" in sql for table in BEFORE_THE_LEDGER)


def refuse_elsewhere(address: Any) -> None:
    """Raise LeftTheMachine for an address that is not on this machine. A path is a local socket."""
    if isinstance(address, tuple) and address[0] not in HERE:
        msg = f"A connection to {address[0]} was refused: a drill talks to nobody."
        raise LeftTheMachine(msg)
