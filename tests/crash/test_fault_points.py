"""The fault points: one list, nothing behind them in the shop, and every one of them dies in a test."""

import ast
import inspect
from functools import cache
from pathlib import Path

from shop.lib import fault_points
from tests.crash import test_killed_mail, test_killed_shop
from tests.test_house import OUR_APPS, ROOT


@cache
def sources() -> list[tuple[Path, ast.Module]]:
    files = [file for app in OUR_APPS for file in (ROOT / app).rglob("*.py")]
    return [(file, ast.parse(file.read_text())) for file in files]


def test_the_list_is_what_the_code_says_each_name_once():
    called = [
        node.args[0].value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "fault_points.reached"
    ]
    assert sorted(called) == sorted(fault_points.POINTS)


def test_in_the_shop_a_point_does_nothing_and_nothing_can_change_that():
    body = ast.parse(inspect.getsource(fault_points.reached)).body[0].body
    assert [type(node) for node in body] == [ast.Expr], "only a docstring"
    assert {name for name in vars(fault_points) if not name.startswith("__")} == {
        "POINTS",
        "reached",
    }
    for file, tree in sources():
        for node in ast.walk(tree):
            targets = [*getattr(node, "targets", []), getattr(node, "target", None)]
            written = [ast.unparse(target) for target in targets if isinstance(target, ast.AST)]
            assert not any("fault_points" in name for name in written), file


def test_at_every_point_somebody_dies_in_a_test():
    assert set(fault_points.POINTS) == test_killed_shop.POINTS | test_killed_mail.POINTS
