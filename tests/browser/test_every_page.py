"""Every page, at both sizes, light and dark."""

import pytest
from playwright.sync_api import Page

from tests.addresses import PUBLIC_PATHS, VISITOR_PATHS, name_of
from tests.browser.conftest import LOOKS
from tests.browser.journeys import add_to_cart


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    page.wait_for_load_state()  # a click waits for the answer's first byte only, not for a document
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def look_at(page: Page, name: str, axe, screenshot) -> None:
    """Show the open page in every look: nothing may stick out, axe may find nothing."""
    for look in LOOKS:
        look.show(page)
        screenshot(page, f"{name}-{look}")
        assert overflow(page) == 0, f"{name} scrolls sideways at {look.width} px"
        axe(page, f"{name} {look}")


@pytest.mark.parametrize("path", PUBLIC_PATHS, ids=name_of)
def test_a_public_page_is_sound_in_every_look(shop, page, watch, axe, screenshot, path):
    answer = page.goto(f"{shop.url}{path}")

    assert answer.status == 200
    look_at(page, name_of(path), axe, screenshot)
    assert watch.cookies_set == []
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", VISITOR_PATHS, ids=name_of)
def test_a_page_with_a_full_cart_is_sound_in_every_look(shop, page, axe, screenshot, path):
    add_to_cart(page, shop.url, "B12-12")

    assert page.goto(f"{shop.url}{path}").status == 200
    look_at(page, name_of(path), axe, screenshot)


@pytest.mark.parametrize("path", ["/cart/", "/no-such-page/"], ids=["cart-empty", "not-found"])
def test_a_page_with_nothing_to_show_is_sound_in_every_look(shop, page, axe, screenshot, path):
    page.goto(f"{shop.url}{path}")

    look_at(page, "cart-empty" if path == "/cart/" else "not-found", axe, screenshot)
