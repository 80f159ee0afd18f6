"""The tax table read from a file: first what it would change, then the change, all or nothing.

The columns are those of the download. A row is known by its place and its first day; rows that the
file does not name stay as they are.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from orders.admin.tax_form import TaxRateForm
from orders.models import TaxRate
from shop.lib.file_forms import FileThenTextForm

COLUMNS = (
    "country",
    "region",
    "postal_prefix",
    "percent",
    "taxes_shipping",
    "effective_from",
    "effective_until",
    "source",
)
MOST_BYTES = 1_000_000
MOST_ROWS = 3_000
MOST_PROBLEMS = 50
YES_OR_NO = {
    "yes": True,
    "true": True,
    "1": True,
    "no": False,
    "false": False,
    "0": False,
    "": False,
}

Key = tuple[str, str, str, date]


@dataclass(frozen=True)
class Change:
    """One row that would be added or changed. `before` is empty for a new one."""

    line: int
    form: TaxRateForm
    before: str

    @property
    def after(self) -> str:
        """The row as it would be."""
        return _in_words(self.form.instance)


@dataclass(frozen=True)
class Plan:
    """What a file would do. With problems nothing is done."""

    new: list[Change]
    changed: list[Change]
    same: int
    problems: list[str]


class ImportForm(FileThenTextForm):
    """The tax table as CSV."""

    most_bytes = MOST_BYTES

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = "UTF-8, at most 1 MB."

    def text_of(self, data: bytes) -> str:
        """Read UTF-8."""
        if len(data) > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 1 MB.")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = "This is no CSV file in UTF-8. Save it as “CSV UTF-8”."
            raise forms.ValidationError(message) from error


def read(text: str) -> Plan:
    """Return what the rows of `text` would do to the tax table. Nothing is stored."""
    try:
        rows = list(csv.DictReader(io.StringIO(text.replace("\x00", ""), newline=""), strict=True))
    except csv.Error as error:
        return Plan([], [], 0, [f"This cannot be read as CSV: {error}."])
    if problem := _whole_file_problem(text, rows):
        return Plan([], [], 0, [problem])
    return _plan(rows)


def _plan(rows: list[dict[str, Any]]) -> Plan:
    known = {_key(row): row for row in TaxRate.objects.all()}
    new, changed, problems = list[Change](), list[Change](), list[str]()
    seen: dict[Key, int] = {}
    same = 0
    for line, row in enumerate(rows, start=2):
        form = _form_of(row, known)
        # Validating writes what was read into the instance: its words are taken before.
        before = _in_words(form.instance) if form.instance.pk else ""
        if wrong := _problems(form, row, seen, line):
            problems.extend(wrong)
        elif not before:
            new.append(Change(line, form, before))
        elif form.changed_data:
            changed.append(Change(line, form, before))
        else:
            same += 1
        if len(problems) >= MOST_PROBLEMS:
            problems.append("The rest of the file has not been looked at.")
            break
    return Plan(new, changed, same, problems)


def carry_out(plan: Plan) -> None:
    """Store every row of `plan`, or none. Raises ValueError for a plan with problems."""
    if plan.problems:
        msg = "A plan with problems is not carried out."
        raise ValueError(msg)
    with transaction.atomic():
        for change in (*plan.new, *plan.changed):
            change.form.save()


def _whole_file_problem(text: str, rows: list[dict[str, Any]]) -> str:
    header = next(csv.reader(io.StringIO(text)), [])
    if missing := [name for name in COLUMNS if name not in header]:
        return f"The first line must name the columns; missing: {', '.join(missing)}."
    if not rows:
        return "The file has no row."
    if len(rows) > MOST_ROWS:
        return f"The file has {len(rows)} rows; at most {MOST_ROWS} are read at once."
    return ""


def _form_of(row: dict[str, Any], known: dict[Key, TaxRate]) -> TaxRateForm:
    # A download puts an apostrophe before what a spreadsheet would run.
    cells = {name: _cell(row.get(name)) for name in COLUMNS}
    place = (cells["country"].upper(), cells["region"].upper(), cells["postal_prefix"])
    try:
        start = date.fromisoformat(cells["effective_from"])
    except ValueError:
        start = date.min
    data = {
        **cells,
        "country": place[0],
        "region": place[1],
        "rate_percent": cells["percent"],
        "taxes_shipping": YES_OR_NO.get(cells["taxes_shipping"].lower(), False),
    }
    return TaxRateForm(data, instance=known.get((*place, start)))


def _cell(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@") else text


def _problems(form: TaxRateForm, row: dict[str, Any], seen: dict[Key, int], line: int) -> list[str]:
    found = [
        f"Line {line}, {'percent' if name == 'rate_percent' else name}: {message}"
        for name, messages in form.errors.items()
        for message in messages
    ]
    if _cell(row.get("taxes_shipping")).lower() not in YES_OR_NO:
        found.append(f"Line {line}, taxes_shipping: write yes or no.")
    if None in row:
        found.append(f"Line {line} has more cells than the first line.")
    if not found:
        key = _key(form.instance)
        if key in seen:
            found.append(f"Line {line} is about the same place and day as line {seen[key]}.")
        seen[key] = line
    return found


def _key(row: TaxRate) -> Key:
    return row.country, row.region.upper(), row.postal_prefix, row.effective_from


def _in_words(row: TaxRate) -> str:
    until = f" until {row.effective_until}" if row.effective_until else ""
    shipping = ", shipping too" if row.taxes_shipping else ""
    return f"{row}{shipping}, from {row.effective_from}{until} ({row.source})"
