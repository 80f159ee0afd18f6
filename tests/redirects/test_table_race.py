"""Two of staff change the table at the same moment, on a real database: with taking turns and without."""

import pytest
from django.db import connection, transaction

from redirects import not_found, table
from redirects.models import NotFound, Redirect
from redirects.pointers import Pointers
from tests.factories import NOON
from tests.races.at_once import at_once, errors_in, meeting
from tests.redirects.rows import PERMANENT, make_redirect, ways

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def carelessly(old, new, everybody_has_looked):
    """What table.put does, but with nobody waiting for anybody."""

    def act():
        wanted = table.wish(old, new, PERMANENT)
        rows = {row.old_path: row for row in Redirect.objects.all()}
        pointers = Pointers({path: row.pointer for path, row in rows.items()})
        pointers.put(wanted.old, wanted.pointer)
        everybody_has_looked()
        row = Redirect(old_path=wanted.old, created_at=NOON)
        row.lead(pointers.by_old[wanted.old])
        row.save()

    return act


def test_two_that_would_make_a_loop_make_one_redirect():
    for _ in range(ROUNDS):
        Redirect.objects.all().delete()
        acts = [lambda: make_redirect("/a/", "/b/"), lambda: make_redirect("/b/", "/a/")]

        assert errors_in(at_once(acts)) == ["RedirectLoop"]
        assert ways() in ({"/a": "/b/"}, {"/b": "/a/"})


def test_links_of_one_chain_that_are_made_at_once_make_no_chain():
    steps = [("/a/", "/b/"), ("/b/", "/c/"), ("/c/", "/d/"), ("/d/", "/e/")]
    for _ in range(ROUNDS):
        Redirect.objects.all().delete()
        acts = [lambda step=step: make_redirect(*step) for step in steps]

        assert errors_in(at_once(acts)) == []
        assert ways() == {"/a": "/e/", "/b": "/e/", "/c": "/e/", "/d": "/e/"}


def test_the_same_redirect_made_many_times_at_once_is_one():
    assert errors_in(at_once([lambda: make_redirect("/a/", "/b/")] * 8)) == []
    assert ways() == {"/a": "/b/"}


def test_without_turns_the_same_moment_makes_a_loop():
    looked = meeting(2)
    acts = [carelessly("/a/", "/b/", looked), carelessly("/b/", "/a/", looked)]

    assert errors_in(at_once(acts)) == []
    assert ways() == {"/a": "/b/", "/b": "/a/"}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_turn_lasts_until_the_end_of_the_transaction():
    with transaction.atomic():
        table.take_turn()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone()[0] >= 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        assert cursor.fetchone()[0] == 0


def test_an_address_missed_by_many_at_once_is_listed_once(rf):
    def miss():
        not_found.note(rf.get("/blog/old/"), now=NOON)

    assert errors_in(at_once([miss] * 8)) == []
    assert [(row.path, row.hits) for row in NotFound.objects.all()] == [("/blog/old", 1)]
