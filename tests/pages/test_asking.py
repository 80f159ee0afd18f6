"""The page on which visitors ask a question."""

import pytest
from django.test import Client
from post_office.models import Email

from pages.models import FaqItem, VisitorQuestion
from tests.pages.page_content import visible_text

pytestmark = pytest.mark.django_db

GOOD = {
    "question": "  Can I wear it\r\n on my   ankle? ",
    "name": "Jo Doe",
    "email": "jo@example.com",
    "website": "",
}


def test_a_question_is_taken_in_one_line_and_shown_to_nobody(client):
    response = client.post("/ask/", GOOD)
    assert (response.status_code, response.headers["Location"]) == (302, "/ask/sent/")
    question = VisitorQuestion.objects.get()
    assert (question.question, question.email) == ("Can I wear it on my ankle?", "jo@example.com")
    assert not FaqItem.objects.exists()
    assert not Email.objects.exists()
    assert not response.cookies


def test_name_and_email_may_be_left_out(client):
    assert client.post("/ask/", {"question": "Is the box recyclable?"}).status_code == 302
    question = VisitorQuestion.objects.get()
    assert (question.name, question.email) == ("", "")


def test_the_page_says_who_answers_what_is_shown_and_where_a_reaction_goes(client, texts):
    text = visible_text(client.get("/ask/").content.decode())
    for words in (
        "Our staff answer, and the answer joins the FAQ for everybody.",
        "We write the question in our own words. Your name and email are not shown.",
        "Please leave out health details",
        "We cannot give medical advice",
        "choose “My skin reacted”",
        "Only if you want one email with the answer.",
        "Your name and email are erased within 31 days after our answer",
    ):
        assert words in text


def test_the_page_after_it_says_what_happens_next_and_is_not_indexed(client, texts):
    response = client.post("/ask/", GOOD, follow=True)
    assert "A person reads it, usually within 2 business days." in visible_text(
        response.content.decode()
    )
    assert response.context["meta"].robots == "noindex"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("question", "", "Please write your question."),
        ("question", "Why me?", "Please write a few words more."),
        ("question", "a          ?", "Please write a few words more."),
        ("question", "x" * 301, "at most 300 characters"),
        ("question", "Can I wear\x00 it?", "Null characters are not allowed."),
        ("name", "Jo\r\nBcc: all@example.com", "Please write this on one line."),
        ("name", "x" * 81, "at most 80 characters"),
        ("email", "not an address", "This does not look like an email address"),
        ("email", "jo@example.com\nBcc: all@example.com", "does not look like an email address"),
        ("website", "https://spam.example", "Something filled in this field for you."),
    ],
)
def test_bad_input_gets_its_message_keeps_the_rest_and_stores_nothing(client, field, value, words):
    response = client.post("/ask/", {**GOOD, field: value})
    text = visible_text(response.content.decode())
    assert response.status_code == 422
    assert words in text
    assert "Please check these fields" in text
    if field != "question":
        assert "on my ankle?" in text
    if field != "name":
        assert 'value="Jo Doe"' in response.content.decode()
    assert not VisitorQuestion.objects.exists()
    assert "no-store" in response.headers["Cache-Control"]


def test_sixth_question_of_an_hour_is_refused_with_its_words_kept(client):
    for _ in range(5):
        assert client.post("/ask/", GOOD).status_code == 302
    response = client.post("/ask/", GOOD)
    assert response.status_code == 429
    text = visible_text(response.content.decode())
    assert "Please send them again in an hour" in text
    assert "on my ankle?" in text
    assert VisitorQuestion.objects.count() == 5


def test_a_question_from_another_site_is_refused():
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post("/ask/", GOOD).status_code == 403
    assert not VisitorQuestion.objects.exists()


def test_markup_in_a_question_is_shown_as_words(client):
    page = client.post("/ask/", {**GOOD, "question": "<script>alert(1)</script>", "email": "x"})
    assert "&lt;script&gt;alert(1)" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
