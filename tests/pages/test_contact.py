from datetime import timedelta

import pytest
from django.test import Client
from post_office.models import Email

from pages.contact import KEEP, Letter, TooManyMessages, forget_old, receive_message
from pages.models import ContactMessage
from tests.factories import NOON
from tests.pages.page_content import visible_text

pytestmark = pytest.mark.django_db

GOOD = {
    "name": "Jo Doe",
    "email": "jo@example.com",
    "topic": "order",
    "order_number": " b7-kq2 m ",
    "message": "Where is my parcel?",
    "website": "",
}


def letter(**fields):
    return Letter(
        **{
            "name": "Jo",
            "email": "jo@example.com",
            "order_number": "",
            "topic": "order",
            "message": "Hello",
            **fields,
        }
    )


def test_message_is_stored_and_staff_get_a_mail_they_can_answer(client, settings):
    settings.STAFF_EMAIL = "desk@example.com"
    response = client.post("/contact/", GOOD)
    assert (response.status_code, response.headers["Location"]) == (302, "/contact/thanks/")
    message = ContactMessage.objects.get()
    assert (message.name, message.order_number, message.state) == ("Jo Doe", "B7-KQ2M", "new")
    mail = Email.objects.get()
    assert mail.to == ["desk@example.com"]
    assert mail.headers == {"Reply-To": "jo@example.com"}
    assert mail.subject == f"Contact message {message.pk} about order B7-KQ2M"
    assert "Where is my parcel?" in mail.message
    assert f"/admin/pages/contactmessage/{message.pk}/change/" in mail.html_message


def test_contact_page_says_who_answers_and_that_they_are_no_doctors(client, texts, settings):
    text = visible_text(client.get("/contact/").content.decode())
    assert "The people who pack your parcel also read your messages" in text
    assert "Nobody here is a doctor, nurse or pharmacist" in text
    assert "The shop and its team are made up." in text
    settings.DEMO = False
    assert "made up" not in visible_text(client.get("/contact/").content.decode())


def test_thank_you_page_says_what_happens_next_and_when_without_a_cookie(client, texts):
    response = client.post("/contact/", GOOD, follow=True)
    text = visible_text(response.content.decode())
    assert "You get an answer by email within 2 business days" in text
    assert not response.cookies
    assert response.context["meta"].robots == "noindex"


def test_report_of_a_skin_reaction_stays_out_of_the_mail(client):
    client.post("/contact/", {**GOOD, "topic": "skin", "message": "A red rash on my wrist"})
    mail = Email.objects.get()
    assert ContactMessage.objects.get().is_safety_report
    assert "rash" not in mail.message + mail.html_message + mail.subject
    assert "skin reaction" not in mail.subject


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Please tell us your name."),
        ("name", "x" * 81, "at most 80 characters"),
        ("name", "Jo\r\nBcc: all@example.com", "Please write this on one line."),
        ("name", "Jo\x00", "Null characters are not allowed."),
        ("email", "", "so that we can answer"),
        ("email", "not an address", "This does not look like an email address"),
        ("email", "jo@example.com\nBcc: all@example.com", "does not look like an email address"),
        ("email", f"{'x' * 250}@example.com", "at most 254 characters"),
        ("topic", "", "Please choose a topic."),
        ("topic", "nonsense", "Please choose a topic from the list."),
        ("order_number", "1; DROP TABLE", "Letters, digits and hyphens only."),
        ("order_number", "A" * 21, "at most 20 characters"),
        ("message", "", "Please write your message."),
        ("message", "x" * 4001, "at most 4000 characters"),
        ("message", "a\x00b", "Null characters are not allowed."),
        ("website", "https://spam.example", "Something filled in this field for you."),
    ],
)
def test_bad_input_gets_its_message_keeps_the_rest_and_stores_nothing(client, field, value, words):
    response = client.post("/contact/", {**GOOD, field: value})
    text = visible_text(response.content.decode())
    assert response.status_code == 422
    assert words in text
    assert "Please check these fields" in text
    if field not in ("message", "name"):
        assert "Where is my parcel?" in text
        assert 'value="Jo Doe"' in response.content.decode()
    assert not ContactMessage.objects.exists()
    assert not Email.objects.exists()
    assert (
        response.headers["Cache-Control"] == "no-store, private"
        or "no-store" in response.headers["Cache-Control"]
    )


