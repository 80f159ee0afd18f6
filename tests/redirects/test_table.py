"""The table of redirects: adding, moving, forgetting, looking up; and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from redirects import table
from redirects.addresses import ForeignHost
from redirects.models import NotFound, Redirect
from redirects.pointers import RedirectLoop
from tests.factories import NOON
from tests.redirects.rows import GONE, PERMANENT, TEMPORARY, make_lost, make_redirect, ways

pytestmark = pytest.mark.django_db


def test_a_redirect_says_who_made_it_and_why():
    row = table.add("/old/", "/faq/", kind=PERMANENT, source="csv", by="ana", now=NOON)

    row.refresh_from_db()
    assert (row.old_path, row.new_path, row.target_key) == ("/old", "/faq/", "/faq")
    assert (row.kind, row.source, row.created_by, row.created_at) == (PERMANENT, "csv", "ana", NOON)
    assert (row.hits, row.last_hit_at) == (0, None)
    assert row.history.count() == 1


def test_chains_collapse_in_both_directions():
    make_redirect("/a/", "/b/")
    make_redirect("/c/", "/d/")
    make_redirect("/b/", "/c/")

    assert ways() == {"/a": "/d/", "/b": "/d/", "/c": "/d/"}


def test_a_collapsed_redirect_keeps_its_maker_and_its_hits_and_gets_a_line_in_its_history():
    row = make_redirect("/a/", "/b/", source="import")
    table.count_hit(row, now=NOON)
    make_redirect("/b/", "/c/")

    row.refresh_from_db()
    assert (row.source, row.hits, row.new_path) == ("import", 1, "/c/")
    assert [old.new_path for old in row.history.all()] == ["/c/", "/b/"]


def test_the_same_old_address_again_changes_its_redirect():
    make_redirect("/a/", "/b/")
    make_redirect("/a", "/c/", kind=TEMPORARY)

    row = Redirect.objects.get()
    assert (row.new_path, row.kind) == ("/c/", TEMPORARY)


def test_an_automatic_change_keeps_the_note_of_staff():
    wanted = table.wish("/a/", "/b/", PERMANENT, note="Printed on the leaflet")
    table.put(wanted, source="staff", by="ana", now=NOON)
    make_redirect("/a/", "/c/", source="automatic")

    assert Redirect.objects.get().note == "Printed on the leaflet"


def test_a_change_leaves_alone_the_hits_that_are_counted_meanwhile():
    make_redirect("/a/", "/b/")
    with CaptureQueriesContext(connection) as queries:
        make_redirect("/a/", "/c/")
    updates = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]

    assert len(updates) == 1
    assert "new_path" in updates[0]
    assert "hit" not in updates[0]


@pytest.mark.parametrize("new", ["/a/", "/a", "/b/"])
def test_a_loop_is_refused_and_nothing_changes(new):
    make_redirect("/b/", "/a/")

    with pytest.raises(RedirectLoop):
        make_redirect("/a/", new)
    assert ways() == {"/b": "/a/"}


def test_checking_says_what_adding_would_and_stores_nothing():
    make_redirect("/b/", "/a/")

    with pytest.raises(RedirectLoop):
        table.check(table.wish("/a/", "/b/", PERMANENT))
    table.check(table.wish("/a/", "/c/", PERMANENT))
    assert ways() == {"/b": "/a/"}


@pytest.mark.parametrize("source", ["automatic", "import", "csv"])
def test_only_staff_lead_to_another_site(source):
    with pytest.raises(ForeignHost):
        make_redirect("/a/", "https://example.org/", source=source)
    assert ways() == {}

    make_redirect("/a/", "https://example.org/")
    make_redirect("/b/", "/a/", source=source)
    assert ways() == {"/a": "https://example.org/", "/b": "https://example.org/"}


def test_a_page_that_is_gone_leads_nowhere():
    make_redirect("/a/")

    assert ways() == {"/a": GONE}


def test_a_page_that_moves_there_and_back_again_is_found_under_both_names():
    table.moved("/blog/one/", "/blog/two/", by="ana", now=NOON)
    table.moved("/blog/two/", "/blog/one/", by="ana", now=NOON)
    assert ways() == {"/blog/two": "/blog/one/"}

    table.moved("/blog/one/", "/blog/three/", by="ana", now=NOON)
    assert ways() == {"/blog/one": "/blog/three/", "/blog/two": "/blog/three/"}
    assert set(Redirect.objects.values_list("source", flat=True)) == {"automatic"}


def test_a_path_that_comes_back_to_life_is_freed():
    row = make_redirect("/a/", "/b/")
    make_lost("/a")

    assert table.forget("/a/") is True
    assert (ways(), NotFound.objects.count()) == ({}, 0)
    assert Redirect.history.filter(id=row.pk).first().history_type == "-"
    assert table.forget("/a/") is False


def test_an_address_with_a_redirect_leaves_the_list_of_the_lost():
    make_lost("/a")
    make_lost("/b")
    make_redirect("/a/", "/faq/")

    assert [row.path for row in NotFound.objects.all()] == ["/b"]


@pytest.mark.parametrize("path", ["/Blog/Old/", "/Blog/Old", "/Blog//Old/"])
def test_a_path_is_looked_up_as_it_was_typed_with_or_without_the_slash(path):
    row = make_redirect("/Blog/Old/", "/faq/")
    make_redirect("/blog/old/", "/contact/")

    assert table.lookup(path) == row


def test_small_letters_catch_capitals_and_not_the_other_way_round():
    row = make_redirect("/blog/old/", "/faq/")
    make_redirect("/blog/New/", "/contact/")

    assert table.lookup("/Blog/OLD/") == row
    assert table.lookup("/blog/new/") is None


@pytest.mark.parametrize("path", ["/nowhere/", "/", "", "/a\x00/", "/a\udcff/", "/" + "a" * 5000])
def test_a_path_without_a_redirect_is_looked_up_without_harm(path):
    assert table.lookup(path) is None


def test_looking_up_and_counting_take_one_query_each(django_assert_num_queries):
    make_redirect("/a/", "/b/")
    with django_assert_num_queries(1):
        row = table.lookup("/a/")
    with django_assert_num_queries(1):
        table.count_hit(row, now=NOON + timedelta(hours=1))

    row.refresh_from_db()
    assert (row.hits, row.last_hit_at) == (1, NOON + timedelta(hours=1))
    assert row.history.count() == 1, "a hit is no change"


@pytest.mark.parametrize(
    "fields",
    [
        {"old_path": "/a", "new_path": "/a"},
        {"old_path": "/a", "new_path": "/a/"},
        {"old_path": "/a", "new_path": "/a/?x=1", "target_key": "/a"},
        {"old_path": "/known", "new_path": "/b/"},
        {"old_path": "/a", "new_path": ""},
        {"old_path": "/a", "new_path": "/b/", "kind": GONE},
        {"old_path": "/a", "new_path": "/b/", "kind": "perhaps"},
    ],
)
def test_the_database_refuses_what_must_never_be(fields):
    make_redirect("/known/", "/faq/")

    with pytest.raises(IntegrityError), transaction.atomic():
        Redirect.objects.create(**{"kind": PERMANENT, "created_at": NOON, **fields})
