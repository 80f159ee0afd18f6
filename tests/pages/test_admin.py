import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pages.models import FaqItem, InfoPage, Study

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


@pytest.mark.parametrize(
    "name",
    [
        "pages_infopage",
        "pages_pageblock",
        "pages_faqgroup",
        "pages_faqitem",
        "references_reference",
        "pages_studytopic",
        "pages_study",
        "pages_dailyamount",
        "pages_foodsource",
    ],
)
def test_staff_find_and_open_every_kind_of_text(manager, texts, name):
    url = reverse(f"admin:{name}_changelist")
    assert manager.get(url).status_code == 200
    assert manager.get(url, {"q": "b12"}).status_code == 200
    assert manager.get(reverse(f"admin:{name}_add")).status_code == 200


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
