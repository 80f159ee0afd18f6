"""The shop's own words of today pass its own check: templates, mails, and what every shop starts with."""

import ast
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from claims import sources
from claims.check import find_claims
from claims.desk import all_findings
from pages import starter_content as page_content
from policies import starter_content as policy_content
from products import starter_content as product_content
from products.models import Product
from shop import claims_sources, template_texts
from tests.claims.texts import CLAIM, RULE
from tests.factories import NOON, make_shipping

# Posts begin as drafts, so that nobody reads them yet: tests/blog/test_starter_posts.py checks them.


ROOT = Path(__file__).resolve().parents[2]
# What a view, a form or a chart says by itself, and where that teaches instead of selling.
SAID = {"title", "description", "heading", "label", "help_text", "reading"}
TEACHING, SELLING = (
    ("blog", "pages", "references", "search"),
    ("orders", "products", "policies", "affiliates", "reviews"),
)


def told(findings):
    return [f"{one.text.label}: {one.sentence} ({one.finding.rule})" for one in findings]


def test_no_template_says_what_we_may_not_say():
    assert told(all_findings(template_texts.public())) == []


def said_in_code(app):
    for path in sorted((ROOT / app).rglob("*.py")):
        if not {"admin", "migrations", "management", "importing"} & set(path.parts):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.keyword) and node.arg in SAID:
                    for inner in ast.walk(node.value):
                        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                            yield inner.value


@pytest.mark.parametrize(
    ("app", "context"),
    [*((app, "blog") for app in TEACHING), *((app, "patch") for app in SELLING)],
)
def test_no_code_says_what_we_may_not_say(app, context):
    words = [text for text in said_in_code(app) if " " in text]

    assert words
    assert {text: found for text in words if (found := find_claims(text, context=context))} == {}


@pytest.mark.markup
@pytest.mark.django_db
def test_nothing_that_a_new_shop_publishes_is_flagged():
    for content in (policy_content, product_content, page_content):
        content.load(NOON)
    Product.objects.update(is_published=True)
    make_shipping()

    texts = [text for rows in claims_sources.ROWS for text in rows.public()]

    assert len({text.subject for text in texts}) > 150
    assert told(all_findings(texts)) == []


@pytest.mark.django_db
def test_the_command_prints_sentence_and_place_and_fails(capsys, monkeypatch):
    monkeypatch.setattr(sources, "_sources", {"products.product": claims_sources.ROWS[0].public})
    product = Product.objects.create(
        slug="a", name="A", form="patch", tagline=CLAIM, is_published=True
    )

    with pytest.raises(CommandError, match=r"Findings: 2\.") as stop:
        call_command("check_claims")

    words = capsys.readouterr().out
    assert stop.value.returncode == 1
    assert f"Product “A”: Tagline (/admin/products/product/{product.pk}/change/)" in words
    assert f"cure ({RULE}): {CLAIM}" in words

    product.delete()
    call_command("check_claims")
    assert "0 published things read, 0 checked, 0 findings open." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("patch", "Round, red, the size of a dime."),
        ("ingest", "Take one serving a day."),
    ],
)
def test_a_text_is_tried_on_the_command_line(capsys, context, text):
    call_command("check_claims", text=text, context=context)

    assert capsys.readouterr().out == "Nothing found.\n"


def test_a_text_that_is_flagged_is_told_with_a_better_way(capsys):
    with pytest.raises(CommandError) as stop:
        call_command("check_claims", "--context", "patch", "--text", "Take one serving a day.")

    assert stop.value.returncode == 1
    assert "regulatory_status (supplement-label): one serving" in capsys.readouterr().out