def test_trap_is_emptied_and_shown_so_that_a_person_can_send_again(client):
    markup = client.post("/contact/", {**GOOD, "website": "x"}).content.decode()
    assert "spam" not in markup
    assert 'class="hp"' not in markup
    assert 'name="website" value=' not in markup
    blank = client.get("/contact/").content.decode()
    assert 'aria-hidden="true"' in blank[blank.index('class="hp"') - 40 :]


def test_words_that_look_like_markup_are_shown_as_words(client):
    message = "<script>alert(1)</script> {{ settings.SECRET_KEY }} {% load x %}"
    client.post("/contact/", {**GOOD, "name": "{{ x }} <b>", "message": message})
    mail = Email.objects.get()
    assert "&lt;script&gt;" in mail.html_message
    assert message in mail.message
    assert "{{ settings.SECRET_KEY }}" in mail.message


def test_sixth_message_of_an_hour_is_refused_with_its_words_kept(client):
    for _ in range(5):
        assert client.post("/contact/", GOOD).status_code == 302
    response = client.post("/contact/", GOOD)
    assert response.status_code == 429
    text = visible_text(response.content.decode())
    assert "Please send them again in an hour" in text
    assert "Where is my parcel?" in text
    assert ContactMessage.objects.count() == Email.objects.count() == 5


def test_limit_opens_again_after_an_hour_and_holds_for_each_network():
    for _ in range(5):
        receive_message(letter(), sender="203.0.113.0/24", now=NOON)
    with pytest.raises(TooManyMessages):
        receive_message(letter(), sender="203.0.113.0/24", now=NOON + timedelta(minutes=59))
    receive_message(letter(), sender="198.51.100.0/24", now=NOON)
    receive_message(letter(), sender="203.0.113.0/24", now=NOON + timedelta(minutes=61))
    assert ContactMessage.objects.count() == 7


def test_no_address_of_the_sender_is_kept():
    message = receive_message(letter(), sender="203.0.113.0/24", now=NOON)
    other_day = receive_message(letter(), sender="203.0.113.0/24", now=NOON + timedelta(days=1))
    assert "203.0.113" not in message.sender_key_hash
    assert message.sender_key_hash != other_day.sender_key_hash


def test_message_from_another_site_is_refused():
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post("/contact/", GOOD).status_code == 403
    assert not ContactMessage.objects.exists()


def test_mail_and_message_are_stored_together_or_not_at_all(settings):
    settings.STAFF_EMAIL = "x" * 300
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever the outbox refuses)
        receive_message(letter(), sender="203.0.113.0/24", now=NOON)
    assert not ContactMessage.objects.exists()


def test_messages_are_forgotten_after_two_years():
    old = receive_message(letter(), sender="a", now=NOON - KEEP - timedelta(minutes=1))
    kept = receive_message(letter(), sender="a", now=NOON - KEEP + timedelta(minutes=1))
    assert forget_old(NOON) == (1, 1)
    assert list(ContactMessage.objects.all()) == [kept]
    assert old.pk != kept.pk


def test_hash_of_the_sender_is_forgotten_after_two_days():
    old = receive_message(letter(), sender="a", now=NOON - timedelta(days=2, minutes=1))
    fresh = receive_message(letter(), sender="a", now=NOON)
    assert forget_old(NOON) == (0, 1)
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.sender_key_hash, old.message) == ("", "Hello")
    assert fresh.sender_key_hash


def test_marking_as_answered_counts_once():
    message = receive_message(letter(), sender="a", now=NOON)
    assert message.mark_answered(by="ann", now=NOON)
    assert not message.mark_answered(by="bob", now=NOON)
    message.refresh_from_db()
    assert (message.state, message.answered_by) == ("answered", "ann")
