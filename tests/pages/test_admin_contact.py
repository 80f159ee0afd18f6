"""The inbox of the contact form: read, answer by mail, mark as answered, keep what was answered."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pages.contact import Letter, keep_reaction, receive_message
from pages.models import ContactMessage
from tests.factories import NOON
from tests.orders.admin_steps import words_of

pytestmark = pytest.mark.django_db


def staff(*permissions):
    user = User.objects.create_user("ann", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager():
    return browser(User.objects.create_superuser("boss", password="x"))


@pytest.fixture
def desk():
    return browser(staff("view_contactmessage", "answer_contactmessage"))


@pytest.fixture
def message():
    words = Letter("Jo", "jo+x&y@example.com", "", "skin", "It itches.")
    return receive_message(words, sender="a", now=NOON)


def test_inbox_shows_what_waits_with_a_link_to_answer(message):
    client = browser(staff("view_contactmessage"))
    markup = client.get(reverse("admin:pages_contactmessage_changelist")).content.decode()
    assert "New: skin reaction" in markup
    assert f"mailto:jo%2Bx%26y@example.com?subject=Re%3A%20your%20message%20{message.pk}" in markup


def test_what_waits_stands_above_what_is_newer_and_answered(desk, message):
    for words in ("Newest, answered", "Newer, waits"):
        later = NOON + timedelta(hours=1)
        receive_message(Letter(words, "al@example.com", "", "order", "x"), sender="a", now=later)
    newest = ContactMessage.objects.get(name="Newest, answered")
    newest.mark_answered(by="bob", now=NOON)
    text = words_of(desk.get(reverse("admin:pages_contactmessage_changelist")))
    assert text.index("Newer, waits") < text.index(" Jo ") < text.index("Newest, answered")


def test_marking_as_answered_needs_its_permission(message):
    url = reverse("admin:pages_contactmessage_changelist")
    data = {"action": "mark_answered", "_selected_action": [message.pk]}
    reader = browser(staff("view_contactmessage"))
    assert "mark_answered" not in reader.get(url).content.decode()
    reader.post(url, data)
    message.refresh_from_db()
    assert message.state == ContactMessage.State.NEW


def test_staff_with_the_permission_mark_as_answered(message):
    client = browser(staff("view_contactmessage", "answer_contactmessage"))
    data = {"action": "mark_answered", "_selected_action": [message.pk]}
    client.post(reverse("admin:pages_contactmessage_changelist"), data)
    message.refresh_from_db()
    assert (message.state, message.answered_by) == ("answered", "ann")


def test_nobody_rewrites_or_invents_a_message(manager, message):
    url = reverse("admin:pages_contactmessage_change", args=[message.pk])
    assert manager.post(url, {"message": "Other words"}).status_code == 403
    assert manager.get(reverse("admin:pages_contactmessage_add")).status_code == 403
    message.refresh_from_db()
    assert message.message == "It itches."


def url_of(message, page="answer"):
    return reverse(f"admin:pages_contactmessage_{page}", args=[message.pk])


def test_a_message_is_marked_from_its_own_page_with_what_was_answered(desk, message):
    assert url_of(message) in desk.get(url_of(message, "change")).content.decode()
    page = desk.get(url_of(message))
    assert "It itches." in words_of(page)
    assert "mailto:jo%2Bx%26y@example.com" in page.content.decode()
    done = desk.post(url_of(message), {"answer": " Asked Jo to take it off. "}, follow=True)
    assert f"Message {message.pk} is marked as answered." in words_of(done)
    message.refresh_from_db()
    assert (message.state, message.answered_by) == ("answered", "ann")
    record = desk.get(url_of(message, "change"))
    assert "Asked Jo to take it off." in words_of(record)
    assert url_of(message) not in record.content.decode()


def test_what_was_answered_may_be_left_out_but_is_not_endless(desk, message):
    page = desk.post(url_of(message), {"answer": "x" * 4001})
    assert "at most 4000" in str(page.context["form"].errors["answer"])
    assert ContactMessage.objects.get().state == "new"
    desk.post(url_of(message), {"answer": ""})
    assert ContactMessage.objects.get().state == "answered"


def test_what_a_colleague_answered_is_not_overwritten(desk, message):
    message.mark_answered(by="bob", now=NOON, answer="Bob wrote.")
    assert "has been answered already" in words_of(desk.get(url_of(message)))
    desk.post(url_of(message), {"answer": "Ann wrote."})
    message.refresh_from_db()
    assert (message.answered_by, message.answer) == ("bob", "Bob wrote.")


def test_answering_needs_its_permission(message):
    reader = browser(staff("view_contactmessage"))
    assert reader.post(url_of(message), {"answer": "x"}).status_code == 403
    assert url_of(message) not in reader.get(url_of(message, "change")).content.decode()
    assert ContactMessage.objects.get().state == "new"


def test_a_message_that_does_not_exist_is_not_found(manager):
    assert manager.get("/admin/pages/contactmessage/999999/answer/").status_code == 404


def test_the_order_number_leads_to_the_order(manager, message):
    ContactMessage.objects.update(order_number="7KMP-3XW")
    for page in (url_of(message, "change"), reverse("admin:pages_contactmessage_changelist")):
        html = manager.get(page).content.decode()
        assert '<a href="/admin/orders/order/?q=7KMP3XW">7KMP-3XW</a>' in html, page


def test_a_message_without_an_address_offers_no_mail(desk):
    message = keep_reaction("It itches.", name="", email="", now=NOON)
    for page in (url_of(message), url_of(message, "change")):
        markup = desk.get(page).content.decode()
        assert "o address left" in markup
        assert "mailto:" not in markup
