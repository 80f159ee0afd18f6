"""Posts, as the search reads them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog import searchable
from blog.models import Post
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_all_posts_are_read_some_at_a_time_and_no_statement_stays_open(monkeypatch):
    monkeypatch.setattr(searchable, "AT_ONCE", 2)
    for number in range(5):
        Post.objects.create(
            title=f"Post {number}", slug=f"post-{number}", status="published", publish_at=NOON
        )
    Post.objects.create(title="Draft", slug="draft")

    with CaptureQueriesContext(connection) as asked:
        titles = [document.title for document in searchable.POSTS.documents(None)]

    assert titles == [f"Post {number}" for number in range(5)]
    reads = [query["sql"] for query in asked if 'FROM "blog_post" WHERE' in query["sql"]]
    assert len(reads) == 4
    assert all("LIMIT 2" in sql for sql in reads)
