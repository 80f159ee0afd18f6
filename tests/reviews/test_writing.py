"""The form that is open to everybody: what it takes, what it refuses, and what it says before."""

import re

import pytest
from django.conf import settings as django_settings
from django.test import Client
from post_office.models import Email

from reviews import links
from reviews.models import Review, ReviewVersion
from tests.factories import make_product
from tests.pages.page_content import visible_text
from tests.reviews.filled_forms import BODY, filled
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

PATH = "/reviews/write/"


@pytest.fixture(autouse=True)
def patch():
    return make_product(slug=django_settings.PRIMARY_PRODUCT_SLUG)


def words_of(response) -> str:
    return " ".join(visible_text(response.content.decode()).split())


def nothing_is_written() -> bool:
    return not (Review.objects.exists() or Email.objects.exists() or Attempt.objects.exists())


def test_form_is_the_same_for_everybody_and_sets_no_cookie(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(PATH)
    assert response.status_code == 200
    assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "csrf" not in response.content.decode()


def test_form_says_before_what_is_held_back_and_that_poor_ratings_are_shown(client):
    text = words_of(client.get(PATH))
    assert "One dot is shown like five" in text
    assert "Five things, and no others: private data, abuse, what is not about the product" in text
    assert "You may say that you are ill, and that the patch did nothing." in text
    assert "Take the patch off. See a doctor if it is bad or does not go away." in text
    assert "marked “not matched with an order”" in text
    assert text.index("What we hold back") < text.index("Your rating")


def test_rating_is_five_radio_buttons_in_a_group_with_words(client):
    markup = client.get(PATH).content.decode()
    group = re.search(r'<fieldset id="div_id_stars".*?</fieldset>', markup, re.DOTALL)[0]
    assert re.findall(r'type="radio" name="stars" value="(\d)"', group) == list("12345")
    assert "checked" not in group
    words = " ".join(visible_text(group).split())
    assert "1 of 5 Very poor" in words
    assert "4 of 5 Good" in words


def test_review_is_stored_as_unverified_and_its_author_led_to_their_own_page(client, patch):
    answers = {
        "sticking": "5",
        "skin_comfort": "4",
        "ease_of_use": "",
        "value": "1",
        "skin_type": "dry",
        "worn_on": "arm",
        "held": "24",
        "used_for": "months",
        "skin_reacted": "no",
    }
    response = client.post(PATH, filled(**answers))
    review = Review.objects.select_related("current").get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"{links.own_path(review)}?received=1"
    assert (review.product, review.source, review.is_verified) == (patch, "site", False)
    assert (review.email, review.state, review.number) == ("jo@example.com", "waiting", 1)
    version = review.current
    assert (version.stars, version.title, version.body) == (4, "Sticks well", BODY)
    assert (version.sticking, version.skin_comfort) == (5, 4)
    assert (version.ease_of_use, version.value) == (None, 1)
    assert (version.skin_type, version.worn_on, version.held) == ("dry", "arm", "24")
    assert version.used_for == "months"
    assert version.skin_reacted is False
    mail = Email.objects.get()
    assert mail.to == ["jo@example.com"]
    assert links.own_path(review) in mail.message
    assert not response.cookies


@pytest.mark.parametrize("stars", ["1", "2", "3", "4", "5"])
def test_every_rating_stands_the_same(client, stars):
    client.post(PATH, filled(stars=stars))
    review = Review.objects.get()
    assert (review.stars, review.state, review.reason) == (int(stars), "waiting", "")


def test_only_rating_words_name_and_address_are_asked_for(client):
    fields = ("stars", "body", "author_name", "email", "made_at")
    whole = filled()
    response = client.post(PATH, {name: whole[name] for name in fields})
    assert response.status_code == 302
    assert ReviewVersion.objects.get().skin_reacted is None


def test_nobody_can_set_what_comes_from_the_order(client):
    claimed = {
        "is_verified": "true",
        "order_line": "1",
        "source": "request",
        "invitation": "1",
        "incentive_label": "x",
        "state": "shown",
        "is_demo": "1",
        "number": "9",
    }
    client.post(PATH, filled(**claimed))
    review = Review.objects.get()
    assert (review.is_verified, review.order_line, review.source) == (False, None, "site")
    assert (review.state, review.number, review.is_demo) == ("waiting", 1, False)
    assert review.incentive_label == ""


@pytest.mark.parametrize(
    ("tie", "label"),
    [
        ("", ""),
        ("staff", "Works for the shop"),
        ("family", "Family or friend of somebody at the shop"),
        ("partner", "Earns a commission as a partner"),
        ("sample", "Got the product for free"),
    ],
)
def test_tie_to_the_shop_stands_beside_the_review(client, tie, label):
    client.post(PATH, filled(tie=tie))
    assert Review.objects.get().insider_label == label


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("stars", "", "Please choose from 1 to 5 dots."),
        ("stars", "0", "Please choose from 1 to 5 dots."),
        ("stars", "6", "Please choose from 1 to 5 dots."),
        ("stars", "4.5", "Please choose from 1 to 5 dots."),
        ("title", "x" * 121, "at most 120 characters"),
        ("title", "two\nlines", "Please write this on one line."),
        ("title", "mail me: jo@example.com", "Please leave out an email address"),
        ("title", "Buy at cheap-patches.com", "Please leave out web addresses."),
        ("body", "", "Please write a few words."),
        ("body", "too short", "Please write a little more: 20 letters or more."),
        ("body", f"{' ' * 40}short", "Please write a little more: 20 letters or more."),
        ("body", "x" * 4001, "at most 4000 characters"),
        ("body", f"{BODY}\x00", "Null characters are not allowed."),
        ("body", f"{BODY} Write to jo@example.com", "Please leave out an email address"),
        ("body", f"{BODY} Call 212-555-0123", "Please leave out a phone number"),
        ("author_name", "", "it need not be your real one"),
        ("author_name", "x" * 61, "at most 60 characters"),
        ("author_name", "Jo\u202eD", "Please write this on one line."),
        ("author_name", "jo@example.com", "Please leave out an email address"),
        ("author_name", "www.spam.example", "Please leave out web addresses."),
        ("photo_alt", "see www.spam.example", "Please leave out web addresses."),
        ("email", "", "the link to change your review goes there"),
        ("email", "nonsense", "This does not look like an email address"),
        ("email", "jo@example.com\nBcc: all@example.com", "does not look like an email address"),
        ("sticking", "6", "Please choose a number from 1 to 5."),
        ("value", "x", "Please choose a number from 1 to 5."),
        ("skin_type", "scaly", "Please choose from the list."),
        ("worn_on", "moon", "Please choose from the list."),
        ("held", "9", "Please choose from the list."),
        ("used_for", "9", "Please choose from the list."),
        ("skin_reacted", "maybe", "Please choose yes or no, or leave it open."),
        ("tie", "king", "Please choose from the list."),
        ("website", "https://spam.example", "Something filled in this field for you."),
    ],
)
def test_bad_input_gets_its_message_keeps_the_rest_and_stores_nothing(client, field, value, words):
    response = client.post(PATH, filled(held="24") | {field: value})
    markup = response.content.decode()
    assert response.status_code == 422
    assert words in words_of(response)
    assert "Please check these fields" in words_of(response)
    for name, kept in (("body", BODY), ("email", 'value="jo@example.com"')):
        if field != name:
            assert kept in markup
    if field != "stars":
        assert re.search(r'name="stars" value="4"[^>]* checked', markup)
    if field != "held":
        assert '<option value="24" selected>' in markup
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert nothing_is_written()


