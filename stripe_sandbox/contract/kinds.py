"""The small algebra of types that the contract is written in: what a value on Stripe's wire may be."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Scalar(Enum):
    """Values without inner structure."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    NULL = "null"
    ANYTHING = "anything"
    FILE = "file"


@dataclass(frozen=True)
class Words:
    """One of a fixed set of literals. Open enums of the library are closed here on purpose."""

    allowed: tuple[str | int | bool, ...]


@dataclass(frozen=True)
class ListOf:
    """An array of one kind."""

    item: "Kind"


@dataclass(frozen=True)
class MapOf:
    """Free keys, one kind of value (metadata)."""

    value: "Kind"


@dataclass(frozen=True)
class OneOf:
    """A union; `None` is the member `Scalar.NULL`."""

    options: tuple["Kind", ...]


@dataclass(frozen=True)
class Field:
    """One key of a shape. `required` means: may not be absent."""

    kind: "Kind"
    required: bool


@dataclass(eq=False)
class Shape:
    """An object with known keys. Keys are read on first use, since shapes refer to each other in circles."""

    name: str
    read_fields: Callable[[], dict[str, Field]]
    object_name: str | None = None

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The known keys, by name."""
        return self.read_fields()


Kind = Scalar | Words | ListOf | MapOf | OneOf | Shape


def options_of(kind: Kind) -> tuple[Kind, ...]:
    """The members of a union, or the kind itself as its only member."""
    return kind.options if isinstance(kind, OneOf) else (kind,)
