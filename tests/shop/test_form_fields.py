"""Amounts and percentages as people type them."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from pytest_django.asserts import assertHTMLEqual

from shop.lib.form_fields import CentsField, ExactPercentField, PercentField, PlainSelect


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("12.50", 1250), ("0", 0), ("0.01", 1), (" 5 ", 500), ("5.", 500), ("", None)],
)
def test_an_amount_becomes_cents(typed, cents):
    assert CentsField(required=False).clean(typed) == cents


@pytest.mark.parametrize("typed", ["-1", "1.005", "1e9999", "NaN", "Infinity", "$5", "1,5", "x"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValidationError):
        CentsField().clean(typed)


def test_an_amount_has_its_upper_bound():
    assert CentsField(max_cents=599).clean("5.99") == 599
    with pytest.raises(ValidationError):
        CentsField(max_cents=599).clean("6.00")


@pytest.mark.parametrize(("typed", "points"), [("6.25", 625), ("100", 10000), ("0.1", 10)])
def test_a_percentage_becomes_basis_points(typed, points):
    assert PercentField().clean(typed) == points


@pytest.mark.parametrize("typed", ["8.875", "0", "6.2500", "25"])
def test_an_exact_percentage_is_kept_as_it_is_typed(typed):
    assert ExactPercentField(max_percent=25).clean(typed) == Decimal(typed)


@pytest.mark.parametrize("typed", ["25.0001", "-1", "8.87501", "NaN", "1e999", "x", ""])
def test_what_is_no_such_percentage_is_refused(typed):
    with pytest.raises(ValidationError):
        ExactPercentField(max_percent=25).clean(typed)


@pytest.mark.parametrize(
    ("field", "stored", "shown"),
    [
        (CentsField(), 1250, "12.50"),
        (PercentField(), 625, "6.25"),
        (PercentField(), 1000, "10"),
        (ExactPercentField(), Decimal("8.8750"), "8.875"),
        (ExactPercentField(), Decimal("10.0000"), "10"),
    ],
)
def test_what_is_stored_is_shown_as_typed(field, stored, shown):
    assert field.prepare_value(stored) == shown
    assert field.prepare_value("what was typed") == "what was typed"


def test_a_plain_select_says_what_djangos_says():
    choices = [("", "Choose"), ("IL", "Illinois <&>"), ("OR", "Oregon")]
    ours, theirs = (
        kind(attrs={"class": "form-select"}, choices=choices)
        for kind in (PlainSelect, forms.Select)
    )
    for value in (None, "", "IL", "XX"):
        given = {"id": "id_region", "required": True}
        assertHTMLEqual(ours.render("region", value, given), theirs.render("region", value, given))