@pytest.mark.parametrize("field", ["stars", "skin_reacted", "sticking"])
def test_summary_of_errors_leads_to_a_group_of_radio_buttons(client, field):
    markup = client.post(PATH, filled(**{field: "9"})).content.decode()
    assert f'href="#div_id_{field}"' in markup
    assert f'id="div_id_{field}"' in markup
    described = "" if field == "stars" else f"id_{field}_helptext "
    assert f'aria-describedby="{described}id_{field}_error"' in markup
    assert f'id="id_{field}_error"' in markup


def test_web_addresses_in_the_words_are_taken_out_and_the_author_is_told(client):
    body = f"{BODY} More at https://spam.example/page today."
    response = client.post(PATH, filled(body=body), follow=True)
    version = ReviewVersion.objects.get()
    assert version.links_removed == 1
    assert "spam.example" not in version.body
    assert "We took them out of your words" in words_of(response)


def test_words_that_look_like_markup_stay_words(client):
    body = "<script>alert(1)</script> {{ settings.SECRET_KEY }} {% load x %}"
    response = client.post(PATH, filled(body=body), follow=True)
    assert "<script>alert(1)" not in response.content.decode()
    assert body in words_of(response)


def test_line_break_counts_as_one_letter(client):
    body = f"{'a word ' * 570}\r\n{'x' * 9}"
    assert len(body) == 4001
    assert client.post(PATH, filled(body=body)).status_code == 302
    assert "\r" not in ReviewVersion.objects.get().body


def test_statement_about_an_illness_is_taken_in_and_withheld_with_its_words_named(client):
    body = f"{BODY} It cured my neuropathy."
    response = client.post(PATH, filled(body=body, stars="5"), follow=True)
    assert Review.objects.get().state == "withheld"
    text = words_of(response)
    assert "It is about these words: It cured my neuropathy." in text
    assert "It is not your rating" in text


def test_report_of_a_reaction_is_shown_at_once(client):
    client.post(PATH, filled(skin_reacted="yes", stars="1"))
    review = Review.objects.get()
    assert (review.state, review.reports_reaction) == ("shown", True)
    assert review.safety_case.state == "open"


def test_post_from_another_site_is_refused():
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post(PATH, filled()).status_code == 403
    assert nothing_is_written()


def test_form_needs_no_token_and_no_cookie():
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    assert browser.post(PATH, filled()).status_code == 302


def test_form_needs_no_script(client):
    markup = client.get(PATH).content.decode()
    form = re.search(r"<form class=\"form\".*?</form>", markup, re.DOTALL)[0]
    assert 'method="post"' in form
    assert 'enctype="multipart/form-data"' in form
    assert "<script" not in form
    assert "onclick" not in form


def test_shop_without_the_product_has_nothing_to_review(client, patch):
    patch.delete()
    assert "There is no product to review yet." in words_of(client.get(PATH))
    assert client.post(PATH, filled()).status_code == 404
    assert nothing_is_written()
