"""A review on its way: delivered, asked for, written with a photo, answered; another withheld and corrected."""

import re
import urllib.request
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import journeys
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_post_story import check_looks

EMAIL = "ruby@example.com"
TITLE = "Held through a swim"
BODY = (
    "It held through a swim and came off clean in the evening. The box is larger than it has to be."
)
CLAIM = "It cured my neuropathy in two weeks."
CORRECTED = "The edge lifted a little on the second day, and I would like a smaller size."
REPLY = "Thank you for telling us about the box. The next one is smaller."
SECOND_PERSON = """
from accounts.models import User
from django.contrib.auth.models import Group
moe = User.objects.create_user("moe", password={password!r}, is_staff=True)
moe.groups.add(Group.objects.get(name="Moderator"))
"""
# The form takes nothing that comes faster than a person types.
A_PERSONS_TIME_MS = 4_500
# 22 days after delivery, so the request is due.
ASK = """
from datetime import timedelta
from django.utils import timezone
from reviews import invitations
now = timezone.now()
invitations.plan(now)
print(invitations.send_due(now + timedelta(days=22)))
"""


def test_a_review_goes_its_whole_way(shop, new_page, axe, screenshot):
    buyer, desk, reader = new_page(look=PHONE), new_page(), new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)

    receive_a_parcel(buyer, desk, shop)
    assert "1 asked" in shop.run("shell", "-c", ASK)
    buyer.goto(link_in_mail(shop, EMAIL, "/reviews/request/"))
    check_looks(buyer, "review-request", axe, screenshot, PHONE, DESKTOP)
    write(buyer, stars=4)
    expect(buyer.get_by_text("Everybody can read your review")).to_be_visible()
    number = number_on(buyer)
    check_looks(buyer, "review-own", axe, screenshot, PHONE, DESKTOP)

    reader.goto(f"{shop.url}/reviews/")
    card = reader.get_by_role("article", name=TITLE)
    expect(card.get_by_text("Bought here")).to_be_visible()
    expect(card.get_by_role("img")).to_have_count(0)
    show_the_photo(desk, shop, number, axe, screenshot)
    reply(desk, axe, screenshot)
    reader.reload()
    photo = card.get_by_role("img", name="The patch on my arm after a swim")
    expect(photo).to_be_visible()
    assert_no_place_in(photo.get_attribute("src"), shop)
    expect(card.get_by_text(REPLY)).to_be_visible()
    check_looks(reader, "reviews", axe, screenshot, PHONE, DESKTOP)
    card.get_by_role("button", name="Helpful").click()
    expect(reader.get_by_role("heading", level=1, name="Thank you")).to_be_visible()
    check_looks(reader, "review-helpful", axe, screenshot, PHONE)
    reader.goto(f"{shop.url}/product-information/")
    expect(reader.get_by_role("article", name=TITLE)).to_be_visible()


def test_a_withheld_review_is_corrected_and_read_by_all(shop, new_page, axe, screenshot):
    author, desk, reader = new_page(look=PHONE), new_page(), new_page()
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)

    author.goto(f"{shop.url}/reviews/write/")
    fill_in(author, stars=2, title="My feet", body=f"I wore it at night. {CLAIM}", name="Otto")
    author.locator("[name=email]").fill("otto@example.com")
    send(author)
    expect(author.get_by_text(CLAIM).first).to_be_visible()
    number = number_on(author)
    check_looks(author, "review-withheld", axe, screenshot, PHONE, DESKTOP)
    reader.goto(f"{shop.url}/reviews/")
    expect(reader.get_by_text("My feet")).to_have_count(0)

    author.goto(link_in_mail(shop, "otto@example.com", "/reviews/mine/", "cannot be shown"))
    correct(author, axe, screenshot)
    open_decision(desk, shop, number)
    expect(desk.get_by_text(CORRECTED).first).to_be_visible()
    assert "2 of 5" not in desk.content()
    check_looks(desk, "staff-review-decide", axe, screenshot, DESKTOP, PHONE)
    desk.get_by_label("Show it", exact=True).check()
    desk.get_by_role("button", name="Decide and go on").click()
    reader.reload()
    card = reader.get_by_role("article", name="Almost the right size")
    expect(card.get_by_text("2 of 5")).to_be_visible()
    expect(card.get_by_text("Not matched with an order")).to_be_visible()
    card.get_by_role("link", name=re.compile(f"Number {number}")).click()
    for step in ("Received", "Withheld", "Changed by its author", "Shown"):
        expect(reader.get_by_text(step).first).to_be_visible()
    check_looks(reader, "review-number", axe, screenshot, PHONE, DESKTOP)


