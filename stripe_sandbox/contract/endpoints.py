"""The map (HTTP method, path) → parameters and answer, read out of the library's service modules."""

import ast
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import stripe

from stripe_sandbox.contract.annotations import kind_of
from stripe_sandbox.contract.kinds import Kind, Shape, options_of

LIBRARY = Path(stripe.__file__).parent


@dataclass(frozen=True)
class Endpoint:
    """One call of Stripe's v1 API. Annotations stay text until somebody asks for the kinds."""

    method: str
    path: str
    module_name: str
    params_annotation: str
    answer_annotation: str

    @property
    def params(self) -> Shape:
        """The shape of the request's parameters."""
        for kind in options_of(kind_of(self.params_annotation, self.module_name)):
            if isinstance(kind, Shape):
                return kind
        raise TypeError(f"{self.method} {self.path} takes no parameters")

    @property
    def answer(self) -> Kind:
        """The kind of the body that answers a success."""
        return kind_of(self.answer_annotation, self.module_name)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches a concrete path; each `{name}` of the template is a named group."""
        return re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "$")


@cache
def endpoints_of(module_name: str) -> tuple[Endpoint, ...]:
    """Every v1 call of one service module, for example `stripe._refund_service`."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module_name)
    return _read(Path(spec.origin).read_text(), module_name)


def all_endpoints() -> tuple[Endpoint, ...]:
    """Every v1 call that the installed library knows; reads about two hundred files (a second)."""
    found: list[Endpoint] = []
    for file in sorted(LIBRARY.rglob("*_service.py")):
        dotted = ".".join(file.relative_to(LIBRARY.parent).with_suffix("").parts)
        found.extend(_read(file.read_text(), dotted))
    return tuple(found)


def _read(source: str, module_name: str) -> tuple[Endpoint, ...]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            endpoint = _endpoint(node, module_name)
            if endpoint and endpoint.path.startswith("/v1/"):
                found.append(endpoint)
    return tuple(found)


def _endpoint(function: ast.FunctionDef, module_name: str) -> Endpoint | None:
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in ("_request", "_request_stream"):
            continue
        annotations = {
            argument.arg: argument.annotation
            for argument in [*function.args.args, *function.args.posonlyargs]
            if argument.annotation
        }
        if "params" not in annotations or function.returns is None:
            return None
        return Endpoint(
            method=ast.literal_eval(node.args[0]).upper(),
            path=_path_template(node.args[1]),
            module_name=module_name,
            params_annotation=ast.unparse(annotations["params"]),
            answer_annotation=ast.unparse(function.returns),
        )
    return None


def _path_template(node: ast.expr) -> str:
    """`"/v1/x/{id}".format(id=…)` and `"/v1/x"` both give the template."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return str(ast.literal_eval(node))
