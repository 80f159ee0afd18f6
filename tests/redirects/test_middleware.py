"""What visitors of old addresses meet, and what the others do not pay for it."""

import logging

import pytest
from django.db import connection

from redirects.models import NotFound, Redirect
from redirects.probes import WithoutProbes, is_probe
from tests.redirects.rows import TEMPORARY, make_redirect

pytestmark = pytest.mark.django_db


def test_a_visitor_of_an_old_address_is_led_on(client):
    make_redirect("/shop/old/", "/faq/")
    response = client.get("/shop/old/")

    assert (response.status_code, response["Location"]) == (301, "/faq/")
    assert response["Cache-Control"] == "public, max-age=60"
    assert response["Permissions-Policy"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_a_move_for_a_while_is_no_move_for_good(client):
    make_redirect("/shop/old/", "/faq/", kind=TEMPORARY)

    assert client.get("/shop/old/").status_code == 302


def test_the_query_is_kept(client):
    make_redirect("/shop/old/", "/faq/#answers")

    response = client.get("/shop/old/?utm_source=news&q=%C3%A9")
    assert response["Location"] == "/faq/?utm_source=news&q=%C3%A9#answers"


def test_a_letter_beyond_ascii_is_found_as_browsers_send_it(client):
    make_redirect("/shop/café/", "/faq/")

    assert client.get("/shop/caf%C3%A9/")["Location"] == "/faq/"


def test_head_is_led_on_like_get(client):
    make_redirect("/shop/old/", "/faq/")
    make_redirect("/shop/gone/")
    moved, gone = client.head("/shop/old/"), client.head("/shop/gone/")

    assert (moved.status_code, moved["Location"], moved.content) == (301, "/faq/", b"")
    assert (gone.status_code, gone.content) == (410, b"")
    assert int(gone["Content-Length"]) == len(client.get("/shop/gone/").content)


def test_a_form_sent_to_an_old_address_is_not_led_on(client):
    make_redirect("/shop/old/", "/faq/")

    assert client.post("/shop/old/", {"a": "b"}).status_code == 404
    assert Redirect.objects.get().hits == 0
    assert not NotFound.objects.exists()


def test_what_is_gone_is_gone_on_a_page_of_the_shop(client):
    make_redirect("/shop/old/")
    response = client.get("/shop/old/")
    text = response.content.decode()

    assert response.status_code == 410
    assert "This page is gone" in text
    assert "410, gone" in text
    assert '<meta name="robots" content="noindex">' in text
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies


def test_the_page_of_what_is_gone_carries_every_header_of_the_one_that_is_not_there(client):
    make_redirect("/shop/old/")
    lost, gone = client.get("/nowhere/"), client.get("/shop/old/")

    assert set(lost.headers) <= set(gone.headers)
    assert gone["X-Frame-Options"] == lost["X-Frame-Options"] == "DENY"
    assert gone["Content-Security-Policy"] == lost["Content-Security-Policy"]


def test_hits_are_counted(client):
    make_redirect("/shop/old/", "/faq/")
    for _ in range(3):
        client.get("/shop/old/")

    row = Redirect.objects.get()
    assert row.hits == 3
    assert row.last_hit_at is not None
    assert not NotFound.objects.exists()


def test_a_redirect_costs_a_look_and_a_count(client, django_assert_num_queries):
    make_redirect("/shop/old/", "/faq/")

    with django_assert_num_queries(2):
        client.get("/shop/old/")


def test_a_page_that_is_there_pays_nothing(client, django_assert_num_queries, settings):
    make_redirect("/shop/old/", "/faq/")
    with django_assert_num_queries(0):
        assert client.get("/order-status/").status_code == 200
    with django_assert_num_queries(0):
        assert client.get("/favicon.ico").status_code == 302


def test_a_page_that_only_lacks_its_slash_gets_it(client):
    response = client.get("/faq?q=b12")

    assert (response.status_code, response["Location"]) == (301, "/faq/?q=b12")
    assert not NotFound.objects.exists()


def test_an_old_address_without_its_slash_is_led_to_the_end_at_once(client):
    # The policies' addresses have this shape, so the slash alone would come first.
    assert client.get("/privacy/77?a=1")["Location"] == "/privacy/77/?a=1"
    make_redirect("/privacy/77/", "/privacy/")
    response = client.get("/privacy/77?a=1")

    assert (response.status_code, response["Location"]) == (301, "/privacy/?a=1")


def test_an_address_in_other_letters_is_never_led_to_itself(client):
    make_redirect("/shop/old/", "/Shop/Old/")

    assert client.get("/shop/old/")["Location"] == "/Shop/Old/"
    assert client.get("/Shop/Old/").status_code == 404


@pytest.mark.parametrize("path", ["/admin/nothing/", "/static/nothing.css", "/media/nothing.jpg"])
def test_others_answer_for_their_own(client, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        assert client.get(path).status_code in {302, 404}
    assert not NotFound.objects.exists()


def test_an_order_that_is_not_there_is_nobodys_business(client, django_assert_num_queries):
    with django_assert_num_queries(1):  # the order's own
        assert client.get("/order/3Zk0Y0JQmPq9/").status_code == 404
    assert not NotFound.objects.exists()


PROBES = (
    "/blog/wp-login.php",
    "/blog/xmlrpc.php",
    "/blog/wp-admin/",
    "/wp-admin/admin-ajax.php",
    "/wp-content/plugins/x/y.js",
    "/.env",
    "/.git/config",
    "/index.php",
    "/a/b.PHP/x",
    "/backup.sql",
    "/cgi-bin/luci",
    "/<script>/",
    "/blog/' or 1=1",
    "/.well-known/traffic-advice",
)


@pytest.mark.parametrize("path", PROBES)
def test_a_probe_is_answered_and_not_written_down(client, path):
    assert client.get(path).status_code == 404
    assert not NotFound.objects.exists()


@pytest.mark.parametrize(
    "path",
    ["/shop/old/", "/blog/wp-content/uploads/2012/01/b12.jpg", "/shop.html", "/blog/whats-php/"],
)
def test_an_address_that_a_reader_may_follow_is_no_probe(path):
    assert is_probe(path) is False


def test_a_probe_leaves_no_line_in_the_log(client, caplog):
    logger = logging.getLogger("django.request")
    assert any(isinstance(one, WithoutProbes) for one in logger.filters)
    client.get("/blog/wp-login.php")
    assert caplog.messages == []

    client.get("/shop/nowhere/")
    assert caplog.messages == ["Not Found: /shop/nowhere/"]


@pytest.fixture
def _read_only(transactional_db):
    """A database that can be read, as it is while a standby takes over."""
    switch = {
        "sqlite": "PRAGMA query_only = {}",
        "postgresql": "SET default_transaction_read_only = {}",
    }
    statement = switch[connection.vendor]
    make_redirect("/shop/old/", "/faq/")
    with connection.cursor() as cursor:
        cursor.execute(statement.format("on"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(statement.format("off"))


@pytest.mark.usefixtures("_read_only")
def test_a_hit_that_cannot_be_counted_breaks_nothing(client, quiet):
    response = client.get("/shop/old/")

    assert (response.status_code, response["Location"]) == (301, "/faq/")
    assert client.get("/shop/nowhere/").status_code == 404
    assert (Redirect.objects.get().hits, NotFound.objects.count()) == (0, 0)