def test_what_everybody_has_read_is_withheld_by_two(shop, new_page, axe, screenshot):
    author, desk, reader = new_page(look=PHONE), new_page(), new_page()
    shop.run("shell", "-c", SECOND_PERSON.format(password=shop.staff_password))
    journeys.log_in_as_staff(desk, shop.url, shop.staff_password)
    number, title = write_what_a_person_shows(author, desk, shop), "Not for us"
    reader.goto(f"{shop.url}/reviews/")
    expect(reader.get_by_role("article", name=title)).to_be_visible()

    open_decision(desk, shop, number)
    expect(desk.get_by_text("takes you and a second person")).to_be_visible()
    withhold(desk, "Ask to withhold it", "“Wendy in the corner house”")
    expect(desk.get_by_text("a second person decides")).to_be_visible()
    reader.reload()
    expect(reader.get_by_role("article", name=title)).to_have_count(0)
    author.reload()
    expect(author.get_by_text("Wendy in the corner house").first).to_be_visible()
    check_looks(author, "review-doubted", axe, screenshot, PHONE, DESKTOP)

    second = new_page()
    journeys.log_in_as_staff(second, shop.url, shop.staff_password, "moe")
    open_decision(second, shop, number)
    expect(second.get_by_text("one of us would withhold it")).to_be_visible()
    check_looks(second, "staff-review-second-look", axe, screenshot, DESKTOP, PHONE)
    withhold(second, "Decide and go on", "“Wendy in the corner house”")
    author.reload()
    expect(author.get_by_text("We hold it back.")).to_be_visible()


def write_what_a_person_shows(author: Page, desk: Page, shop) -> int:
    """Write without having been asked, let staff show it; return its number."""
    author.goto(f"{shop.url}/reviews/write/")
    body = "It came off, as with my neighbor Wendy in the corner house."
    fill_in(author, stars=1, title="Not for us", body=body, name="Uli")
    author.locator("[name=email]").fill("uli@example.com")
    send(author)
    number = number_on(author)
    open_decision(desk, shop, number)
    desk.get_by_label("Show it", exact=True).check()
    desk.get_by_role("button", name="Decide and go on").click()
    return number


def withhold(desk: Page, button: str, words: str) -> None:
    desk.get_by_label("Withhold: Private data of a person").check()
    desk.locator("[name=words-note]").fill(words)
    desk.get_by_role("button", name=button).click()


def correct(author: Page, axe, screenshot) -> None:
    """Change title and words on one's own page."""
    author.get_by_role("link", name="Change it", exact=True).click()
    author.locator("[name=title]").fill("Almost the right size")
    author.locator("[name=body]").fill(CORRECTED)
    check_looks(author, "review-change", axe, screenshot, PHONE)
    author.get_by_role("button", name="Send the new version").click()
    expect(author.get_by_text(CORRECTED).first).to_be_visible()


