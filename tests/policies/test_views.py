from datetime import timedelta

import pytest
from django.utils import timezone

from policies import starter_content
from policies.models import Policy, PolicyVersion
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policies():
    starter_content.load(NOON)


def add_terms(days, words="New words."):
    return PolicyVersion.objects.create(
        policy=Policy.objects.get(slug="terms"),
        effective_from=timezone.localdate() + timedelta(days=days),
        body=f"## Changed\n\n{words}",
        change_note="We changed a word.",
    )


def test_page_shows_the_version_in_force_and_keeps_the_old_one(client):
    add_terms(0)
    now = client.get("/terms/").content.decode()
    assert "New words." in now
    assert "Version 2" in now
    assert "We changed a word." in now
    assert 'href="/terms/1/"' in now
    old = client.get("/terms/1/").content.decode()
    assert "New words." not in old
    assert "Earlier version:" in old
    assert 'href="/terms/">Read the version in effect now' in old
    assert '<meta name="robots" content="noindex, follow">' in old


def test_version_that_has_not_begun_is_not_shown(client):
    add_terms(1)
    assert client.get("/terms/2/").status_code == 404
    assert "New words." not in client.get("/terms/").content.decode()


@pytest.mark.parametrize(
    "path", ["/terms/9/", "/terms/0/", "/terms/01/", "/terms/99999999/", "/blog/1/", "/privacy/x/"]
)
def test_other_addresses_are_not_found(client, path):
    assert client.get(path).status_code == 404


def test_page_without_any_version_is_not_found(client):
    Policy.objects.get(slug="privacy").versions.model._base_manager.filter(
        policy__slug="privacy"
    )._raw_delete("default")
    assert client.get("/privacy/").status_code == 404


def test_return_policy_is_in_the_structured_data_as_in_the_words(client):
    response = client.get("/shipping-returns/")
    promise = response.context["meta"].json_ld[0]["hasMerchantReturnPolicy"]
    assert promise["merchantReturnDays"] == 30
    assert "within 30 days of delivery" in response.content.decode()


def test_contents_lead_to_the_sections(client):
    markup = client.get("/shipping-returns/").content.decode()
    assert 'href="#how-to-start-a-return"' in markup
    assert '<h2 id="how-to-start-a-return">' in markup
