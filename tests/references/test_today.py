"""The staff's front page: statements that wait, end or lapsed, and the posts that still cite them."""

import pytest
from django.utils import timezone

from references import statements
from shop import today
from tests.blog.making import make_published_post
from tests.factories import make_staff
from tests.references.writing import DAY, approved, written

pytestmark = pytest.mark.django_db

LIST = "/admin/references/statement/"


def counts(*permissions):
    tasks = today.overview(make_staff(*permissions)).tasks
    return {task.label: (task.count, task.path) for task in tasks}


def test_lapsed_statements_are_counted_with_the_public_posts_that_cite_them():
    now = timezone.now()
    statement = approved(now=now)
    approved("ending", now=now - 320 * DAY)
    written("waiting")
    for _ in range(2):
        make_published_post(
            now=now, body="<p>Adults need 2.4 micrograms [claim:amount] [ref:{key}].</p>"
        )

    assert counts("references.view_statement") == {
        "Posts on lapsed statements": (0, f"{LIST}?state=lapsed"),
        "Statements to look at": (1, f"{LIST}?state=due"),
    }
    assert counts("references.approve_statement") == {
        "Statements to approve": (1, f"{LIST}?state=waiting")
    }

    statements.withdraw(statement, by="eve", now=now, because="Retracted.")

    assert counts("references.view_statement")["Posts on lapsed statements"][0] == 2


def test_a_fresh_shop_has_nothing_to_look_at(django_assert_max_num_queries):
    written(by="")
    user = make_staff("references.view_statement", "references.approve_statement")

    with django_assert_max_num_queries(5):  # two of them find the permissions
        tasks = today.overview(user).tasks

    assert [task.count for task in tasks] == [0, 0, 0]
