import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pages.contact import Letter, receive_message
from pages.models import ContactMessage, FaqItem, InfoPage, Study
from tests.factories import NOON

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
def message():
    words = Letter("Jo", "jo+x&y@example.com", "", "skin", "It itches.")
    return receive_message(words, sender="a", now=NOON)


@pytest.mark.parametrize(
    "name",
    [
        "infopage",
        "pageblock",
        "faqgroup",
        "faqitem",
        "reference",
        "studytopic",
        "study",
        "dailyamount",
        "foodsource",
    ],
)
def test_staff_find_and_open_every_kind_of_text(manager, texts, name):
    url = reverse(f"admin:pages_{name}_changelist")
    assert manager.get(url).status_code == 200
    assert manager.get(url, {"q": "b12"}).status_code == 200
    assert manager.get(reverse(f"admin:pages_{name}_add")).status_code == 200


def test_text_with_an_unknown_source_is_refused_next_to_its_field(manager, texts):
    item = FaqItem.objects.get(slug="itch")
    url = reverse("admin:pages_faqitem_change", args=[item.pk])
    data = {
        "group": item.group_id,
        "slug": "itch",
        "question": "It itches.",
        "answer": "See [@nope].",
        "position": 1,
        "is_published": "on",
    }
    response = manager.post(url, data)
    assert "No source with this key: [@nope]" in response.content.decode()
    assert manager.post(url, {**data, "answer": "See [@r5]."}).status_code == 302
    item.refresh_from_db()
    assert item.answer == "See [@r5]."
    assert item.history.count() == 2
    assert item.history.first().history_user.username == "boss"


def test_changed_study_keeps_its_history(manager, texts):
    study = Study.objects.get(slug="dalton-rule")
    assert manager.get(reverse("admin:pages_study_history", args=[study.pk])).status_code == 200


def test_name_of_a_page_is_fixed(manager, texts):
    page = InfoPage.objects.get(slug="home")
    response = manager.get(reverse("admin:pages_infopage_change", args=[page.pk]))
    assert 'name="slug"' not in response.content.decode()


def test_inbox_shows_what_waits_with_a_link_to_answer(message):
    client = browser(staff("view_contactmessage"))
    markup = client.get(reverse("admin:pages_contactmessage_changelist")).content.decode()
    assert "New: skin reaction" in markup
    assert f"mailto:jo%2Bx%26y@example.com?subject=Re%3A%20your%20message%20{message.pk}" in markup


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
