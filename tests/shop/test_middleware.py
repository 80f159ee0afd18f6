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


def test_a_wrong_method_gets_a_page_of_the_shop(client):
    response = client.post("/healthz/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Nothing was stored and nothing was charged." in response.content.decode()


def test_a_form_of_the_admin_without_its_token_gets_a_page_of_the_shop(client):
    client.handler.enforce_csrf_checks = True

    response = client.post("/admin/login/", {"username": "staff", "password": "x"})

    assert response.status_code == 403
    assert "We did not accept that" in response.content.decode()


@pytest.mark.parametrize("path", ["/cart/add/", "/cart/update/", "/cart/discount/"])
def test_an_address_of_a_form_opened_by_itself_leads_to_the_cart(client, path):
    response = client.get(path)

    assert (response.status_code, response["Location"]) == (302, "/cart/")


def test_head_tells_the_length_and_sends_nothing(client):
    page = client.get("/order-status/")
    head = client.head("/order-status/")

    assert head.status_code == 200
    assert head.content == b""
    assert int(head["Content-Length"]) == len(page.content)


def test_every_answer_forbids_what_no_page_needs(client):
    for path in ("/", "/cart/", "/nowhere/", "/healthz/"):
        assert "geolocation=()" in client.get(path)["Permissions-Policy"]


def test_icons_are_found_where_browsers_look(client):
    assert client.get("/favicon.ico")["Location"] == "/static/img/favicon.ico"
    assert client.get("/apple-touch-icon.png")["Location"] == "/static/img/apple-touch-icon.png"


def test_uploads_may_be_kept_for_good(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "pack-1a2b.webp").write_bytes(b"picture")

    response = client.get("/media/pack-1a2b.webp")

    assert b"".join(response.streaming_content) == b"picture"
    assert "immutable" in response["Cache-Control"]
    assert client.get("/media/../settings.py").status_code in {400, 404}
