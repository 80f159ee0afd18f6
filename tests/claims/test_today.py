"""The staff's front page and roles: who learns of claims, who asks, who decides."""

import pytest
from django.contrib.auth.models import Group, Permission

from claims import desk, nightly
from shop import today
from tests.claims.texts import NOON, requested, text
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def counts(*permissions):
    tasks = today.overview(make_staff(*permissions)).tasks
    return {task.label: (task.count, task.path) for task in tasks}


def test_claims_that_stand_and_requests_that_wait_are_counted():
    nightly.look_again("tests.page:1", [text()], NOON)
    waits = requested()
    path = "/admin/claims/standingfinding/"

    assert counts("claims.view_standingfinding") == {"Claims to look at": (2, path)}
    assert counts("claims.decide_override") == {
        "Sentences to decide on": (1, "/admin/claims/override/?state__exact=requested")
    }
    assert counts("orders.view_order").keys().isdisjoint({"Claims to look at"})

    desk.allow(waits, by="ben", now=NOON)

    assert counts("claims.view_standingfinding") == {"Claims to look at": (1, path)}
    assert counts("claims.decide_override")["Sentences to decide on"][0] == 0


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("Author", {"view_standingfinding", "view_override", "request_override"}),
        ("Editor", {"view_standingfinding", "view_override", "request_override"}),
        ("Reviewer", {"view_standingfinding", "view_override", "request_override"}),
        (
            "Publisher",
            {"view_standingfinding", "view_override", "request_override", "decide_override"},
        ),
        (
            "Manager",
            {"view_standingfinding", "view_override", "request_override", "decide_override"},
        ),
        ("Order desk", set()),
    ],
)
def test_authors_ask_and_publishers_decide(role, may):
    group = Group.objects.get(name=role)
    found = Permission.objects.filter(group=group, content_type__app_label="claims")

    assert set(found.values_list("codename", flat=True)) == may
