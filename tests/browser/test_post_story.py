"""A post on its way: written, refused for a claim, reviewed, scheduled, published, found, corrected."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import feedparser
import pytest
from lxml import etree
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import journeys
from tests.browser.conftest import DESKTOP, PHONE, Look
from tests.browser.test_every_page import overflow

PEOPLE = """
from django.contrib.auth.models import Group
from accounts.models import User
from blog.models import Person
for name, group in (("ada", "Author"), ("rhea", "Reviewer"), ("paul", "Publisher")):
    user = User.objects.create_user(name, password={password!r}, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    Person.objects.create(name=f"{{name.title()}} {{group}}", slug=name, user=user)
"""
TITLE = "What a Smorgasbord Holds"
PATH = "/blog/what-a-smorgasbord-holds/"
CLAIM = "Our patch cures anemia."
REWRITTEN = "This table is a meal and no medicine."
SHORT = "Fish, eggs and cheese stand on this table. All three hold vitamin B12."
CORRECTED = "Herring, eggs and cheese stand on this table. All three hold vitamin B12."


@pytest.fixture(scope="module")
def staff(shop):
    """Three people of three groups; opens a page for each, logged in."""
    shop.run("shell", "-c", PEOPLE.format(password=shop.staff_password))

    def log_in(page: Page, name: str) -> Page:
        journeys.log_in_as_staff(page, shop.url, shop.staff_password, name)
        return page

    return log_in


def post_row(shop, columns: str) -> tuple:
    return shop.rows(f"select {columns} from blog_post where title = ?", TITLE)[0]


def text_box(page: Page | Locator, label: str = "Text:") -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


def type_lines(page: Page, box: Locator, *lines: str) -> None:
    box.click()
    for line in lines:
        page.keyboard.type(line)
        page.keyboard.press("Enter")


def new_row(desk: Page, group: str, kind: str) -> Locator:
    rows = desk.get_by_role("group", name=group, exact=True)
    rows.get_by_role("button", name=f"Add another {kind}").click()
    return rows


def check_looks(page: Page, name: str, axe, screenshot, *looks: Look) -> None:
    """Show the open page in these sizes: nothing may stick out, axe may find nothing."""
    for look in looks:
        look.show(page)
        screenshot(page, f"{name}-{look}")
        assert overflow(page) == 0, f"{name} scrolls sideways at {look.width} px"
        axe(page, f"{name} {look}")


def upload_picture(desk: Page, shop) -> None:
    file = BytesIO()
    Image.new("RGB", (480, 270), "teal").save(file, "PNG")
    desk.goto(f"{shop.url}/admin/blog/picture/add/")
    png = {"name": "table.png", "mimeType": "image/png", "buffer": file.getvalue()}
    desk.get_by_label("File").set_input_files(png)
    desk.get_by_label("Title").fill("A laid table")
    desk.get_by_label("Alternative text").fill("A long table with plates, laid for a feast")
    desk.get_by_label("Credit").fill("Ada Author")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("was added successfully")).to_be_visible()


def write_text(desk: Page, shop) -> None:
    """Type into the editor as people do: a number sign makes a heading, a hyphen a list."""
    desk.goto(f"{shop.url}/admin/blog/post/add/")
    desk.get_by_label("Title:", exact=True).fill(TITLE)
    desk.get_by_label("In short").fill(SHORT)
    type_lines(
        desk,
        text_box(desk),
        "## What stands on it",
        "Vitamin B12 comes from foods of animal origin [ref:r6]. A smorgasbord has many:",
        "- Fish",
        "Eggs",
        "",
        "## How much of it",
        f"An adult needs 2.4 mcg a day [ref:r6]. {CLAIM}",
        "* A call-out begins with a star.",
    )


def fill_in_the_rest(desk: Page) -> None:
    journeys.choose(desk, desk.get_by_role("combobox", name="Main picture"), "A laid table")
    journeys.choose(desk, desk.get_by_role("searchbox", name="Tags"), "canned foods")
    journeys.choose(desk, desk.get_by_role("searchbox", name="Categories"), "Diet and Nutrition")
    desk.get_by_label("Meta title").fill("What a smorgasbord holds")
    desk.get_by_label("Meta description").fill("Which foods of a smorgasbord hold vitamin B12.")
    desk.get_by_label("Read more heading").fill("Read more about food:")
    authors = new_row(desk, "Authors", "Author")
    journeys.choose(desk, authors.get_by_role("combobox"), "Ada Author")
    sources = new_row(desk, "Sources", "Source")
    journeys.choose(desk, sources.get_by_role("combobox"), "NIH ODS")
    questions = new_row(desk, "Questions", "Question")
    text_box(questions, "Question:").fill("Does rye bread hold vitamin B12?")
    type_lines(desk, text_box(questions, "Answer:"), "Only where it was added [ref:r6].")
    takeaways = new_row(desk, "Takeaways", "Takeaway")
    takeaways.get_by_role("textbox").fill("Fish and eggs hold vitamin B12 [ref:r6].")
    new_row(desk, "Read more", "Post").get_by_role("combobox").fill("canned-foods-rich-in-b12")


def save(desk: Page) -> None:
    """Save what was written, whatever is still wrong with it."""
    panel = desk.get_by_role("complementary", name="Ready for readers?")
    expect(panel.locator("q").first).to_have_text(CLAIM)
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("was added successfully")).to_be_visible()


def be_refused_in_an_older_tab(desk: Page, older: Page) -> None:
    older.goto(desk.url)
    older.get_by_label("In short").fill("Fish stands on this table.")
    desk.get_by_label("In short").fill(SHORT)
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()
    older.get_by_role("button", name="Save").click()
    expect(older.get_by_text("ada saved this post")).to_be_visible()
    expect(older.locator("del", has_text="eggs and cheese")).to_be_visible()
    expect(older.get_by_label("In short")).to_have_value("Fish stands on this table.")


def submit(desk: Page) -> None:
    desk.get_by_role("link", name="Publishing").click()
    desk.get_by_role("button", name="Submit").click()
    expect(desk.get_by_text("Submitted. A reviewer finds it")).to_be_visible()
    expect(desk.get_by_text("With your role there is nothing to do here now.")).to_be_visible()
    expect(desk.get_by_role("button", name="Publish")).to_have_count(0)


def be_refused_for_the_claim(desk: Page, address: str) -> None:
    desk.goto(address)
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_role("alert")).to_contain_text("This was not done")
    expect(desk.get_by_role("alert")).to_contain_text(f"(“{CLAIM}”)")
    panel = desk.get_by_role("complementary", name="Ready for readers?")
    expect(panel.locator("q").first).to_have_text(CLAIM)


def rewrite_the_claim(desk: Page) -> None:
    """The panel leads to the sentence and selects it; what is typed takes its place."""
    desk.get_by_role("link", name="Back to the text").click()
    expect(text_box(desk)).to_be_visible()
    desk.get_by_role("link", name="Show this sentence").first.click()
    # What is typed before goes nowhere.
    journeys.wait_for_selected(desk, CLAIM)
    expect(text_box(desk)).to_be_focused()
    desk.keyboard.type(REWRITTEN)
    expect(text_box(desk)).not_to_contain_text(CLAIM)
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()


def review(desk: Page, address: str) -> None:
    desk.goto(address)
    expect(desk.get_by_role("button", name="Publish")).to_have_count(0)
    desk.get_by_role("button", name="Record this review").click()
    expect(desk.get_by_text("A review is this comparison").first).to_be_visible()
    desk.get_by_label("I compared the text with its sources").check()
    desk.get_by_role("button", name="Record this review").click()
    expect(desk.get_by_text("Reviewed by Rhea Reviewer; next review by")).to_be_visible()


def schedule(desk: Page, address: str) -> str:
    """Publish in two days; the link under which others read it until then."""
    desk.goto(address)
    for days, told in ((-1, "The time of publishing has passed"), (2, "Readers see it from")):
        moment = datetime.now(UTC) + timedelta(days)
        desk.get_by_label("Publish at").fill(f"{moment:%Y-%m-%dT%H:%M}")
        desk.get_by_role("button", name="Publish").click()
        expect(desk.get_by_text(told).first).to_be_visible()
    return desk.locator(".preview-link").get_attribute("href")


def read_before_its_time(outsider: Page, shop, link: str) -> None:
    assert outsider.goto(shop.url + PATH).status == 404
    assert outsider.goto(f"{shop.url}/search/?q=smorgasbord").status == 200
    expect(outsider.get_by_role("link", name=TITLE)).to_have_count(0)
    assert outsider.goto(link).status == 200
    expect(outsider.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(outsider.get_by_text("This is a draft.")).to_be_visible()
    assert outsider.context.cookies() == []


def publish_now(desk: Page) -> None:
    desk.get_by_label("Why").fill("The table is laid already.")
    desk.get_by_role("button", name="Take it off the site").click()
    expect(desk.get_by_text("Taken off the site.")).to_be_visible()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("Published. Visitors see it within a minute.")).to_be_visible()


def find_it(reader: Page, shop) -> None:
    """By a search with a slip, on the home page, in its month, by its tag and in the tag's feed."""
    link = reader.locator("main").get_by_role("link", name=TITLE)
    reader.goto(f"{shop.url}/search/?q=smorgasbrod")
    expect(reader.get_by_text("Did you mean “smorgasbord”?")).to_be_visible()
    expect(link).to_be_visible()
    reader.goto(shop.url)
    expect(link).to_be_visible()
    reader.goto(f"{shop.url}/blog/")
    expect(link).to_be_visible()
    reader.get_by_role("region", name="By month").get_by_role("link").first.click()
    expect(reader).to_have_url(re.compile(r"/blog/\d{4}/\d{2}/$"))
    link.click()
    reader.get_by_role("link", name="canned foods", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Posts Tagged ‘canned foods’")
    expect(link).to_be_visible()
    feed = reader.request.get(
        shop.url + reader.get_by_role("link", name="RSS feed").get_attribute("href")
    )
    etree.fromstring(feed.body())  # raises unless well-formed
    assert TITLE in [entry.title for entry in feedparser.parse(feed.body()).entries]
    assert CLAIM not in feed.text()
    link.click()
    expect(reader).to_have_url(shop.url + PATH)


def read_it(reader: Page) -> None:
    reader.locator("sup.cite a").first.click()
    source = reader.locator("li:target")
    expect(source).to_contain_text("fact sheet for health professionals")
    expect(source).to_be_in_viewport()
    reader.get_by_text("Does rye bread hold vitamin B12?").last.click()
    expect(reader.get_by_text("Only where it was added")).to_be_visible()
    expect(reader.get_by_role("img", name="A long table with plates")).to_be_visible()
    expect(reader.get_by_text("Reviewed by Rhea Reviewer")).to_be_visible()
    expect(reader.get_by_text(REWRITTEN)).to_be_visible()
    expect(reader.locator("p.callout")).to_have_text("A call-out begins with a star.")
    more = reader.get_by_role("link", name="Canned Foods Rich in B12")
    expect(more).to_have_attribute("href", "/blog/canned-foods-rich-in-b12/")
    assert CLAIM not in reader.content()
    assert reader.context.cookies() == []


def correct_it(desk: Page) -> None:
    desk.get_by_role("link", name="Back to the text").click()
    desk.get_by_label("Address:", exact=True).fill("a-smorgasbord")
    desk.get_by_label("In short").fill(CORRECTED)
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Readers have seen these words").first).to_be_visible()
    desk.get_by_label("Why it changes").select_option(label="Correction")
    desk.get_by_label("What changes").fill("The fish was herring.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("was changed successfully")).to_be_visible()


def test_a_post_goes_its_whole_way(shop, staff, new_page, watch, axe, screenshot):
    author, publisher = staff(new_page(), "ada"), staff(new_page(), "paul")
    upload_picture(author, shop)
    write_text(author, shop)
    fill_in_the_rest(author)
    save(author)
    watch.follow(older := author.context.new_page())
    be_refused_in_an_older_tab(author, older)
    check_looks(older, "staff-post-stale", axe, screenshot, PHONE)
    submit(author)
    assert post_row(shop, "status, version") == ("submitted", 2)

    be_refused_for_the_claim(publisher, author.url)
    assert post_row(shop, "status, publish_at") == ("submitted", None)
    rewrite_the_claim(author)
    review(staff(new_page(), "rhea"), publisher.url)
    link = schedule(publisher, publisher.url)
    reader = new_page(PHONE, java_script_enabled=False)
    read_before_its_time(reader, shop, link)
    publish_now(publisher)
    find_it(reader, shop)
    read_it(reader)
    looker = new_page()  # axe is a script
    looker.goto(shop.url + PATH)
    check_looks(looker, "post-story", axe, screenshot, PHONE, DESKTOP)

    correct_it(publisher)
    late = new_page(PHONE, java_script_enabled=False)
    assert late.goto(shop.url + PATH).request.redirected_from.response().status == 301
    expect(late).to_have_url(f"{shop.url}/blog/a-smorgasbord/")
    late.get_by_text("Correction").click()
    expect(late.locator("del")).to_have_text("Fish")
    expect(late.locator("ins")).to_have_text("Herring")
