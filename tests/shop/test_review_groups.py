"""Who decides on reviews, who replies, and the few who read what people tell of their health."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

from tests.reviews.makers import make_content, make_review
from tests.shop.test_staff_groups import log_in_as, permissions_of

pytestmark = pytest.mark.django_db
migration = import_module("shop.migrations.0010_who_decides_on_reviews")
schema_editor = SimpleNamespace(connection=connection)
HEALTH = {"reviews.view_safetycase", "reviews.handle_safetycase"}


def test_a_moderator_decides_and_replies_and_reads_no_health_data():
    may = permissions_of("Moderator")
    assert may == {
        *("reviews.view_review", "reviews.moderate_review", "reviews.reply_review"),
        *("claims.view_standingfinding", "claims.view_override", "claims.request_override"),
    }


def test_the_desk_replies_and_handles_reactions_but_decides_on_no_review():
    may = permissions_of("Order desk")
    assert {"reviews.reply_review", "pages.answer_visitorquestion"} | HEALTH <= may
    assert not may & {"reviews.moderate_review", "reviews.export_review"}


def test_a_manager_may_all_but_decide():
    """An export and the outbox hold what whoever decides must not know."""
    may = permissions_of("Manager")
    assert HEALTH | {"reviews.export_review", "reviews.reply_review", "reviews.view_review"} <= may
    assert "reviews.moderate_review" not in may
    for group in Group.objects.filter(permissions__codename="moderate_review"):
        assert not permissions_of(group.name) & {"reviews.export_review", "post_office.view_email"}
    assert {"reviews.change_campaign", "reviews.add_insider", "reviews.view_invitation"} <= may


@pytest.mark.parametrize("name", ["Author", "Editor", "Reviewer", "Publisher"])
def test_who_writes_texts_has_nothing_to_do_with_reviews(name):
    assert not {one for one in permissions_of(name) if one.startswith("reviews.")}


def test_nobody_changes_a_review_or_a_case_as_a_row():
    rows = ("review", "safetycase", "safetyentry", "reviewversion", "logentry", "flag")
    for group in Group.objects.all():
        for row in rows:
            for act in ("add", "change", "delete"):
                assert f"reviews.{act}_{row}" not in permissions_of(group.name)


@pytest.mark.parametrize(
    ("role", "decide", "case"),
    [
        ("Moderator", 200, 403),
        ("Order desk", 403, 200),
        ("Manager", 403, 200),
        ("Author", 403, 403),
    ],
)
def test_the_pages_hold_the_roles(role, decide, case):
    review = make_review(make_content(body="It left a red ring."))
    client = log_in_as(role)
    page = f"/admin/reviews/review/{review.pk}/decide/"
    assert client.get(page).status_code == decide
    page = f"/admin/reviews/safetycase/{review.safety_case.pk}/change/"
    assert client.get(page).status_code == case


def test_making_the_group_twice_changes_nothing():
    before = Permission.objects.count()
    names = {group.name: permissions_of(group.name) for group in Group.objects.all()}
    migration.grant(apps, schema_editor)
    assert {group.name: permissions_of(group.name) for group in Group.objects.all()} == names
    assert Permission.objects.count() == before


def test_the_group_can_be_taken_away_again():
    migration.remove_group(apps, schema_editor)
    assert not Group.objects.filter(name="Moderator").exists()
    assert Group.objects.filter(name="Manager").exists()
