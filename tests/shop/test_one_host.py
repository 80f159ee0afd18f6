"""The shop answers at one address: the host of SITE_URL, by https in production."""

from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from shop.middleware import OneHostMiddleware
from tests.blog.making import make_published_post
from tests.redirects.rows import TEMPORARY, make_redirect

pytestmark = pytest.mark.django_db

SITE = "https://www.b12.example"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["www.b12.example"]
    settings.SECURE_SSL_REDIRECT = True


NAMES = (("http", "www.b12.example"), ("http", "b12.example"), ("https", "b12.example:443"))
LEADS = {
    "/faq/": "/faq/",
    "/faq?a=b": "/faq/?a=b",
    "/robots.txt": "/robots.txt",
    "/blog/2012/01/12/eggs/?a=b": "/blog/eggs/?a=b",
    "/blog/eggs": "/blog/eggs/",
    "/blog/eggs/": "/blog/eggs/",
    "/blog/?s=eggs": "/search/?q=eggs",
}


def test_another_name_leads_to_the_right_address_in_one_step():
    make_published_post(now=datetime(2026, 1, 12, tzinfo=UTC), slug="eggs")

    for scheme, host in NAMES:
        for old, new in LEADS.items():
            answer = Client().get(old, headers={"host": host}, secure=scheme == "https")
            assert (answer.status_code, answer.headers["Location"]) == (301, f"{SITE}{new}")


def test_what_leads_elsewhere_for_a_while_is_not_learned_for_good():
    make_redirect("/blog/today/", "/faq/", kind=TEMPORARY)

    answer = Client().get("/blog/today/", headers={"host": "b12.example"}, secure=True)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{SITE}/faq/")


def test_two_slashes_do_not_lead_to_somebody_else():
    request = RequestFactory().get("/", headers={"host": "b12.example"})
    request.path = request.path_info = "//evil.example/"

    answer = OneHostMiddleware(lambda _: HttpResponse())(request)

    assert answer.headers["Location"] == f"{SITE}/%2Fevil.example/"


def test_the_right_name_is_answered():
    assert (
        Client().get("/faq/", headers={"host": "www.b12.example"}, secure=True).status_code == 200
    )


def test_a_lost_page_is_not_found_under_any_name():
    response = Client().get("/blog/nothing/", headers={"host": "b12.example"}, secure=True)

    assert response.status_code == 404


def test_nothing_is_led_on_for_a_host_of_somebody_else():
    for host in ("evil.example", "b12.example.evil.example", "[::1"):
        response = Client().get("/faq/", headers={"host": host}, secure=True)
        assert response.status_code == 400
        assert "Location" not in response.headers


def test_the_health_check_answers_by_http_and_forms_are_not_sent_elsewhere():
    assert Client().get("/healthz/", headers={"host": "www.b12.example"}).status_code == 200
    assert (
        Client().post("/contact/", headers={"host": "b12.example"}, secure=True).status_code == 400
    )
