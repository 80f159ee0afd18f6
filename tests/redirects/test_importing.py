"""Redirects from a file: looked at line by line, then all of them or none."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from redirects import csv_file, importing
from redirects.models import NotFound, Redirect
from tests.factories import NOON
from tests.redirects.rows import TEMPORARY, make_lost, make_redirect, ways

pytestmark = pytest.mark.django_db

# Pages that are there without a row in the database.
THERE, ALSO_THERE = "/order-status/", "/cart/"


def table(*lines, header="old,new,kind"):
    return "\n".join([header, *lines]) + "\n"


def outcomes(plan):
    return [(line.number, str(line.outcome)) for line in plan.lines]


def words(text):
    return [str(line) for line in importing.plan(text).lines]


def carry_out(text):
    return importing.carry_out(text, by="ana", now=NOON)


FOUR = table(
    f"/new/,{THERE}",
    f"/other/,{THERE},302",
    f"/same,{THERE},permanent",
    "/gone/,,410",
)


@pytest.fixture
def _known():
    make_redirect("/other/", ALSO_THERE)
    make_redirect("/same/", THERE)


@pytest.mark.usefixtures("_known")
def test_a_dry_run_says_what_each_line_would_do_and_changes_nothing():
    before = ways()

    assert words(FOUR) == [
        "Line 2, added: /new → /order-status/ (301)",
        "Line 3, changed: /other → /order-status/ (302), before /cart/ (301)",
        "Line 4, same: /same → /order-status/ (301)",
        "Line 5, added: /gone → gone (410)",
    ]
    assert importing.plan(FOUR).summary == "2 added, 1 changed, 1 same, 0 refused"
    assert ways() == before
    assert Redirect.history.count() == 2


@pytest.mark.usefixtures("_known")
def test_the_real_run_does_what_the_dry_run_said():
    planned = importing.plan(FOUR)
    make_lost("/new")

    assert carry_out(FOUR) == planned
    assert ways() == {"/gone": "gone", "/new": THERE, "/other": THERE, "/same": THERE}
    row = Redirect.objects.get(old_path="/other")
    assert (row.kind, row.source, row.created_by) == (TEMPORARY, "csv", "ana")
    assert row.history.count() == 2
    assert Redirect.objects.get(old_path="/new").history.count() == 1
    assert not NotFound.objects.exists()
    assert {outcome for _, outcome in outcomes(carry_out(FOUR))} == {"same"}
    assert row.history.count() == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"old/,{THERE}", "old/. An address here begins with a slash"),
        (f",{THERE}", "no address. The address is empty."),
        (f"/a/?p=1,{THERE}", "what follows a ? or # cannot be told apart"),
        (f"{THERE},{ALSO_THERE}", "There is a page at /order-status: nobody would be led on."),
        (f"https://b.example/a/,{THERE}", "b.example is another site."),
        ("/a/,https://example.org/", "https://example.org/ is another site. Only the form"),
        ("/a/,//example.org/", "begins with one slash"),
        ("/a/,/nowhere/", "There is no page at /nowhere/."),
        ("/a/,/gone/", "The page at /gone/ is gone."),
        ("/a/,/a/", "/a would lead back to itself."),
        ("/end/,/begin/", "/end would lead back to itself."),
        ("/a/,", "Give the new address, or say that the page is gone."),
        (f"/a/,{THERE},gone", "What is gone leads nowhere"),
        (f"/a/,{THERE},perhaps", "“perhaps” is no kind"),
        (f"/first,{ALSO_THERE}", "Line 2 is about this old address already."),
    ],
)
def test_a_line_that_cannot_be_done_says_why_and_none_is_done(line, reason):
    make_redirect("/begin/", "/end/")
    make_redirect("/gone/")
    before = ways()
    text = table(f"/first/,{THERE}", line)
    first, second = importing.plan(text).lines

    assert (first.outcome, second.outcome) == ("added", "refused")
    assert reason in second.words
    assert len(carry_out(text).refused) == 1
    assert ways() == before


def test_a_loop_within_the_file_is_refused_where_it_closes():
    plan = importing.plan(table("/a/,/b/", "/b/,/c/", "/c/,/a/"))

    assert (3, "added") in outcomes(plan)
    assert (4, "refused") in outcomes(plan)


def test_lines_may_build_on_each_other_in_any_order():
    text = table("/a/,/b/", "/b/,/c/", f"/c/,{THERE}")

    assert words(text)[0] == "Line 2, added: /a → /order-status/ (301)"
    carry_out(text)
    assert ways() == {"/a": THERE, "/b": THERE, "/c": THERE}


def test_redirects_that_are_led_on_are_named():
    make_redirect("/a/", "/b/")
    plan = carry_out(table(f"/b/,{THERE}"))

    assert plan.led_on == ["/a leads on to /order-status/"]
    assert ways() == {"/a": THERE, "/b": THERE}


def test_what_was_written_is_read_back_as_the_same_other_sites_included():
    make_redirect("/a/", "https://example.org/")
    make_redirect("/50%25%20off/", THERE, kind=TEMPORARY)
    make_redirect("/café/")
    file = io.StringIO()
    csv_file.write(Redirect.objects.all(), file)

    assert {outcome for _, outcome in outcomes(importing.plan(file.getvalue()))} == {"same"}


def queries_for(lines):
    text = table(*(f"/old-{lines}-{number}/,{THERE}" for number in range(lines)))
    with CaptureQueriesContext(connection) as queries:
        assert carry_out(text).count(importing.Outcome.ADDED) == lines
    return len(queries)


def test_an_import_takes_as_many_queries_for_many_lines_as_for_few():
    assert queries_for(60) == queries_for(5)


def run(tmp_path, text, *options):
    file, printed = tmp_path / "redirects.csv", io.StringIO()
    file.write_bytes(text.encode("cp1252"))
    call_command("import_redirects", str(file), *options, stdout=printed)
    return printed.getvalue().splitlines()


def test_a_page_to_which_many_lines_lead_is_asked_once():
    def queries(count):
        lines = (f"/old-{number}/,/blog/feed/?from={number}" for number in range(count))
        with CaptureQueriesContext(connection) as seen:
            assert not importing.plan(table(*lines)).refused
        return len(seen)

    assert queries(1) == queries(20)


def test_the_command_reports_each_line(tmp_path):
    text = table(f"/café/,{THERE}")

    assert run(tmp_path, text, "--dry-run") == [
        "Line 2, added: /café → /order-status/ (301)",
        "1 added, 0 changed, 0 same, 0 refused. A dry run.",
    ]
    assert ways() == {}
    assert run(tmp_path, text)[-1] == "1 added, 0 changed, 0 same, 0 refused."
    assert ways() == {"/café": THERE}


@pytest.mark.parametrize(
    ("text", "problem"),
    [(table(f"/a/,{THERE}", "/b/,/nowhere/"), "1 refused"), ("x,y\n", "missing: old, new")],
)
def test_the_command_fails_where_nothing_was_done(tmp_path, text, problem):
    with pytest.raises(CommandError, match=problem):
        run(tmp_path, text)
    assert ways() == {}


def test_the_command_fails_without_its_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_redirects", str(tmp_path / "none.csv"))
