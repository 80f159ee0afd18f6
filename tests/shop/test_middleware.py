"""What the shop's own middleware does, and where it does not."""

import pytest

pytestmark = pytest.mark.django_db

GZIP = {"Accept-Encoding": "gzip"}


def test_pages_for_everybody_are_compressed(client):
    response = client.get("/order-status/", headers=GZIP)

    assert response["Content-Encoding"] == "gzip"
    assert "Cookie" not in response["Vary"]


def test_pages_of_one_visitor_are_not_compressed(client):
    response = client.get("/cart/", headers=GZIP)

    assert "Content-Encoding" not in response


def test_a_form_that_came_back_with_what_was_typed_is_not_compressed(client):
    response = client.post("/order-status/", {"number": "x" * 300}, headers=GZIP)

    assert response.status_code == 422
    assert "Content-Encoding" not in response


def test_public_pages_know_no_session_and_no_user(client):
    request = client.get("/order-status/").wsgi_request

    assert not hasattr(request, "session")
    assert not hasattr(request, "user")
