"""The sandbox's own pages in a real browser, in every look: axe finds nothing, nothing sticks out.

The browser runs in a thread of its own, because Playwright allows one of its loops per thread and
the tests of the shop's pages hold theirs for the whole run.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, AXE_RULES, CHROMIUM, LOOKS, Look, keep_picture
from tests.sandbox.conftest import line
from tests.sandbox.server import SandboxServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]


def visit_everything(page: Page, sandbox: SandboxServer, urls: dict[str, str]) -> Iterator[str]:
    """Open one page after the other, as a buyer would; yields what is on the screen."""
    page.goto(urls["open"])
    page.locator("summary").click()
    yield "pay"
    page.get_by_role("link", name="insufficient funds").first.click()
    page.locator("[name=cvc]").fill("")
    page.locator("button.press").click()
    page.get_by_role("link", name="security code").click()
    assert page.evaluate("document.activeElement.name") == "cvc"
    yield "wrong-field"
    page.locator("[name=cvc]").fill("123")
    page.locator("button.press").click()
    yield "declined"
    page.goto(urls["open"] + "?card=4000000000003220")
    page.locator("button.press").click()
    yield "authenticate"
    page.get_by_role("button", name="Fail").click()
    assert page.locator("[name=number]").input_value() == "4000 0000 0000 3220"
    yield "authentication-failed"
    page.goto(urls["choices"])
    page.locator("[name=code]").fill("NOPE")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Bank debit", exact=True).click()
    assert not page.locator("[name=number]").is_visible()
    yield "choices"
    for name in ("free", "expired", "complete", "unknown"):
        page.goto(urls[name])
        yield name
    yield from steer(page, sandbox)


def steer(page: Page, sandbox: SandboxServer) -> Iterator[str]:
    """The control page, and what it says to a number that is none."""
    page.goto(sandbox.url + "/")
    yield "control"
    page.get_by_label("Lose the next").fill("")
    page.get_by_role("button", name="Set", exact=True).click()
    assert page.get_by_text("Enter a whole number").is_visible()
    yield "wrong-number"


def faults_of(
    chromium: Browser, look: Look, sandbox: SandboxServer, urls: dict[str, str]
) -> list[str]:
    """What is wrong on any page in this look; with a picture of each."""
    found: list[str] = []
    page = chromium.new_page(
        viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme
    )
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("console", lambda said: found.append(said.text) if "Policy" in said.text else None)
    for name in visit_everything(page, sandbox, urls):
        page.wait_for_load_state()
        violations = Axe().run(page, options=AXE_RULES).response["violations"]
        found += [f"{name}: {one['id']} {one['nodes']}" for one in violations]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name}: wider than the screen")
        keep_picture(page, f"sandbox-{name}-{look}")
    page.close()
    return found


def shipping(name: str) -> dict[str, Any]:
    """One of several shipping rates."""
    amount = {"amount": 599, "currency": "usd"}
    rate = {"type": "fixed_amount", "display_name": name, "fixed_amount": amount}
    return {"shipping_rate_data": rate}


@pytest.fixture(scope="module")
def find_faults() -> Iterator[Callable[..., list[str]]]:
    """`faults_of` with a Chromium for all looks, in its thread."""
    with ThreadPoolExecutor(1) as thread:
        playwright = thread.submit(sync_playwright().start).result()
        launch = partial(playwright.chromium.launch, executable_path=CHROMIUM, args=ARGUMENTS)
        chromium = thread.submit(launch).result()
        yield lambda *arguments: thread.submit(faults_of, chromium, *arguments).result()
        thread.submit(chromium.close).result()
        thread.submit(playwright.stop).result()


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_in_every_look(sandbox, api, make_session, paid, look, find_faults):
    expired = api.v1.checkout.sessions.expire(make_session().id)
    urls = {
        "open": make_session(
            customer_email="somebody.with.a.very.long.name@subdomain.example.com"
        ).url,
        "choices": make_session(
            allow_promotion_codes=True, shipping_options=[shipping("Standard"), shipping("Express")]
        ).url,
        "free": make_session(
            line_items=[line("Free patch", 0)], shipping_options=None, customer_email=None
        ).url,
        "expired": f"{sandbox.url}/c/pay/{expired.id}",
        "complete": f"{sandbox.url}/c/pay/{paid.id}",
        "unknown": f"{sandbox.url}/c/pay/cs_test_nope",
    }
    assert find_faults(look, sandbox, urls) == []
