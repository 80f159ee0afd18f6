"""The index follows its sources, and comes back to them by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import sources
from search.indexing import BATCH, Changes, index, mend, rebuild, remove
from search.models import Kind, SearchDocument, SearchPosting, SearchWord
from tests.factories import NOON
from tests.search.documents import Shelf, document, fill, paths

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return dict(SearchWord.objects.filter(documents__gt=0).values_list("same", "documents"))


def true_counts() -> dict[str, int]:
    found: dict[str, int] = {}
    for same in SearchPosting.objects.values_list("word__same", flat=True):
        found[same] = found.get(same, 0) + 1
    return found


def test_rebuilding_twice_changes_nothing():
    fill([document("a", "Bone"), document("b", "Nerve")])
    before = list(SearchDocument.objects.values_list("pk", "digest"))

    assert rebuild() == Changes(unchanged=2)
    assert list(SearchDocument.objects.values_list("pk", "digest")) == before


def test_changed_text_is_found_by_its_new_words_only():
    shelf = fill([document("a", "Bone"), document("b", "Bone")])
    shelf.put(document("a", "Nerve"))

    assert index(Kind.POST, ["a"]) == Changes(written=1)

    assert paths("nerve") == ["/a/"]
    assert paths("bone") == ["/b/"]
    assert counts() == true_counts() == {"bone": 1, "nerv": 1}


def test_what_its_source_no_longer_knows_leaves_the_index():
    shelf = fill([document("a", "Bone"), document("b", "Bone")])
    shelf.held.clear()

    assert index(Kind.POST, ["a"]) == Changes(removed=1)
    assert rebuild(Kind.POST) == Changes(removed=1)

    assert SearchDocument.objects.count() == SearchPosting.objects.count() == 0
    assert SearchWord.objects.count() == 0


def test_removed_document_is_gone_and_removing_again_does_nothing():
    fill([document("a", "Bone")])

    assert remove(Kind.POST, ["a", "never-there"]) == Changes(removed=1)
    assert remove(Kind.POST, ["a"]) == Changes()
    assert paths("bone") == []


def test_kinds_do_not_touch_each_other():
    fill([document("same-key", "Bone", path="/post/")])
    fill([document("same-key", "Bone", path="/page/")], Kind.PAGE)

    remove(Kind.POST, ["same-key"])

    assert paths("bone") == ["/page/"]


def test_several_sources_of_one_kind_keep_their_documents():
    fill([document("a", "Bone")])
    other = Shelf(Kind.POST)
    other.put(document("b", "Bone"))
    sources.register("other", other.source())
    rebuild(Kind.POST)

    assert paths("bone") == ["/b/", "/a/"]
    sources.unregister("other")
    assert rebuild(Kind.POST) == Changes(unchanged=1, removed=1)


def test_mending_reads_only_what_has_another_time():
    shelf = Shelf(Kind.POST)
    sources.register("stamped", shelf.source(stamped=True))
    old, new = document("old", "Bone", updated_at=NOON), document("new", "Nerve", updated_at=NOON)
    shelf.put(old, new)
    assert mend() == Changes(written=2)
    shelf.read.clear()

    shelf.put(replace(new, title="Tongue", updated_at=NOON + timedelta(seconds=1)))
    shelf.put(document("third", "Mouth", updated_at=None))

    assert mend() == Changes(written=2)
    assert sorted(shelf.read) == ["new", "third"]
    del shelf.held["old"]
    assert mend() == Changes(removed=1)
    assert paths("tongue") == ["/new/"]
    assert paths("bone") == []


def test_mending_compares_every_text_of_a_source_without_times():
    shelf = fill([document("a", "Bone")])
    shelf.put(document("a", "Nerve"))

    assert mend() == Changes(written=1)
    assert paths("nerve") == ["/a/"]


def test_more_than_one_batch_is_taken_in():
    fill([document(f"post-{number}", f"Bone word{number}") for number in range(2 * BATCH + 1)])

    assert SearchDocument.objects.count() == 2 * BATCH + 1
    assert counts() == true_counts()
    assert counts()["bone"] == 2 * BATCH + 1


def test_rebuilding_mends_wrong_counts_and_drops_words_that_stand_nowhere():
    fill([document("a", "Bone")])
    SearchWord.objects.update(documents=7)
    SearchWord.objects.create(same="ghost", spelling="ghost", documents=3)

    rebuild()

    assert dict(SearchWord.objects.values_list("same", "documents")) == {"bone": 1}


def test_changed_rules_take_texts_in_again(monkeypatch):
    fill([document("a", "Bone")])
    monkeypatch.setattr("search.indexing.RULES", "other rules")

    assert rebuild() == Changes(written=1)


def test_texts_lose_what_a_database_refuses_and_what_nobody_sees():
    fill([document("a", "Bo\x00ne\u200b \ud83d marrow", body="x" * 200_000)])

    row = SearchDocument.objects.get()
    assert row.title == "Bo ne marrow"
    assert len(row.body) == 100_000


def test_command_says_what_it_did(capsys):
    shelf = Shelf(Kind.POST)
    shelf.put(document("a", "Bone"))
    sources.register("shelf", shelf.source())

    call_command("update_search")
    call_command("update_search", kind="post")

    assert capsys.readouterr().out.splitlines() == [
        "Search: 1 written, 0 unchanged, 0 removed.",
        "Search: 0 written, 1 unchanged, 0 removed.",
    ]


def test_only_the_kind_that_is_asked_for_is_mended():
    shelf = Shelf(Kind.POST)
    sources.register("stamped", shelf.source(stamped=True))
    shelf.put(document("a", "Bone", updated_at=NOON))

    assert mend(Kind.PAGE) == Changes()
    assert mend(Kind.POST) == Changes(written=1)


@pytest.mark.parametrize("refresh", [rebuild, mend])
def test_after_a_bulk_load_postgresql_looks_at_its_tables_anew(refresh):
    shelf = Shelf(Kind.POST)
    sources.register("stamped", shelf.source(stamped=True))
    shelf.put(*(document(f"d{number}", updated_at=NOON) for number in range(BATCH)))

    with CaptureQueriesContext(connection) as asked:
        refresh()
        refresh()

    analyzed = [one["sql"] for one in asked if one["sql"].startswith("ANALYZE")]
    assert len(analyzed) == (connection.vendor == "postgresql")
