"""Checks a decoded request against its endpoint, strictly, and turns its text into typed values.

Wording and codes are Stripe's where a recording of them is known (facts/stripe.md 6.7).
"""

import re
from typing import Any

from stripe_sandbox.contract.kinds import Kind, ListOf, MapOf, Scalar, Shape, Words, options_of
from stripe_sandbox.errors import InvalidRequest, missing_param

INTEGER = re.compile(r"^[+-]?\d{1,18}$")
PAIR = 2
NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


def typed_params(raw: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """The request's parameters as typed values.

    Raises InvalidRequest for unknown keys at any depth, missing required keys, wrong types and
    words outside an enum. Open enums are closed: Stripe refuses unknown words in requests too.
    """
    return _shape(raw, shape, "")


def _shape(raw: dict[str, Any], shape: Shape, at: str) -> dict[str, Any]:
    for key in raw:
        if key not in shape.fields:
            name = _inside(at, key)
            raise InvalidRequest(
                f"Received unknown parameter: {name}", param=name, code="parameter_unknown"
            )
    for key, field in shape.fields.items():
        if field.required and key not in raw:
            raise missing_param(_inside(at, key))
    return {
        key: _value(value, shape.fields[key].kind, _inside(at, key)) for key, value in raw.items()
    }


def _inside(at: str, key: str | int) -> str:
    return f"{at}[{key}]" if at else str(key)


def _value(raw: Any, kind: Kind, at: str) -> Any:
    options = options_of(kind)
    if isinstance(raw, dict):
        return _mapping(raw, options, at)
    if isinstance(raw, list):
        item = next((option.item for option in options if isinstance(option, ListOf)), None)
        if item is None:
            raise InvalidRequest("Invalid array", param=at)
        return [_value(value, item, _inside(at, index)) for index, value in enumerate(raw)]
    return _text(str(raw), options, at)


def _mapping(raw: dict[str, Any], options: tuple[Kind, ...], at: str) -> Any:
    for option in options:
        if isinstance(option, ListOf):
            return _indexed(raw, option, at)
        if isinstance(option, Shape):
            return _shape(raw, option, at)
        if isinstance(option, MapOf):
            return {key: _map_value(value, option, _inside(at, key)) for key, value in raw.items()}
    if Scalar.ANYTHING in options:
        return raw
    raise InvalidRequest(f"Invalid string: {raw}", param=at)


def _map_value(raw: Any, option: MapOf, at: str) -> Any:
    # An empty value in a map unsets its key, so it is not refused like an empty string elsewhere.
    return raw if raw == "" else _value(raw, option.value, at)


def _indexed(raw: dict[str, Any], option: ListOf, at: str) -> list[Any]:
    if not all(key.isascii() and key.isdigit() for key in raw):
        raise InvalidRequest("Invalid array", param=at)
    return [
        _value(raw[key], option.item, _inside(at, index))
        for index, key in enumerate(sorted(raw, key=int))
    ]


def _text(raw: str, options: tuple[Kind, ...], at: str) -> Any:
    words = next((option for option in options if isinstance(option, Words)), None)
    if words and raw in words.allowed:
        return raw
    if raw == "":
        raise InvalidRequest(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to "
            f"unset a field; however '{at}' cannot be unset. You should remove '{at}' from your "
            "request or supply a non-empty value.",
            param=at,
            code="parameter_invalid_empty",
        )
    if Scalar.INTEGER in options and INTEGER.match(raw):
        return int(raw)
    if Scalar.NUMBER in options and NUMBER.match(raw):
        return float(raw)
    if Scalar.BOOLEAN in options and raw in ("true", "false"):
        return raw == "true"
    if Scalar.DECIMAL in options and NUMBER.match(raw):
        return raw
    if Scalar.TEXT in options or Scalar.ANYTHING in options:
        return raw
    raise _refusal(raw, options, words, at)


def _refusal(raw: str, options: tuple[Kind, ...], words: Words | None, at: str) -> InvalidRequest:
    if words:
        spoken = [str(word) for word in words.allowed if word != ""]
        return InvalidRequest(f"Invalid {at}: must be {_either(spoken)}", param=at)
    if Scalar.INTEGER in options:
        return InvalidRequest(f"Invalid integer: {raw}", param=at, code="parameter_invalid_integer")
    if Scalar.BOOLEAN in options:
        return InvalidRequest(f"Invalid boolean: {raw}", param=at)
    if Scalar.NUMBER in options or Scalar.DECIMAL in options:
        return InvalidRequest(f"Invalid decimal: {raw}", param=at)
    if any(isinstance(option, ListOf) for option in options):
        return InvalidRequest("Invalid array", param=at)
    return InvalidRequest("Invalid object", param=at)


def _either(words: list[str]) -> str:
    if len(words) <= PAIR:
        return " or ".join(words)
    return f"one of {', '.join(words[:-1])}, or {words[-1]}"
