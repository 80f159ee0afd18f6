"""What two answers have in common and what not: fields, types and fixed words; ids and times are alike.

Pure: bodies in, differences out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shop.doctor.wire import Answer

Shape = dict[str, frozenset[str]]

ABSENT = "not there"
# `cs_test_a1B2…`, `tax_li_3Q…`; a word such as `us_bank_account` has small letters only.
ID = re.compile(
    r"\b([a-z]{2,8}(?:_[a-z]{2,6})*)_(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{8,}(?:_secret_\w+)?(?!\w)"
)
WORD = re.compile(r"^[a-z][a-z_.]{1,60}$")
DECIMAL = re.compile(r"^-?\d+\.\d+$")
ADDRESS = re.compile(r"https?://[^\s'\"]+")
# What Stripe answers with every call, or with every one that is kept under a key.
HEADERS = ("idempotency-key", "idempotent-replayed", "original-request", "request-id")
ERROR_FIELDS = ("type", "code", "decline_code", "param", "message")
# What an account's settings decide, and no simulation can know: how a page looks, what it offers.
BY_ACCOUNT = re.compile(
    r"(^|\.)(payment_method_types|payment_method_configuration_details|branding_settings"
    r"|statement_descriptor\w*|calculated_statement_descriptor|receipt_number|fee_details\[\])($|\.|\[)"
)


@dataclass(frozen=True)
class Difference:
    """One place at which two answers differ, and what stands there on either side."""

    place: str
    here: str
    there: str


def differences(here: Answer, there: Answer) -> list[Difference]:
    """Return how two answers to the same question differ: status, headers, error or body."""
    found = [Difference("status", str(here.status), str(there.status))]
    found += [
        Difference(f"header {name}", *(_is_there(name in one.headers) for one in (here, there)))
        for name in HEADERS
    ]
    found += [
        Difference(f"error {name}", *(_plain(one.error.get(name)) for one in (here, there)))
        for name in ERROR_FIELDS
    ]
    if here.error and there.error:
        found += _of_shapes(_without_told(here.error), _without_told(there.error), "error.")
    elif not (here.error or there.error):
        found += _of_shapes(here.body, there.body, "")
    return [one for one in found if one.here != one.there]


def _without_told(error: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in error.items() if name not in ERROR_FIELDS}


def _is_there(is_there: bool) -> str:  # noqa: FBT001 (only a word for it)
    return "there" if is_there else ABSENT


def _plain(text: Any) -> str:
    return ABSENT if text is None else without_names(str(text))


def without_names(text: str) -> str:
    """Return a message without what is another one each time: ids and addresses."""
    return ID.sub(r"\1_…", ADDRESS.sub("<address>", text))


def _of_shapes(here: Mapping[str, Any], there: Mapping[str, Any], at: str) -> Iterator[Difference]:
    left, right = shape_of(here), shape_of(there)
    told = set[str]()
    for path in sorted(left.keys() | right.keys(), key=lambda one: (one.count("."), one)):
        # Whoever has no branch has none of its leaves either: told once.
        if any(path.startswith((f"{one}.", f"{one}[")) for one in told) or BY_ACCOUNT.search(path):
            continue
        words = [" or ".join(sorted(one.get(path, {ABSENT}))) for one in (left, right)]
        if words[0] != words[1]:
            told.add(path)
            yield Difference(f"{at}{path}", *words)


def shape_of(body: Mapping[str, Any]) -> Shape:
    """Return {path: what stands there} for every place in a body; the rows of a list share one path."""
    shape: dict[str, set[str]] = {}
    for path, kind in _leaves(body, ""):
        shape.setdefault(path, set()).add(kind)
    return {path: frozenset(kinds) for path, kinds in shape.items()}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if path:
            yield path, "object"
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield path, "list" if value else "empty list"
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    else:
        yield path, _kind(value, path)


def _kind(value: Any, path: str) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        # An amount is what we have asked for; other numbers are times, counts and scores.
        return f"integer {value}" if path.rpartition(".")[2].startswith("amount") else "integer"
    if isinstance(value, float):
        return "number"
    return _kind_of_text(str(value))


def _kind_of_text(text: str) -> str:
    if name := ID.fullmatch(text):
        return f"{name[1]}_…"
    if ADDRESS.fullmatch(text):
        return "address"
    if DECIMAL.match(text):
        return "decimal"
    return f"“{text}”" if WORD.match(text) else "text"
