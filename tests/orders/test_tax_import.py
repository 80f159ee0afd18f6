"""The tax table from a file: looked at first, then all of it or nothing."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.admin.tax_import import COLUMNS, MOST_BYTES, MOST_PROBLEMS, MOST_ROWS, carry_out, read
from orders.models import TaxRate
from tests.factories import make_tax_rate
from tests.orders.admin_steps import log_in, words_of

pytestmark = pytest.mark.django_db

URL = "/admin/orders/taxrate/import/"
HEADER = ",".join(COLUMNS)
NYC = "US,NY,100,8.875,yes,2026-01-01,,NYC table"
ILLINOIS = "US,IL,,6.25,no,2026-01-01,,a test"


def table(*lines, header=HEADER):
    return "\r\n".join([header, *lines]) + "\r\n"


def upload(text):
    return SimpleUploadedFile("rates.csv", text if isinstance(text, bytes) else text.encode())


def test_a_file_is_read_without_storing_anything():
    make_tax_rate()
    plan = read(table(NYC, ILLINOIS, "US,CA,,7.25,no,2026-01-01,2026-12-31,x"))
    assert [change.line for change in plan.new] == [2, 4]
    assert (plan.changed, plan.same, plan.problems) == ([], 1, [])
    assert plan.new[0].after == "US NY 100: 8.875 %, shipping too, from 2026-01-01 (NYC table)"
    assert TaxRate.objects.count() == 1


def test_a_changed_row_shows_what_it_was_and_keeps_its_history():
    row = make_tax_rate()
    plan = read(table("us,il,,6.5,yes,2026-01-01,,State site"))
    (change,) = plan.changed
    assert change.before == "US IL: 6.25 %, from 2026-01-01 (a test)"
    assert change.after == "US IL: 6.5 %, shipping too, from 2026-01-01 (State site)"
    carry_out(plan)
    row.refresh_from_db()
    assert (row.rate_percent, row.taxes_shipping) == (Decimal("6.5"), True)
    assert row.history.count() == 2


def test_another_first_day_is_another_row():
    make_tax_rate()
    carry_out(read(table("US,IL,,6.5,no,2027-01-01,,x")))
    assert TaxRate.objects.count() == 2


def test_what_was_downloaded_is_read_back_as_the_same(admin_client):
    make_tax_rate(source="=HYPERLINK(1)", effective_until="2026-12-31")
    make_tax_rate(region="NY", rate_percent="8.875", taxes_shipping=True, source="a, “b”\nc")
    chosen = list(TaxRate.objects.values_list("pk", flat=True))
    data = {"action": "download_csv", "_selected_action": chosen}
    text = admin_client.post("/admin/orders/taxrate/", data).content.decode()
    plan = read(text)
    assert (plan.new, plan.changed, plan.same, plan.problems) == ([], [], 2, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The first line must name the columns"),
        (table(header="country,region"), "missing: postal_prefix, percent"),
        (table(), "The file has no row."),
        (table("US,ZZ,,6,no,2026-01-01,,x"), "Line 2, region: “ZZ” is not a state code of US"),
        (table("XX,,,6,no,2026-01-01,,x"), "Line 2, country:"),
        (table("US,IL,,26,no,2026-01-01,,x"), "Line 2, percent:"),
        (table("US,IL,,6.12345,no,2026-01-01,,x"), "Line 2, percent:"),
        (table("US,IL,,,no,2026-01-01,,x"), "Line 2, percent:"),
        (table("US,IL,,6,perhaps,2026-01-01,,x"), "taxes_shipping: write yes or no"),
        (table("US,IL,,6,no,soon,,x"), "Line 2, effective_from:"),
        (table("US,IL,,6,no,2026-01-01,2025-01-01,x"), "Line 2, effective_until:"),
        (table("US,IL,,6,no,2026-01-01,,"), "Line 2, source:"),
        (table(NYC, NYC), "Line 3 is about the same place and day as line 2."),
        (table(NYC + ",more"), "Line 2 has more cells than the first line."),
        (table('"US,IL'), "cannot be read as CSV"),
        (table(*[NYC] * (MOST_ROWS + 1)), f"at most {MOST_ROWS} are read at once"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_planned(text, problem):
    plan = read(text)
    assert any(problem in said for said in plan.problems), plan.problems
    with pytest.raises(ValueError, match="not carried out"):
        carry_out(plan)
    assert not TaxRate.objects.exists()


def test_a_file_full_of_mistakes_is_not_read_to_its_end():
    plan = read(table(*["US,ZZ,,6,no,2026-01-01,,x"] * 200))
    assert len(plan.problems) == MOST_PROBLEMS + 1


# The page


def test_staff_see_what_would_change_before_it_does(admin_client):
    make_tax_rate()
    assert URL in admin_client.get("/admin/orders/taxrate/").content.decode()
    page = admin_client.post(URL, {"file": upload(table(NYC, "US,IL,,6.5,no,2026-01-01,,x"))})
    words = words_of(page)
    assert "1 new, 1 changed , 0 the same. Nothing is stored yet." in words
    assert "US IL: 6.25 %" in words
    assert TaxRate.objects.count() == 1
    text = page.context["form"].cleaned_data["text"]
    done = admin_client.post(URL, {"text": text, "confirmed": "1"}, follow=True)
    assert "Tax rates added: 1, changed: 1." in words_of(done)
    assert TaxRate.objects.get(region="NY").rate_percent == Decimal("8.875")
    admin_client.post(URL, {"text": text, "confirmed": "1"})
    assert TaxRate.objects.count() == 2


def test_a_confirmed_file_with_a_mistake_changes_nothing(admin_client):
    text = table(NYC, "US,ZZ,,6,no,2026-01-01,,x")
    page = admin_client.post(URL, {"text": text, "confirmed": "1"})
    assert "Nothing was imported" in words_of(page)
    assert not TaxRate.objects.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choose a file."),
        ({"file": b"\xff\xfe\x00x"}, "no CSV file in UTF-8"),
        ({"file": b"x" * (MOST_BYTES + 1)}, "larger than 1 MB"),
        ({"file": b""}, "empty"),
    ],
)
def test_what_is_no_such_file_is_refused(admin_client, data, message):
    files = {name: upload(content) for name, content in data.items()}
    page = admin_client.post(URL, files)
    assert page.status_code == 200
    assert message in str(page.context["form"].errors["file"])


def test_a_file_from_a_spreadsheet_may_begin_with_its_mark(admin_client):
    page = admin_client.post(URL, {"file": upload(b"\xef\xbb\xbf" + table(NYC).encode())})
    assert "1 new, 0 changed" in words_of(page)


@pytest.mark.parametrize("may", ["orders.view_taxrate", "orders.add_taxrate"])
def test_importing_needs_the_permission_to_add_and_to_change(may):
    client, _ = log_in("orders.view_taxrate", may)
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"text": table(NYC), "confirmed": "1"}).status_code == 403
    assert not TaxRate.objects.exists()
