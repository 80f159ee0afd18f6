"""The page of a decision: words, photo, what the rules noticed; never how it rates the patch."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from reviews import decisions, submitting
from reviews.models import LogEntry, Review, ReviewVersion, Source
from tests.factories import make_staff
from tests.orders.admin_steps import words_of
from tests.reviews.deciding_steps import CLAIM, CURE, acts, let_stand, shown, waiting, withheld
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
SEE, DECIDE = "reviews.view_review", "reviews.moderate_review"


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def browser(*permissions, **user):
    client = Client()
    client.force_login(make_staff(*permissions, **user))
    return client


@pytest.fixture
def client():
    return browser(SEE, DECIDE, username="sam")


def page(review):
    return reverse("admin:reviews_review_decide", args=[review.pk])


def hidden_on(response, about="words"):
    """What the form of the page sends unseen."""
    pattern = rf'name="({about}-(?:version|seen))"\s+value="(\d+)"'
    return dict(re.findall(pattern, response.content.decode()))


def send(client, review, decision, note="", about="words"):
    """Open the page and send the form as a browser does."""
    hidden = hidden_on(client.get(page(review)), about)
    typed = {f"{about}-decision": decision, f"{about}-note": note, "about": about}
    return client.post(page(review), {**hidden, **typed})


def state(review):
    row = Review.objects.get(pk=review.pk)
    return row.state, row.reason


def test_showing_goes_on_to_the_next_and_wraps_around(client):
    first, second = waiting(), waiting()

    response = send(client, second, "show")

    assert response.url == page(first)
    assert state(second) == ("shown", "")
    assert acts(second)[-1][2] == "sam"
    response = send(client, first, "abuse", "the last sentence")
    assert response.url == reverse("admin:reviews_review_changelist")
    assert state(first) == ("withheld", "abuse")
    said = words_of(client.get(response.url))
    assert f"Review {first.number} is withheld, and its author is told." in said
    assert "Nothing else waits." in said


def test_the_page_says_what_a_reason_covers_and_that_a_rating_is_none(client):
    said = words_of(client.get(page(waiting(body="It did not stick. Awful."))))
    assert "A poor rating, anger, no effect or a skin reaction is no reason" in said
    assert "Withhold: Private data of a person Covers contact data" in said
    assert "Withhold: Signs that it is not real" in said
    assert "Withhold: A claim about an illness" not in said
    assert "the author gets this line by mail" in said


@pytest.mark.parametrize(
    ("decision", "note", "message"),
    [
        ("", "", "Choose one."),
        ("abuse", "  ", "Say what it is about"),
        ("unlawful_claim", "x", "Select a valid choice"),
        ("ugly", "x", "Select a valid choice"),
    ],
)
def test_an_incomplete_decision_changes_nothing_and_keeps_what_was_typed(
    client, decision, note, message
):
    review = waiting()
    response = send(client, review, decision, note)
    assert response.status_code == 200
    assert message in words_of(response)
    assert "<title>Error: " in response.content.decode()
    assert state(review) == ("waiting", "")
    if decision == "abuse":
        assert re.search(r'value="abuse"[^>]* checked', response.content.decode())


def test_an_author_who_changed_it_meanwhile_is_read_again(client):
    review = waiting()
    hidden = hidden_on(client.get(page(review)))
    submitting.edit(review.pk, make_content(body="Now it says this."), now=NOW)

    response = client.post(page(review), {**hidden, "about": "words", "words-decision": "show"})

    said = words_of(response)
    assert "Its author has changed it since you opened it. Please read it again." in said
    assert "Now it says this." in said
    assert state(review) == ("waiting", "")
    # The page holds the new words: now they can be decided on.
    assert send(client, review, "show").status_code == 302


def test_of_two_staff_at_once_the_second_sees_what_the_first_decided(client):
    review, other = waiting(), browser(SEE, DECIDE)
    hidden = hidden_on(client.get(page(review)))
    send(other, review, "show")

    typed = {"about": "words", "words-decision": "abuse", "words-note": "all of it"}
    response = client.post(page(review), {**hidden, **typed})

    assert "Somebody has decided on it since you opened it." in words_of(response)
    assert state(review) == ("shown", "")
    assert LogEntry.objects.filter(kind="withheld").count() == 0


def test_a_withheld_review_is_shown_after_all_by_two_on_the_same_page(client):
    review = withheld()
    assert "Why can it be shown after all?" in words_of(client.get(page(review)))
    assert "Say why" in words_of(send(client, review, "show"))
    response = send(client, review, "show", "It is a quotation.")
    assert state(review) == ("waiting", "")
    assert acts(review)[-1][3] == "It is a quotation."
    # They are not led to it again, and cannot decide on it where they open it.
    assert response.url == reverse("admin:reviews_review_changelist")
    assert "A second person decides whether it is shown." in words_of(client.get(page(review)))
    assert "Somebody else decides on that." in words_of(send(client, review, "show"))
    other = browser(SEE, DECIDE)
    assert "one of us would show it after all" in words_of(other.get(page(review)))
    send(other, review, "show")
    assert state(review) == ("shown", "")


def test_a_shown_review_is_withheld_by_two_on_the_same_page(client):
    review = shown()
    said = words_of(client.get(page(review)))
    assert "Is one of these true of them?" in said
    assert "Show it" not in said
    assert "takes you and a second person" in said
    response = send(client, review, "private_data", "“Wendy from no. 7”")
    assert state(review) == ("waiting", "")
    followed = words_of(client.get(response.url))
    assert "is noted: a second person decides. Until then nobody else sees the review." in followed
    other = browser(SEE, DECIDE)
    said = words_of(other.get(reverse("admin:reviews_review_next"), follow=True))
    assert "one of us would withhold it" in said
    assert "“Wendy from no. 7”" in said
    send(other, review, "private_data", "her name")
    assert state(review) == ("withheld", "private_data")


def test_a_photo_is_decided_on_apart_and_the_page_stays_until_both_are(client):
    content = make_content(photo=Image.new("RGB", (400, 300), "teal"), photo_alt="My wrist")
    review = make_review(content, source=Source.SITE)
    markup = client.get(page(review)).content.decode()
    assert "<picture>" in markup
    assert "The author says it shows: My wrist" in markup

    assert send(client, review, "show").url == page(review)
    assert "The photo, apart from the words" in words_of(client.get(page(review)))
    send(client, review, "private_data", "a face", about="photo")

    row = Review.objects.get(pk=review.pk)
    assert (row.state, row.photo_state, row.photo_reason) == ("shown", "withheld", "private_data")
    assert "The author is not told" in words_of(client.get(page(review)))
    send(client, review, "show", "it is a drawing", about="photo")
    assert Review.objects.get(pk=review.pk).photo_state == "shown"
    last = review.log.order_by("sequence").last()
    assert (last.kind, last.note) == ("photo_shown", "it is a drawing")


def test_a_claim_waits_for_two_people_and_is_looked_at_again(client):
    asking = browser(SEE, DECIDE, "claims.request_override")
    review = shown(body=CLAIM)

    said = asking.get(page(review))
    assert CURE in words_of(said)
    assert "Ask to show it" not in words_of(said)
    asks = re.findall(r'href="(/admin/claims/override/ask/[^"]+)"', said.content.decode())
    assert CURE in words_of(asking.get(asks[0].replace("&amp;", "&")))
    assert "Ask to let it stand" not in words_of(client.get(page(review)))
    look = {"about": "look"}
    assert "it stays as it was" in words_of(client.post(page(review), look, follow=True))

    let_stand(review)

    assert "is now shown" in words_of(client.post(page(review), look, follow=True))
    assert state(review) == ("shown", "")


def test_a_claim_in_a_buyer_s_own_words_stands_there_in_them(client):
    said = words_of(client.get(page(shown(body="my feet arent numb anymore"))))
    assert said.count("my feet arent numb anymore") == 2
    assert "cures illness" not in said


def test_whoever_cannot_see_reviews_cannot_read_them_where_they_ask():
    review = shown(body=CLAIM)
    stranger = browser("claims.request_override")
    query = {"subject": f"reviews.review:{review.pk}", "field": "body", "sentence": CURE}
    response = stranger.get(reverse("admin:claims_override_ask"), {**query, "rule": "completely"})
    assert response.status_code == 404
    assert CURE not in response.content.decode()


def test_on_a_withdrawn_review_there_is_no_form(client):
    review = waiting()
    decisions.withdraw(review.pk, now=NOW)
    said = words_of(client.get(page(review)))
    assert "Its author has withdrawn it." in said
    assert "Look at it again" not in said


@pytest.mark.parametrize("permissions", [(), (SEE,), (DECIDE,)])
def test_without_the_permissions_nobody_decides(permissions):
    review, client = waiting(), browser(*permissions)
    assert client.get(page(review)).status_code == 403
    typed = {"about": "words", "words-decision": "show", "words-version": review.current_id}
    assert client.post(page(review), {**typed, "words-seen": 2}).status_code == 403
    assert client.get(reverse("admin:reviews_review_next")).status_code == 403
    assert state(review) == ("waiting", "")


def test_the_next_one_is_the_oldest_that_waits(client):
    assert client.get(reverse("admin:reviews_review_next")).url == "/admin/reviews/review/"
    shown()
    review = waiting()
    waiting()
    assert client.get(reverse("admin:reviews_review_next")).url == page(review)


def neutral(response):
    """The page without what is different between any two reviews: keys, numbers, tokens."""
    markup = response.content.decode()
    for pattern in (
        r'name="csrfmiddlewaretoken"\s+value="[^"]+"',
        r'-(?:version|seen)"\s+value="\d+"',
        r"review/\d+/",
        r"[Rr]eview <?[^<>]*>?\d+",
        r"<a[^>]*>\d+</a>",
        r"\d+ waits? for a decision|\d+ wait, for a decision",
        r'<a class="button"[^>]*>Leave it[^<]+</a>',
    ):
        markup = re.sub(pattern, "", markup)
    return " ".join(markup.split())


@pytest.mark.parametrize("make", [waiting, withheld, shown])
def test_two_reviews_that_differ_only_in_ratings_have_the_same_page(client, make):
    pages = []
    for stars in (1, 5):
        ratings = dict.fromkeys(("sticking", "skin_comfort", "ease_of_use", "value"), stars)
        review = make(stars=stars, body="It has a round shape, as the pack says.", **ratings)
        pages.append(neutral(client.get(page(review))))
        ReviewVersion.objects.filter(review=review).update(words_hash="", words_print="")
    assert pages[0] == pages[1]
    assert not re.search(r"\bstars?\b", pages[0])


def test_the_page_needs_the_same_queries_however_long_its_history(client):
    def needed():
        with CaptureQueriesContext(connection) as queries:
            client.get(page(review))
        return len(queries)

    review = waiting()
    submitting.edit(review.pk, make_content(), now=NOW)
    few = needed()
    for _ in range(3):
        submitting.edit(review.pk, make_content(), now=NOW)
    assert needed() == few <= 16
