import pytest

pytestmark = pytest.mark.django_db


def test_blog_without_posts_says_so_and_asks_the_database_nothing(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get("/blog/")
    assert response.status_code == 200
    markup = response.content.decode()
    assert "There are no posts yet" in markup
    assert 'href="/about-vitamin-b12/"' in markup
