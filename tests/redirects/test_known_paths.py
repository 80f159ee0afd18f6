"""Suggestions for lost addresses, and whether there is a page at an address."""

import pytest

from redirects import known_paths
from redirects.addresses import target_of
from redirects.living_pages import is_there, leads_somewhere
from shop import old_addresses

PAGES = (
    "/",
    "/blog/",
    "/faq/",
    "/shipping-returns/",
    "/blog/vitamin-b12-deficiency-and-pregnancy/",
    "/blog/sore-burning-tongue/",
    "/blog/tag/low-b12/",
)


@pytest.fixture
def _known(monkeypatch):
    monkeypatch.setattr(known_paths, "_sources", [])
    known_paths.register(lambda: PAGES)
    known_paths.register(lambda: ["/faq/"])


@pytest.mark.usefixtures("_known")
def test_every_source_is_asked_and_no_address_comes_twice():
    assert known_paths.all_paths() == list(PAGES)


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ("/faqs", "/faq/"),
        ("/returns-shipping", "/shipping-returns/"),
        ("/blog/vitamin-b12-deficiency-and-pregnncy", PAGES[4]),
        ("/blog/pregnancy-and-vitamin-b12-deficiency", PAGES[4]),
        ("/blog/2012/01/12/sore-burning-tongue", PAGES[5]),
        ("/blog/mouth/sore-burning-tongue", PAGES[5]),
        ("/Blog/Tag/Low_B12", PAGES[6]),
        ("/casino-bonus", None),
        ("/blog/quite-another-story", None),
    ],
)
def test_a_page_with_nearly_that_address_is_suggested(lost, found):
    assert known_paths.suggestions([lost]).get(lost) == found


def test_without_lost_addresses_nobody_is_asked(monkeypatch):
    monkeypatch.setattr(known_paths, "_sources", [lambda: 1 / 0])

    assert known_paths.suggestions([]) == {}


@pytest.mark.django_db
def test_the_pages_of_the_sitemap_are_known():
    assert {"/blog/", "/reviews/"} <= set(old_addresses.pages_of_sitemap())
    assert old_addresses.pages_of_sitemap in known_paths._sources


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/", True),
        ("/order-status/", True),
        ("/order-status", True),
        ("/nowhere/", False),
        ("/order/no-such-token/", False),
        ("/cart/add/", True),
    ],
)
def test_a_page_is_asked_whether_it_is_there(path, there):
    assert is_there(path) is there


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "somewhere"),
    [
        ("/order-status/?a=b#c", True),
        ("/nowhere/?a=b", False),
        ("/media/leaflet.pdf", True),
        ("https://example.org/", True),
    ],
)
def test_of_other_sites_and_files_a_page_is_assumed(address, somewhere):
    assert leads_somewhere(target_of(address, may_leave=True)) is somewhere
