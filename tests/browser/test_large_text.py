"""Text at twice its size on a phone: it wraps, and no page scrolls sideways (WCAG 2.2, 1.4.4 and 1.4.10)."""

import pytest

from tests.addresses import PUBLIC_PATHS, VISITOR_PATHS, name_of
from tests.browser.conftest import PHONE
from tests.browser.journeys import add_to_cart
from tests.browser.test_every_page import overflow


@pytest.mark.parametrize("path", [*PUBLIC_PATHS, *VISITOR_PATHS], ids=name_of)
def test_a_page_with_large_text_stays_as_wide_as_the_window(shop, new_page, path):
    page = new_page(look=PHONE, bypass_csp=True)
    if path in VISITOR_PATHS:
        add_to_cart(page, shop.url, "B12-12")
    page.goto(f"{shop.url}{path}")
    page.add_style_tag(content="html { font-size: 200% !important; }")
    assert overflow(page) == 0
