"""The editor of posts in a browser: our policy lets it work, it names its parts, it loses nothing."""

import re

from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.test_every_page import look_at

FROM_WORD = (
    "<style>p.MsoNormal{margin:0}</style><h1 style='color:red'>Which eggs?</h1>"
    "<p class=MsoNormal style='margin:0cm'><b>All</b><o:p></o:p> of them.</p>"
    '<img src="https://elsewhere.example/egg.png">'
)
PASTE = """(area, html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def open_new_post(page: Page, shop) -> None:
    page.goto(f"{shop.url}/admin/blog/post/add/")
    expect(page.get_by_role("textbox", name="Text:", exact=True)).to_be_visible()


def test_what_is_typed_is_looked_at_and_put_back_after_a_crash(
    shop, new_page, watch, axe, screenshot
):
    desk = new_page()
    desk.clock.install()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    open_new_post(desk, shop)
    text = desk.get_by_role("textbox", name="Text:", exact=True)
    desk.get_by_role("textbox", name="Title:", exact=True).fill("On eggs")
    text.click()
    desk.keyboard.type("B12 cures anemia.")
    desk.keyboard.press("Enter")
    text.evaluate(PASTE, FROM_WORD)
    expect(desk.get_by_text("Pictures from elsewhere were left out.")).to_be_visible()
    assert desk.locator("#id_body").input_value() == (
        "<p>B12 cures anemia.</p><h2>Which eggs?</h2><p><strong>All</strong> of them.</p>"
    )
    desk.get_by_text("Add another Author").click()
    desk.get_by_text("Add another Question").click()
    desk.clock.fast_forward(6000)
    expect(desk.get_by_text("Claims that we may not make")).to_be_visible()
    desk.locator("[data-panel]").get_by_role("link", name="Show").first.click()
    journeys.wait_for_selected(desk, "B12 cures anemia.")
    look_at(desk, "staff-post-editor", axe, screenshot)

    again = desk.context.new_page()
    watch.follow(again)
    open_new_post(again, shop)
    again.get_by_role("button", name="Put it back").click()
    expect(again.get_by_text("Nothing of it is saved yet.")).to_be_visible()
    expect(again.get_by_role("textbox", name="Text:", exact=True)).to_contain_text("B12 cures")
    again.get_by_role("button", name="Save").click()
    expect(again.get_by_text("was added successfully")).to_be_visible()
    # The page's script has run when the address says no more that something was saved.
    expect(again).to_have_url(re.compile(r"/change/$"))
    assert again.evaluate("Object.entries(localStorage)") == []
    assert shop.rows("select title from blog_post where slug = 'on-eggs'") == [("On eggs",)]


def test_the_pages_beside_the_form_are_sound_in_every_look(shop, page, axe, screenshot):
    journeys.log_in_as_staff(page, shop.url, shop.staff_password)
    page.goto(f"{shop.url}/admin/blog/post/?status__exact=published")
    look_at(page, "staff-posts", axe, screenshot)
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="Publishing").click()
    page.get_by_role("button", name="Take it off the site").click()
    expect(page.get_by_text("This was not done")).to_be_visible()
    look_at(page, "staff-post-publishing", axe, screenshot)
    page.get_by_role("link", name="Revisions").click()
    look_at(page, "staff-post-revisions", axe, screenshot)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Compare")
    look_at(page, "staff-post-compare", axe, screenshot)
