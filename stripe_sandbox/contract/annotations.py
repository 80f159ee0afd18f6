"""Reads the type annotations of the installed `stripe` package into kinds.

The library is generated from Stripe's own API description for exactly the API version that it
sends, and its TypedDicts (requests) and classes (responses) carry that description. So the
contract needs no specification file of its own and moves with each upgrade of the library.
"""

import ast
import importlib
import inspect
import textwrap
import types
from decimal import Decimal
from functools import cache
from typing import IO, Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

from stripe._list_object import ListObject
from stripe._request_options import RequestOptions
from stripe._search_result_object import SearchResultObject
from stripe._stripe_object import StripeObject, UntypedStripeObject
from typing_extensions import is_typeddict

from stripe_sandbox.contract.kinds import Field, Kind, ListOf, MapOf, OneOf, Scalar, Shape, Words

REQUEST_OPTIONS = frozenset(RequestOptions.__annotations__)
PLAIN: dict[Any, Scalar] = {
    str: Scalar.TEXT,
    int: Scalar.INTEGER,
    float: Scalar.NUMBER,
    bool: Scalar.BOOLEAN,
    Decimal: Scalar.DECIMAL,
    type(None): Scalar.NULL,
    None: Scalar.NULL,
    Any: Scalar.ANYTHING,
    object: Scalar.ANYTHING,
    bytes: Scalar.FILE,
}


class UnreadableAnnotation(Exception):
    """The library uses a form of annotation that this reader does not know: teach it after an upgrade."""


class Names(dict[str, Any]):
    """The names an annotation in one module may use, those of its `if TYPE_CHECKING:` block included."""

    def __init__(self, module_name: str) -> None:
        module = importlib.import_module(module_name)
        super().__init__(vars(module))
        self.deferred = _type_checking_imports(module)

    def __missing__(self, name: str) -> Any:
        module_name, attribute = self.deferred[name]
        value = getattr(importlib.import_module(module_name), attribute)
        self[name] = value
        return value


def _type_checking_imports(module: types.ModuleType) -> dict[str, tuple[str, str]]:
    """Local name → (module, attribute) for the imports that exist only for type checkers."""
    block: list[str] = []
    lines = iter(inspect.getsource(module).splitlines())
    for line in lines:
        if line.startswith("if TYPE_CHECKING:"):
            for inner in lines:
                if inner and not inner.startswith(" "):
                    break
                block.append(inner)
            break
    found = {}
    for node in ast.walk(ast.parse(textwrap.dedent("\n".join(block)))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module, alias.name)
    return found


@cache
def names_of(module_name: str) -> Names:
    """The names of a module of the library, imported once."""
    return Names(module_name)


def kind_of(annotation: Any, module_name: str) -> Kind:
    """The kind that an annotation, written in the named module, describes.

    Raises UnreadableAnnotation for forms that the library did not use when this was written.
    """
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        # The text is the installed library's own source code, not anybody's input.
        annotation = eval(annotation, {}, names_of(module_name))  # noqa: S307
        return kind_of(annotation, module_name)
    if annotation in PLAIN:
        return PLAIN[annotation]
    if get_origin(annotation) is not None:
        return _generic(annotation, module_name)
    if isinstance(annotation, type):
        return shape_of(annotation)
    raise UnreadableAnnotation(f"{annotation!r} in {module_name}")


def _generic(annotation: Any, module_name: str) -> Kind:
    """An annotation with arguments: `List[…]`, `Union[…]`, `ListObject[…]` and the like."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Words(tuple(arguments))
    if origin is IO:
        return Scalar.FILE
    kinds = [kind_of(argument, module_name) for argument in arguments]
    if origin in {Union, types.UnionType, NotRequired, Required}:
        return _union(kinds)
    if origin is list:
        return ListOf(kinds[0])
    if origin in {dict, UntypedStripeObject}:
        return MapOf(kinds[-1])
    if origin in {ListObject, SearchResultObject}:
        return _page_of(kinds[0], origin.OBJECT_NAME)
    raise UnreadableAnnotation(f"{annotation!r} in {module_name}")


def _union(kinds: list[Kind]) -> Kind:
    """A flat union in which the literals are joined and an open enum (`Literal[…] | str`) is closed."""
    flat: list[Kind] = []
    words: list[str | int | bool] = []
    for kind in kinds:
        for option in kind.options if isinstance(kind, OneOf) else (kind,):
            if isinstance(option, Words):
                words.extend(option.allowed)
            elif option not in flat:
                flat.append(option)
    if words:
        flat.insert(0, Words(tuple(words)))
        if any(word != "" for word in words) and Scalar.TEXT in flat:
            flat.remove(Scalar.TEXT)
    return flat[0] if len(flat) == 1 else OneOf(tuple(flat))


def _page_of(item: Kind, object_name: str) -> Shape:
    """The envelope of a list or of search results; generic classes carry no readable item type."""
    fields = {
        "object": Field(Words((object_name,)), required=True),
        "data": Field(ListOf(item), required=True),
        "has_more": Field(Scalar.BOOLEAN, required=True),
        "url": Field(Scalar.TEXT, required=True),
    }
    if object_name == "search_result":
        fields["next_page"] = Field(OneOf((Scalar.TEXT, Scalar.NULL)), required=False)
        fields["total_count"] = Field(OneOf((Scalar.INTEGER, Scalar.NULL)), required=False)
    return Shape(object_name, lambda: fields, object_name)


@cache
def shape_of(cls: type) -> Shape:
    """The shape of a TypedDict (request parameters) or of a StripeObject class (response)."""
    if is_typeddict(cls):
        return Shape(cls.__name__, lambda: _typed_dict_fields(cls))
    if issubclass(cls, StripeObject):
        return Shape(cls.__qualname__, lambda: _object_fields(cls), _object_name(cls))
    raise UnreadableAnnotation(f"class {cls!r}")


def _object_name(cls: type) -> str | None:
    name = getattr(cls, "OBJECT_NAME", None)
    return name if isinstance(name, str) else None


def _typed_dict_fields(cls: Any) -> dict[str, Field]:
    # RequestOptions is mixed into the top level for the library's own use (api_key …): never sent.
    skipped = REQUEST_OPTIONS if set(cls.__annotations__) >= REQUEST_OPTIONS else frozenset()
    return {
        name: Field(kind_of(annotation, cls.__module__), name in cls.__required_keys__)
        for name, annotation in cls.__annotations__.items()
        if name not in skipped
    }


def _object_fields(cls: type) -> dict[str, Field]:
    """`Optional` in the library means nullable or absent, so only the rest is required."""
    fields = {}
    for base in reversed(cls.__mro__):
        if not issubclass(base, StripeObject) or base is StripeObject:
            continue
        for name, annotation in inspect.get_annotations(base).items():
            if name.startswith("_") or "ClassVar" in str(annotation):
                continue
            kind = kind_of(annotation, base.__module__)
            nullable = isinstance(kind, OneOf) and Scalar.NULL in kind.options
            fields[name] = Field(kind, required=not nullable and kind is not Scalar.NULL)
    return fields


def class_named(dotted: str) -> type:
    """A class of the library by its full name, for example `stripe._charge.Charge`."""
    module_name, name = dotted.rsplit(".", 1)
    found: type = getattr(importlib.import_module(module_name), name)
    return found
