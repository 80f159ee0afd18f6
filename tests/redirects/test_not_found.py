"""The list of addresses nobody found: what goes in, what never does, and how it stays small."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import ResolverMatch

from redirects import not_found
from redirects.models import NotFound
from shop import old_addresses
from tests.factories import NOON
from tests.redirects.rows import make_lost

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def look_for(path, *, at=NOON, referrer="", address="10.1.2.3"):
    headers = {"Referer": referrer} if referrer else {}
    request = RequestFactory(REMOTE_ADDR=address).get(path, headers=headers)
    not_found.note(request, now=at)


def paths():
    return sorted(NotFound.objects.values_list("path", flat=True))


def test_an_address_nobody_found_is_listed_once_with_how_often(client):
    client.get(
        "/shop/old/?utm_source=x", headers={"Referer": "https://example.org/secret?jo@x.com"}
    )
    row = NotFound.objects.get()

    assert (row.path, row.hits, row.referrer_host) == ("/shop/old", 1, "example.org")
    assert row.first_seen_at == row.last_seen_at
    NotFound.objects.update(last_seen_at=row.last_seen_at - MINUTE)
    client.get("/shop/old")
    assert NotFound.objects.get().hits == 2


def test_an_address_counts_once_in_ten_seconds_and_writes_nothing_in_between():
    look_for("/shop/old/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        look_for("/shop/old/", at=NOON + 9 * SECOND)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]
    assert NotFound.objects.get().hits == 1

    look_for("/shop/old/", at=NOON + 10 * SECOND)
    assert NotFound.objects.get().hits == 2
    assert NotFound.objects.get().last_seen_at == NOON + 10 * SECOND


def test_the_site_with_the_last_link_is_named_and_a_visit_without_one_leaves_it():
    look_for("/shop/old/", referrer="https://one.example/a/b?c=d")
    look_for("/shop/old/", at=NOON + MINUTE, referrer="http://localhost:8000/faq/")
    look_for("/shop/old/", at=NOON + 2 * MINUTE)

    assert NotFound.objects.get().referrer_host == "localhost"


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://Jo:pw@Example.org:8443/a?b=c", "example.org"),
        ("", ""),
        ("about:blank", ""),
        ("https://[x", ""),
        ("https://a b/", ""),
        ("https://<b>/", ""),
        ("https://" + "a." * 200 + "org/", ""),
    ],
)
def test_of_the_page_with_the_link_only_the_site_is_kept(referrer, host):
    assert not_found.referrer_host(referrer) == host


@pytest.mark.parametrize(
    "path",
    [
        "/order/3Zk0Y0JQmPq9aXbT2c4LkR8w/x",
        "/orders/V1StGXR8Z5jdHi6BmyT9aaaa",
        "/u/9f86d081884c7d659a2feaa0c55ad015",
        "/customers/jo@example.com/",
        "/u/9f86d081-884c-4d65-9a2f-eaa0c55ad015",
        "/u/xKqTzWvBnMpLrSdFgHjKyUwQab",
        "/call/12025550123",
        "/" + "a" * 500,
        "/a\x07b/",
        "/wp-login.php",
        "/admin/x/",
        "/media/x.jpg",
    ],
)
def test_what_could_tell_of_a_visitor_or_nothing_at_all_is_not_written_down(path):
    request = RequestFactory().get("/")
    request.path_info = path
    not_found.note(request, now=NOON)

    assert paths() == []


@pytest.mark.parametrize(
    "path",
    [
        "/blog/is-it-pernicious-anemia-or-multiple-sclerosis-part-3",
        "/blog/sore-burning-tongue-dry-mouth-and-weird-tastes-whats-the-cause",
        "/blog/2012/01/12/vitamin-b12",
        "/products/B12-Patch-12-Pack-Product-Information",
        "/blog/b12-b6-b9-and-d3-what-the-1st-study-said",
        "/shop/café",
    ],
)
def test_an_address_in_words_is_written_down(path):
    look_for(path)

    assert paths() == [path]


@pytest.mark.parametrize(("name", "is_secret"), [("token", True), ("slug", False)])
def test_an_address_that_opens_something_is_known_by_the_name_of_its_part(name, is_secret):
    request = RequestFactory().get("/x/")
    request.resolver_match = ResolverMatch(lambda: None, (), {name: "x"})

    assert not_found.is_secret(request) is is_secret


def test_only_so_many_addresses_are_added_in_a_minute_whoever_asks():
    most = not_found.MOST_NEW_PER_MINUTE
    for number in range(most + 5):
        look_for(f"/flood-{number}/", address=f"10.{number}.0.1")
    assert NotFound.objects.count() == most

    look_for("/later/", at=NOON + MINUTE + SECOND, address="10.200.0.1")
    assert NotFound.objects.count() == most + 1


def test_one_network_adds_only_so_many_in_an_hour_and_the_others_go_on():
    for number in range(old_addresses.MOST_PER_HOUR + 5):
        at = NOON + number * 5 * SECOND
        look_for(f"/flood-{number}/", at=at, address=f"10.0.0.{number}")
    assert NotFound.objects.count() == old_addresses.MOST_PER_HOUR

    look_for("/shop/old/", at=at, address="10.9.0.1")
    assert "/shop/old" in paths()
    look_for("/later/", at=at + timedelta(hours=1), address="10.0.0.1")
    assert "/later" in paths()


def test_what_is_asked_for_least_makes_room(settings):
    settings.NOT_FOUND_KEPT = 3
    make_lost("/often", hits=5)
    make_lost("/rarely", last_seen_at=NOON - MINUTE)
    make_lost("/sometimes", hits=2)
    look_for("/new/")

    assert paths() == ["/new", "/often", "/sometimes"]


def test_a_smaller_limit_is_kept_from_the_next_address_on(settings):
    settings.NOT_FOUND_KEPT = 2
    for number in range(6):
        make_lost(f"/lost-{number}", hits=number + 2)
    look_for("/new/")

    assert paths() == ["/lost-5", "/new"]


def test_what_nobody_asked_for_in_ninety_days_is_forgotten():
    make_lost("/old", last_seen_at=NOON - timedelta(days=90, seconds=1))
    make_lost("/recent", last_seen_at=NOON - timedelta(days=90))

    assert not_found.forget_old(NOON) == 1
    assert paths() == ["/recent"]


def test_an_ignored_address_stays_ignored():
    make_lost("/robots-only")
    assert not_found.ignore(NotFound.objects.all()) == 1
    look_for("/robots-only/", at=NOON + MINUTE)

    row = NotFound.objects.get()
    assert (row.is_ignored, row.hits) == (True, 2)


def test_no_column_holds_anything_of_a_visitor(client):
    browser = Client(REMOTE_ADDR="203.0.113.77", headers={"User-Agent": "Mozilla/4.0 (Jo)"})
    browser.cookies["x"] = "cookie-of-jo"
    browser.get("/shop/old/?q=jo-doe", headers={"Referer": "https://example.org/jo-doe"})

    kept = " ".join(map(str, NotFound.objects.values_list()[0]))
    for part in ("203.0.113", "Mozilla", "cookie", "jo-doe"):
        assert part not in kept
