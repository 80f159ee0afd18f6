"""Two who write to the index at the same moment."""

from functools import partial

import pytest

from search import sources
from search.indexing import index, rebuild
from search.models import Kind, SearchDocument, SearchPosting, SearchWord
from tests.races.at_once import at_once, errors_in
from tests.search.documents import Shelf, document

WORDS = [f"word{number}" for number in range(2_000)]
WRITERS = 4


@pytest.mark.django_db(transaction=True)
def test_writers_take_turns_and_every_word_is_counted_once_for_each_document():
    shelf = Shelf(Kind.POST)
    # In opposite orders, so that each would wait for rows of the other.
    for number in range(3 * WRITERS):
        order = WORDS if number % 2 else WORDS[::-1]
        shelf.put(document(f"post-{number}", f"Post {number}", body=" ".join(order)))
    sources.register("shelf", shelf.source())
    keys = list(shelf.held)

    outcomes = at_once(
        [
            *(partial(index, Kind.POST, keys[writer::WRITERS]) for writer in range(WRITERS)),
            *(partial(index, Kind.POST, [key]) for key in keys[:2]),
            rebuild,
        ]
    )

    assert errors_in(outcomes) == []
    assert SearchDocument.objects.count() == 3 * WRITERS
    counted = SearchWord.objects.filter(same__in=WORDS)
    assert set(counted.values_list("documents", flat=True)) == {3 * WRITERS}
    assert SearchPosting.objects.filter(word__same="word7").count() == 3 * WRITERS
