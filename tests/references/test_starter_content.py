"""The statements that a shop starts with: unsigned in a real one, signed by invented people in a demo."""

import pytest
from django.utils import timezone

from claims.check import find_claims
from pages import starter_content as pages_content
from references import demo, starter_content, statements
from references.models import Statement
from references.published_texts import STATEMENT
from tests.references.writing import NOON, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    """The sources, which come with the pages, and the statements."""
    pages_content.load(NOON)
    return starter_content.load(NOON)


@pytest.mark.usefixtures("loaded")
def test_nobody_has_signed_them_and_each_has_its_sources():
    rows = list(Statement.objects.prefetch_related("reference_rows__reference"))

    assert 14 <= len(rows) <= 24
    assert {row.state(NOON) for row in rows} == {Statement.State.UNSIGNED}
    entries = starter_content.entries()
    assert {row.key: [each.reference.key for each in row.reference_rows.all()] for row in rows} == {
        key: entry["references"] for key, entry in entries.items()
    }
    assert {row.kind for row in rows} == set(Statement.Kind)
    assert {row.grade for row in rows} == set(Statement.Grade)


@pytest.mark.usefixtures("loaded")
def test_they_pass_the_claims_check():
    found = [
        (text.subject, text.text, finding.rule)
        for row in Statement.objects.all()
        for text in STATEMENT.of(row)
        for finding in find_claims(text.text, context="blog")
    ]

    assert found == []


@pytest.mark.usefixtures("loaded")
def test_loading_again_refreshes_what_nobody_signed_and_nothing_else():
    signed, edited, *_ = Statement.objects.all()
    statements.revise(signed, words(), by="ann", now=NOON)
    stale = Statement.objects.exclude(pk=signed.pk).first()
    Statement.objects.filter(pk=stale.pk).update(text="An older version of our file.")
    before = Statement.objects.get(pk=edited.pk).version

    assert starter_content.load(NOON) == "statements: 0 added"

    signed.refresh_from_db()
    stale.refresh_from_db()
    assert signed.text == words().text
    assert stale.text == starter_content.entries()[stale.key]["text"]
    assert stale.version == before + 1


@pytest.mark.usefixtures("loaded")
def test_two_invented_people_approve_them_in_a_demo_only(settings):
    settings.DEMO = False
    with pytest.raises(demo.NotADemo):
        demo.load(NOON)
    assert not Statement.objects.standing(NOON).exists()

    settings.DEMO = True
    mine = Statement.objects.get(key="fractures")
    statements.sign(mine, by="ann", now=NOON)
    count = Statement.objects.count() - 1

    assert demo.load(NOON) == f"Demo statements: {count} signed by two invented people."
    assert demo.load(NOON) == "Demo statements: 0 signed by two invented people."
    standing = Statement.objects.standing(NOON)
    assert standing.count() == count
    people = set(standing.values_list("written_by", "approved_by"))
    assert people == {("demo-writer", "demo-approver")}
    assert mine.state(timezone.now()) == Statement.State.WAITING
