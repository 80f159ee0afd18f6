"""Whatever decides, or helps to decide, cannot see how many stars there are: read in the source itself."""

import ast
import re
from pathlib import Path

import pytest

from reviews.models import ReviewVersion

ROOT = Path(__file__).resolve().parents[2]
DECIDING = (
    *("decisions", "screening", "wording", "duplicates", "bursts", "campaigns", "insiders"),
    *("second_look", "waiting", "labels", "nightly", "admin/deciding", "admin/decision_forms"),
)
TEMPLATES = ("decide", "_decision", "_words", "_found", "_versions", "_log", "change_list")
RATINGS = {"stars", "sticking", "skin_comfort", "ease_of_use", "value_rating", "MOST_STARS"}

# A lookup or a field's name; docstrings are sentences.
_NAME = re.compile(r"[a-z_]+")


def seen_in(source: str) -> set[str]:
    """Names of ratings that a module touches: as attributes, names, keywords or in strings that name them."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.keyword) and node.arg:
            found |= set(node.arg.split("__"))
        elif isinstance(node, ast.Constant) and _NAME.fullmatch(str(node.value)):
            found |= set(str(node.value).split("__"))
    return found & RATINGS


def test_the_search_for_ratings_bites():
    for planted in (
        "review.stars > 3",
        "rows.filter(current__stars__lt=2)",
        'rows.order_by("current__stars")',
        'getattr(review, "stars")',
    ):
        assert seen_in(planted) == {"stars"}
    assert {"stars", "sticking", "skin_comfort", "ease_of_use"} <= {
        field.name for field in ReviewVersion._meta.get_fields()
    }


@pytest.mark.parametrize("module", DECIDING)
def test_no_module_that_decides_touches_a_rating(module):
    assert seen_in((ROOT / f"reviews/{module}.py").read_text()) == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_of_the_decision_shows_a_rating(name):
    markup = (ROOT / f"templates/admin/reviews/review/{name}.html").read_text()
    spoken = set(re.findall(r"{[{%].*?[%}]}", markup))
    assert not [tag for tag in spoken if re.search(r"stars|rating|sticking|comfort|ease_of", tag)]
