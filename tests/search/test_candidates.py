"""What a search reads of the index, however many documents have its words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.search.documents import document, fill, find

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="how SQLite reads; PostgreSQL has statistics"
)
def test_other_words_are_looked_up_for_the_candidates_only():
    fill([document(f"common-{number}", "Vitamin in food") for number in range(20)])
    with CaptureQueriesContext(connection) as queries:
        find("vitamin food")
    (ranked,) = [query["sql"] for query in queries if "candidate" in query["sql"]]

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + ranked.replace("%", "%%"), [])
        steps = [row[3] for row in cursor.fetchall()]

    assert any("(document_id=? AND word_id=?)" in step for step in steps), steps
    # Down the list of a word only from its best end, never through all of it.
    assert [step for step in steps if step.endswith("(word_id=?)")] == []
