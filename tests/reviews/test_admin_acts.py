"""What staff do besides deciding: reply, label, erase, and the list of insiders."""

import pytest
from django.test import Client
from django.urls import reverse

from reviews import decisions
from reviews.models import Insider, Review, StaffReply
from tests.factories import make_staff
from tests.orders.admin_steps import words_of
from tests.reviews.deciding_steps import acts, shown, waiting, withhold
from tests.reviews.makers import NOW, make_review

pytestmark = pytest.mark.django_db
SEE, DECIDE, REPLY = "reviews.view_review", "reviews.moderate_review", "reviews.reply_review"
PAGES = ("reply", "take_back", "label", "erase")


def browser(*permissions, **user):
    client = Client()
    client.force_login(make_staff(*permissions, **user))
    return client


@pytest.fixture
def client():
    return browser(SEE, DECIDE, REPLY, username="sam")


def page(review, name):
    return reverse(f"admin:reviews_review_{name}", args=[review.pk])


def answered(client, review, body="Thank you for that."):
    return client.post(page(review, "reply"), {"body": body, "role": "Customer care"}, follow=True)


def test_a_reply_is_written_changed_and_taken_back(client):
    review = shown(stars=2)
    assert "It rates the patch with 2 of 5." in words_of(client.get(page(review, "reply")))

    said = words_of(answered(client, review))

    assert "The reply stands below the review." in said
    assert "Thank you for that. Customer care," in said
    assert "Change the reply" in said
    assert "Nothing is different." in words_of(answered(client, review))
    answered(client, review, "Thank you, we read it.")
    assert StaffReply.objects.get().body == "Thank you, we read it."
    client.post(page(review, "take_back"), {"note": "Wrong review"})
    assert not StaffReply.objects.exists()
    assert acts(review)[-1][2:] == ("sam", "Reply taken back: Wrong review")


def test_a_reply_that_claims_an_effect_is_not_put_there(client):
    review = shown()
    said = words_of(answered(client, review, "The patch cures anemia in a week."))
    assert "The patch cures anemia in a week." in said
    assert "Change it, or ask a second person to let it stand." in said
    assert not StaffReply.objects.exists()


def test_below_a_review_that_is_not_shown_there_is_no_reply(client):
    review = waiting()
    assert "This cannot be done" in words_of(client.get(page(review, "reply")))
    assert "This cannot be done" in words_of(answered(client, review))
    assert not StaffReply.objects.exists()


def test_the_record_says_that_nobody_reads_a_reply_of_a_withheld_review(client):
    review = shown()
    answered(client, review)
    withhold(review)
    said = words_of(client.get(reverse("admin:reviews_review_change", args=[review.pk])))
    assert "Nobody reads it while the review is not shown" in said


def test_a_label_is_set_and_taken_away_with_a_note(client):
    review = shown()
    refused = client.post(page(review, "label"), {"tie": "staff", "note": " "})
    assert "Say why: it is kept in the log." in words_of(refused)
    client.post(page(review, "label"), {"tie": "family", "note": "Her brother works here"})
    label = "Family or friend of somebody at the shop"
    assert Review.objects.get(pk=review.pk).insider_label == label
    assert 'value="family"' in client.get(page(review, "label")).content.decode()
    client.post(page(review, "label"), {"tie": "", "note": "Another Jo"})
    assert Review.objects.get(pk=review.pk).insider_label == ""


def test_erasing_asks_twice_and_then_leaves_no_words(client):
    review = shown(body="It held on through a swim.")
    done = {"note": "By mail", "sure": "on"}
    assert "This cannot be done" in words_of(client.post(page(review, "erase"), done))
    assert Review.objects.get(pk=review.pk).state == "shown"
    decisions.withdraw(review.pk, now=NOW)
    said = words_of(client.post(page(review, "erase"), {"note": "By mail"}))
    assert "Tick this to erase." in said
    assert "swim" in words_of(client.get(page(review, "erase").replace("erase", "change")))

    said = words_of(
        client.post(page(review, "erase"), {"note": "By mail", "sure": "on"}, follow=True)
    )

    assert "Erased at the author’s wish." in said
    assert "swim" not in said
    assert acts(review)[-1] == ("erased", "", "sam", "By mail")
    assert "This cannot be done" in words_of(client.get(page(review, "erase")))


@pytest.mark.parametrize(
    ("name", "permissions"),
    [(name, had) for name in PAGES for had in ((), (SEE,), (DECIDE, REPLY))]
    + [("reply", (SEE, DECIDE)), ("label", (SEE, REPLY)), ("erase", (SEE, REPLY))],
)
def test_without_the_permission_nobody_acts(name, permissions):
    review, client = shown(), browser(*permissions)
    before = acts(review)
    typed = {"note": "x", "sure": "on", "tie": "staff", "body": "Hello.", "role": "Care"}
    assert client.get(page(review, name)).status_code == 403
    assert client.post(page(review, name), typed).status_code == 403
    assert acts(review) == before


def test_an_insider_who_becomes_known_labels_what_they_wrote_before():
    client = browser(
        *("reviews.view_insider", "reviews.add_insider", "reviews.change_insider"),
    )
    review = shown()
    typed = {"address": "JO@Example.com ", "tie": "staff", "note": ""}
    said = words_of(client.post(reverse("admin:reviews_insider_add"), typed, follow=True))
    assert "Earlier reviews that carry the label now: 1." in said
    assert Insider.objects.get().address == "jo@example.com"
    assert Review.objects.get(pk=review.pk).insider_label == "Works for the shop"


def test_a_domain_of_everybody_is_refused_at_the_field_and_labels_nobody():
    client = browser("reviews.view_insider", "reviews.add_insider")
    review = make_review(email="jo@gmail.com")
    typed = {"address": "@Gmail.com", "tie": "staff", "note": "all of us"}
    response = client.post(reverse("admin:reviews_insider_add"), typed)
    assert response.context["adminform"].form.errors == {"address": [Insider.TOO_WIDE]}
    assert "all of us" in response.content.decode()
    assert not Insider.objects.exists()
    assert Review.objects.get(pk=review.pk).insider_label == ""
    assert acts(review)[-1][0] == "shown"
