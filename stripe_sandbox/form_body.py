"""Stripe's bracketed form encoding (`a[b][0][c]=d`) into nested values.

Objects and indexed arrays both arrive as dictionaries, because only the contract knows which of
them a key is (`metadata[0]` is a key, `expand[0]` a position). `a[]=x` gives a list.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
MAX_DEPTH = 10


class MalformedForm(ValueError):
    """A key that is no bracketed path, or one path used both as a value and as an object."""


def decode_form(text: str) -> dict[str, Any]:
    """The nested parameters of a form body or query string; every leaf is still text.

    Raises MalformedForm.
    """
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True, max_num_fields=5000):
        path = _split(key)
        _store(tree, path, value)
    return tree


def _split(key: str) -> list[str]:
    match = KEY.match(key)
    if not match:
        raise MalformedForm(f"Invalid key: {key}")
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(path) > MAX_DEPTH:
        raise MalformedForm(f"Key nested too deeply: {key}")
    return path


def _store(tree: dict[str, Any], path: list[str], value: str) -> None:
    here, *rest = path
    if not rest:
        if isinstance(tree.get(here), (dict, list)):
            raise MalformedForm(f"Invalid hash: {here}")
        tree[here] = value
        return
    if rest[0] == "":
        _append(tree.setdefault(here, []), rest[1:], value, here)
        return
    inner = tree.setdefault(here, {})
    if not isinstance(inner, dict):
        raise MalformedForm(f"Invalid hash: {here}")
    _store(inner, rest, value)


def _append(items: Any, path: list[str], value: str, name: str) -> None:
    """`a[]=x` appends; `a[][b]=x` continues the last object until one of its keys repeats."""
    if not isinstance(items, list):
        raise MalformedForm(f"Invalid array: {name}")
    if not path:
        items.append(value)
        return
    if not items or not isinstance(items[-1], dict) or _holds(items[-1], path):
        items.append({})
    _store(items[-1], path, value)


def _holds(item: Any, path: list[str]) -> bool:
    for name in path:
        if not isinstance(item, dict) or name not in item:
            return False
        item = item[name]
    return True