def receive_a_parcel(buyer: Page, desk: Page, shop) -> None:
    """Buy a pack, have it shipped, and say that it has arrived."""
    journeys.buy(buyer, shop.url, email=EMAIL)
    expect(buyer).to_have_url(re.compile(r"/order/[^/]{20,}/$"))
    pk = shop.rows("select id from orders_order where email = ?", EMAIL)[0][0]
    desk.goto(f"{shop.url}/admin/orders/order/{pk}/ship/")
    desk.get_by_label("Carrier").select_option("usps")
    desk.get_by_label("Tracking number").fill("9400 1112 0255 5842 3326 69")
    desk.get_by_role("button", name="Record this parcel").click()
    expect(desk.get_by_text("Parcel recorded.")).to_be_visible()
    buyer.reload()
    buyer.get_by_role("button", name="It has arrived").click()
    expect(buyer.get_by_text("Everything you ordered has arrived.")).to_be_visible()


def link_in_mail(shop, email: str, path: str, subject: str = "") -> str:
    """The newest link to `path` that was mailed to `email`."""
    sql = (
        "select message from post_office_email where `to` = ? and subject like ?"
        " and message like ? order by id desc limit 1"
    )
    message = shop.rows(sql, email, f"%{subject}%", f"%{path}%")[0][0]
    return re.search(rf"{re.escape(shop.url + path)}[^/\s]+/", message)[0]


def fill_in(page: Page, *, stars: int, title: str, body: str, name: str) -> None:
    page.get_by_role("radio", name=re.compile(f"^{stars} of 5")).check(force=True)
    for field, words in (("title", title), ("body", body), ("author_name", name)):
        page.locator(f"[name={field}]").fill(words)


def send(page: Page) -> None:
    page.wait_for_timeout(A_PERSONS_TIME_MS)
    page.get_by_role("button", name="Send my review").click()
    expect(page).to_have_url(re.compile("/reviews/mine/"))


def write(page: Page, *, stars: int) -> None:
    """Fill in the whole form, with a photo from a phone that noted the place, and send it."""
    fill_in(page, stars=stars, title=TITLE, body=BODY, name="Ruby D.")
    page.get_by_role("group", name="How well did it stick?").get_by_label("5").check()
    for field, answer in (("skin_type", "normal"), ("worn_on", "arm"), ("held", "16-24")):
        page.locator(f"[name={field}]").select_option(answer)
    jpeg = {"name": "swim.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    page.locator("[name=photo]").set_input_files(jpeg)
    page.locator("[name=photo_alt]").fill("The patch on my arm after a swim")
    send(page)


def photo_with_place() -> bytes:
    file, image = BytesIO(), Image.new("RGB", (900, 700), "#d8b89a")
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (42.0, 39.0, 9.0)
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def assert_no_place_in(path: str | None, shop) -> None:
    with urllib.request.urlopen(f"{shop.url}{path}") as answer:
        data = answer.read()
    assert b"PhoneMaker" not in data
    assert not dict(Image.open(BytesIO(data)).getexif())


def number_on(page: Page) -> int:
    heading = page.get_by_role("heading", level=1).inner_text()
    return int(re.search(r"number (\d+)", heading)[1])


def open_decision(desk: Page, shop, number: int) -> None:
    pk = shop.rows("select id from reviews_review where number = ?", number)[0][0]
    desk.goto(f"{shop.url}/admin/reviews/review/{pk}/decide/")


def show_the_photo(desk: Page, shop, number: int, axe, screenshot) -> None:
    open_decision(desk, shop, number)
    check_looks(desk, "staff-review-photo", axe, screenshot, DESKTOP, PHONE)
    photo = desk.locator("form", has=desk.locator("input[name=about][value=photo]"))
    photo.get_by_label("Show it", exact=True).check()
    photo.get_by_role("button", name="Decide on the photo").click()
    pk = shop.rows("select id from reviews_review where number = ?", number)[0][0]
    desk.goto(f"{shop.url}/admin/reviews/review/{pk}/change/")


def reply(desk: Page, axe, screenshot) -> None:
    desk.get_by_role("link", name="Reply", exact=True).click()
    desk.locator("[name=body]").fill(REPLY)
    desk.locator("[name=role]").fill("Customer care")
    check_looks(desk, "staff-review-reply", axe, screenshot, DESKTOP, PHONE)
    desk.get_by_role("button", name="Put it below the review").click()
