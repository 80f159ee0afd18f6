"""A live shop and a real Chromium for the tests in this folder."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium, live_shop
from tests.browser.watching import Watch

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = chromium.find()
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000  # other tests keep both cores busy
expect.set_options(timeout=PATIENCE_MS)
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # axe would copy sheets with @import (Django's admin has one) into the page; our CSP forbids that.
    "preload": False,
}
# The same markup at the same width in other colors: only these rules can find something else.
AXE_COLORS = {
    **AXE_RULES,
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RUN_AXE = """([all, colors]) => {
    const looked = `${innerWidth} ${document.documentElement.outerHTML}`;
    const isKnown = window.lookedAtByAxe === looked;
    window.lookedAtByAxe = looked;
    return axe.run(isKnown ? colors : all);
}"""


@dataclass(frozen=True)
class Look:
    """A size of the window and a color scheme."""

    width: int
    height: int
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"

    def show(self, page: Page) -> None:
        """Give an open page this look."""
        page.set_viewport_size({"width": self.width, "height": self.height})
        page.emulate_media(color_scheme=self.scheme)


PHONE, DESKTOP = Look(360, 780, "light"), Look(1280, 900, "light")
LOOKS = (PHONE, Look(360, 780, "dark"), DESKTOP, Look(1280, 900, "dark"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as a browser test, and leave it out where there is no browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip("no Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live_shop.LiveShop]:
    """A running shop with demo content and its Stripe sandbox, one per worker."""
    shared = Path(os.environ["SHOP_TESTS_SHARED"])
    running = live_shop.start(tmp_path_factory.mktemp("live-shop"), shared)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium per worker."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def watch(shop: live_shop.LiveShop) -> Iterator[Watch]:
    """What the pages of this test complained of; anything left at the end fails the test."""
    watching = Watch(frozenset({shop.url, shop.sandbox.url}))
    logged_before = len(shop.log())
    yield watching
    told = "\n".join(watching.complaints)
    assert not watching.complaints, f"{told}\n{shop.log()[logged_before:][-4000:]}"


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Open a page in a fresh profile: `new_page(look=PHONE, java_script_enabled=False)`."""
    opened: list[BrowserContext] = []

    def open_page(look: Look = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="America/New_York",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, new_page: NewPage) -> Page:
    """A page at 1280 × 900, light; other looks by `@pytest.mark.parametrize("page", LOOKS, indirect=True)`."""
    return new_page(getattr(request, "param", DESKTOP))


@pytest.fixture
def axe() -> Callable[..., None]:
    """Assert that axe finds nothing on an open page: WCAG 2.2 AA and best practice."""

    def assert_clean(page: Page, where: str = "") -> None:
        page.wait_for_load_state()  # after a click the new page may be there in part only
        if not page.evaluate("'axe' in window"):  # half a megabyte: once per page, not per look
            page.evaluate(AXE_SCRIPT)
        violations = page.evaluate(RUN_AXE, [AXE_RULES, AXE_COLORS])["violations"]
        told = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
            + "\n    ".join(
                f"{node['html'][:200]}  {node['failureSummary']}" for node in violation["nodes"]
            )
            for violation in violations
        ]
        assert not told, f"axe on {where or page.url}:\n" + "\n".join(told)

    return assert_clean


def keep_picture(page: Page, name: str) -> None:
    """With KEEP_PICTURES=1 (`make pictures`), keep one of the whole page, for people to look at."""
    if os.environ.get("KEEP_PICTURES") != "1":
        return
    folder = Path(os.environ.get("CI_OUTPUT", REPOSITORY / "ci-output")) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    # As PNG a long page takes twice as long.
    page.screenshot(path=folder / f"{name}.jpg", full_page=True, type="jpeg", quality=85)


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """`keep_picture`, for tests: `screenshot(page, "cart-360")`."""
    return keep_picture
