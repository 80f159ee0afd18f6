from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from policies import starter_content
from policies.models import Policy, PolicyVersion
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    starter_content.load(NOON)
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


def test_lists_and_pages_open(manager):
    version = PolicyVersion.objects.first()
    policy = Policy.objects.first()
    assert version
    assert policy
    for url in (
        reverse("admin:policies_policy_changelist"),
        reverse("admin:policies_policy_change", args=[policy.pk]),
        reverse("admin:policies_policyversion_changelist"),
        reverse("admin:policies_policyversion_change", args=[version.pk]),
        reverse("admin:policies_policyversion_add"),
    ):
        assert manager.get(url).status_code == 200


def test_new_version_starts_from_the_words_of_the_last_and_gets_the_next_number(manager):
    policy = Policy.objects.get(slug="terms")
    url = reverse("admin:policies_policyversion_add")
    assert (
        "How an order becomes binding" in manager.get(url, {"policy": policy.pk}).content.decode()
    )
    data = {
        "policy": policy.pk,
        "effective_from": timezone.localdate() + timedelta(days=3),
        "change_note": "Shorter.",
        "body": "Words",
    }
    assert manager.post(url, data).status_code == 302
    assert list(policy.versions.values_list("version", flat=True)) == [2, 1]


def test_a_version_leads_to_its_page_once_it_has_begun(manager):
    begun = PolicyVersion.objects.get(policy__slug="terms")
    coming = PolicyVersion.objects.create(
        policy=begun.policy,
        effective_from=timezone.localdate() + timedelta(days=1),
        body="x",
        change_note="x",
    )
    for version, is_public in ((begun, True), (coming, False)):
        page = manager.get(
            reverse("admin:policies_policyversion_change", args=[version.pk])
        ).content.decode()
        assert ("viewsitelink" in page) is is_public


def test_new_version_in_the_past_is_refused_next_to_its_field(manager):
    data = {
        "policy": Policy.objects.get(slug="terms").pk,
        "effective_from": "2026-01-01",
        "change_note": "x",
        "body": "x",
    }
    response = manager.post(reverse("admin:policies_policyversion_add"), data)
    assert "Choose today or a later day." in response.content.decode()


def test_version_in_force_is_read_only(manager):
    version = PolicyVersion.objects.get(policy__slug="terms")
    url = reverse("admin:policies_policyversion_change", args=[version.pk])
    assert manager.post(url, {"body": "Other"}).status_code == 403
    assert (
        manager.post(reverse("admin:policies_policyversion_delete", args=[version.pk])).status_code
        == 403
    )
    assert (
        "delete_selected"
        not in manager.get(reverse("admin:policies_policyversion_changelist")).content.decode()
    )
