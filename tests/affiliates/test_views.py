import pytest

pytestmark = pytest.mark.django_db


def test_affiliate_page_shows_planned_terms_with_an_example(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/affiliates/")
    markup = response.content.decode()
    assert response.status_code == 200
    for words in (
        "Not open yet:",
        "15 percent",
        "An order of $60.00 would bring $9.00",
        "within 30 days after a click",
        "from $25.00",
        "Say that you earn money",
    ):
        assert words in markup
