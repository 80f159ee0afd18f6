"""Ties lines of a specification to the tests that prove them: is the named test there, and does it run?"""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent


@cache
def known_tests(module: str) -> dict[str, ast.FunctionDef]:
    """The tests of a module as pytest finds and marks them: {name: function}."""
    path = TESTS / module
    if not path.is_file() or not path.name.startswith("test_"):
        return {}
    body = ast.parse(path.read_text()).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets) == "pytestmark":
            for one in functions:
                one.decorator_list += getattr(node.value, "elts", [node.value])
    return {one.name: one for one in functions if one.name.startswith("test_")}


def why_no_proof(named: str) -> str:
    """Say what is wrong with `module::test`; empty when it is a test that runs on some database."""
    module, _, name = named.partition("::")
    test = known_tests(module).get(name)
    if test is None:
        return f"{named} does not exist"
    marks = {ast.unparse(one).partition("(")[0] for one in test.decorator_list}
    if marks & {"pytest.mark.skip", "pytest.mark.xfail"}:
        return f"{named} is skipped"
    if not any(isinstance(node, ast.Assert | ast.Call) for node in ast.walk(test)):
        return f"{named} is a stub"
    return ""
