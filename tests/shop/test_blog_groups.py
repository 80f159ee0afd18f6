"""The roles around a post: who writes does not publish, who reviews does not write."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

pytestmark = pytest.mark.django_db

migration = import_module("shop.migrations.0007_who_writes_reviews_and_publishes")
schema_editor = SimpleNamespace(connection=connection)


def may(name):
    found = Permission.objects.filter(group__name=name, content_type__app_label="blog")
    return set(found.values_list("codename", flat=True))


def test_an_author_writes_and_submits_and_no_more():
    assert {"add_post", "change_post", "view_post", "submit_post"} <= may("Author")
    assert {"add_question", "change_question", "delete_question"} <= may("Author")
    assert not may("Author") & {
        *("review_post", "publish_post", "delete_post", "change_person", "change_tag"),
        *("change_revision", "add_reviewrecord", "change_postevent"),
    }


def test_an_editor_writes_and_keeps_the_shelves_and_lets_nothing_out():
    assert may("Author") < may("Editor") < may("Publisher")
    assert {"change_tag", "change_category", "change_person", "delete_picture"} <= may("Editor")
    assert not may("Editor") & {"review_post", "publish_post", "delete_post"}


def test_a_reviewer_reads_and_reviews_and_changes_nothing():
    assert {"view_post", "review_post", "view_revision"} <= may("Reviewer")
    assert {name for name in may("Reviewer") if not name.startswith("view_")} == {"review_post"}


def test_a_publisher_may_all_of_it_and_publish():
    assert may("Author") | may("Reviewer") < may("Publisher")
    assert {"publish_post", "change_tag", "change_person"} <= may("Publisher")
    assert "delete_post" not in may("Publisher")


def test_a_manager_may_all_that_others_may():
    assert may("Publisher") | {"delete_post"} == may("Manager")


def test_nobody_may_rewrite_the_records():
    for name in migration.GROUPS:
        assert not may(name) & {
            f"{verb}_{model}"
            for verb in ("add", "change", "delete")
            for model in ("revision", "reviewrecord", "postevent")
        }


def test_making_them_twice_changes_nothing_and_they_can_be_taken_away():
    before = {name: may(name) for name in migration.GROUPS}
    migration.grant(apps, schema_editor)
    assert {name: may(name) for name in migration.GROUPS} == before

    migration.remove_groups(apps, schema_editor)

    assert not Group.objects.filter(name__in=migration.NEW).exists()
    assert may("Author") == before["Author"]
