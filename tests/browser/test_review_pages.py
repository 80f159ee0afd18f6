"""Pages about reviews and questions on which no story ends: what a filter leaves, forms with errors, staff's lists."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.conftest import LOOKS, PHONE
from tests.browser.test_every_page import overflow
from tests.browser.test_post_story import check_looks

# Narrow and light, wide and dark: every rule of markup and every color once.
BOTH = (PHONE, LOOKS[-1])
TARGET_PX = 44
LISTS = (
    *("review", "review/import", "review/export", "safetycase"),
    *("invitation", "campaign", "campaign/add", "insider"),
)
# Of a review with a reply, which is in every demo shop.
REVIEW, ACTS = 7, ("change", "label", "reply", "take-back")
QUESTION = "Does the patch come off in a sauna, and can I put it on again?"


@pytest.fixture
def desk(shop, page) -> Page:
    """A page in which staff have logged in."""
    journeys.log_in_as_staff(page, shop.url, shop.staff_password)
    return page


def test_filters_that_fit_no_review_lead_back_to_all(shop, page, axe, screenshot):
    PHONE.show(page)
    page.goto(f"{shop.url}/reviews/?stars=1&skin=oily&worn=ear#list")

    way_back = page.get_by_role("link", name="Show all reviews")
    # Where the list begins, what was found is in sight: the filters do not push it off the screen.
    expect(way_back).to_be_in_viewport()
    check_looks(page, "reviews-none", axe, screenshot, *BOTH)
    way_back.click()
    expect(page.get_by_role("heading", name="Published reviews")).to_be_visible()
    page.get_by_role("navigation", name="Pages of reviews").get_by_role("link", name="2").click()
    expect(page).to_have_url(f"{shop.url}/reviews/?page=2#list")


def test_a_scale_stands_in_one_line_on_a_phone_with_room_for_thumbs(shop, page):
    PHONE.show(page)
    page.goto(f"{shop.url}/reviews/write/")

    boxes = [page.locator(f"label[for=id_sticking_{one}]").bounding_box() for one in range(1, 6)]
    assert len({box["y"] for box in boxes}) == 1
    steps = [after["x"] - before["x"] for before, after in pairwise(boxes)]
    assert min(steps) >= TARGET_PX
    assert overflow(page) == 0


def test_a_question_is_asked_and_found_by_staff(shop, page, axe, screenshot):
    page.goto(f"{shop.url}/ask/")
    page.fill("[name=email]", "no address")
    page.click("text=Send the question")
    expect(page.get_by_role("alert")).to_contain_text("Please write your question")
    assert page.input_value("[name=email]") == "no address"
    check_looks(page, "ask-errors", axe, screenshot, *BOTH)
    page.fill("[name=question]", QUESTION)
    page.fill("[name=email]", "")
    page.click("text=Send the question")
    expect(page).to_have_url(f"{shop.url}/ask/sent/")

    journeys.log_in_as_staff(page, shop.url, shop.staff_password)
    page.goto(f"{shop.url}/admin/pages/visitorquestion/")
    check_looks(page, "staff-questions", axe, screenshot, *BOTH)
    page.get_by_role("link", name=QUESTION).first.click()
    check_looks(page, "staff-question", axe, screenshot, *BOTH)
    page.get_by_role("link", name="Answer or decline").click()
    page.get_by_role("button", name="Publish the answer").click()
    check_looks(page, "staff-answer-errors", axe, screenshot, *BOTH)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.replace("/", "-"))
def test_a_page_of_staff_is_sound(shop, desk, axe, screenshot, path):
    assert desk.goto(f"{shop.url}/admin/reviews/{path}/").status == 200

    check_looks(desk, f"staff-{path.replace('/', '-')}", axe, screenshot, *BOTH)


@pytest.mark.parametrize("act", ACTS)
def test_a_page_of_one_review_is_sound(shop, desk, axe, screenshot, act):
    pk = shop.rows("select id from reviews_review where number = ?", REVIEW)[0][0]
    assert desk.goto(f"{shop.url}/admin/reviews/review/{pk}/{act}/").status == 200

    check_looks(desk, f"staff-review-{act}", axe, screenshot, *BOTH)


def test_the_button_above_an_empty_list_covers_nothing(shop, desk):
    desk.goto(f"{shop.url}/admin/reviews/campaign/")

    button = desk.get_by_role("link", name="Add campaign").bounding_box()
    nothing = desk.get_by_text("Nothing here.").bounding_box()
    assert button["y"] + button["height"] <= nothing["y"]


def test_a_safety_case_asks_first_of_all_to_write(shop, desk, axe, screenshot):
    pk = shop.rows("select id from reviews_safetycase order by id limit 1")[0][0]
    desk.goto(f"{shop.url}/admin/reviews/safetycase/{pk}/change/")

    headings = desk.get_by_role("heading", level=2).all_inner_texts()
    assert headings[:2] == ["Say this first", "You have written, or called"]
    check_looks(desk, "staff-safety-case", axe, screenshot, *BOTH)
    desk.get_by_role("button", name="Mark as asked").click()
    check_looks(desk, "staff-safety-case-errors", axe, screenshot, PHONE)


def test_a_file_is_looked_at_before_it_is_imported(shop, desk, axe, screenshot):
    text = "date,stars,text,source,proof,color\n2026-09-01,4,It stayed on all day long.,Shop,Letter,red\n,9,,,,\n"
    desk.goto(f"{shop.url}/admin/reviews/review/import/")
    file = {"name": "r.csv", "mimeType": "text/csv", "buffer": text.encode()}
    desk.set_input_files("input[type=file]", file)
    desk.get_by_role("button", name="Check the file").click()

    expect(
        desk.get_by_text("If you import it: 1 added, 0 here already, 1 refused.")
    ).to_be_visible()
    expect(desk.get_by_text("We do not use these columns: color.")).to_be_visible()
    check_looks(desk, "staff-import-look", axe, screenshot, *BOTH)
    assert not shop.rows("select id from reviews_review where source = 'import'")
