"""Writing, changing and taking back a review in a real browser; with a photo."""

from io import BytesIO

from PIL import Image

from tests.browser.test_every_page import look_at

WORDS = "It stayed on my arm for two days, one of them in the lake, and came off clean."
SECONDS_TO_READ = 4_100  # what the time trap asks for


def photo() -> dict[str, object]:
    buffer = BytesIO()
    Image.new("RGB", (400, 300), "maroon").save(buffer, "JPEG")
    return {"name": "arm.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def fill(page, **more: str) -> None:
    page.check("label[for=id_stars_1]")
    for name, value in {"body": WORDS, "author_name": "Jo D.", **more}.items():
        page.fill(f"#id_{name}", value)


def test_somebody_writes_changes_and_takes_back_a_review(shop, page, axe, screenshot):
    page.goto(f"{shop.url}/reviews/write/")
    page.wait_for_timeout(SECONDS_TO_READ)
    page.fill("#id_title", "In the lake")
    page.click("text=Send my review")
    assert page.evaluate("document.activeElement.dataset.errorSummary") == ""
    look_at(page, "review-form-errors", axe, screenshot)
    fill(page, email="lake@example.com")
    page.check("label[for=id_sticking_5]")
    page.set_input_files("#id_photo", photo())
    page.click("text=Send my review")
    page.wait_for_selector("text=We have your review.")
    assert page.locator("main picture img").evaluate("one => one.naturalWidth") > 0
    look_at(page, "review-own", axe, screenshot)
    page.click("main a:has-text('Change it')")
    assert page.is_checked("#id_stars_1")
    page.fill("#id_body", f"{WORDS} I bought more.")
    page.click("text=Send the new version")
    page.wait_for_selector("text=Your earlier versions")
    page.click("text=Take it back")
    page.click("button:has-text('Take it back')")
    page.wait_for_selector("text=Change it and bring it back")
    rows = shop.rows("select state, photo_state from reviews_review where email='lake@example.com'")
    assert rows == [("withdrawn", "waiting")]
    assert page.context.cookies() == []
