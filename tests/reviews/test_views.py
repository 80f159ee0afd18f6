import pytest

pytestmark = pytest.mark.django_db


def test_reviews_page_shows_rules_and_no_rating(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/reviews/")
    markup = response.content.decode()
    assert response.status_code == 200
    assert "No reviews yet:" in markup
    assert "aggregateRating" not in markup
    assert "The same rules hold for one dot and for five" in markup
