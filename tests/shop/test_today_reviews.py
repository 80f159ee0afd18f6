"""The staff's front page tells of reviews, reported reactions and questions that wait."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from pages.models import VisitorQuestion
from reviews import safety
from reviews.models import FairnessCheck, Review, Source
from shop import admin_site, today
from tests.factories import make_staff
from tests.reviews.makers import make_content, make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db
MODERATE = ("reviews.view_review", "reviews.moderate_review")
HANDLE = ("reviews.handle_safetycase",)


def tasks_of(*permissions):
    return {task.label: task for task in today.overview(make_staff(*permissions)).tasks}


def make_work():
    """One that waits for a decision, one photo, one reaction, one that was asked about."""
    make_review(source=Source.SITE, email="jo@example.com", now=now())
    photo = make_review(make_content(body="Stays on well, see the photo of my arm."), now=now())
    Review.objects.filter(pk=photo.pk).update(photo_state=Review.PhotoState.WAITING)
    make_review(make_content(body="Gave me hives."), now=now())
    asked = make_review(make_content(body="My arm itched."), now=now()).safety_case
    safety.ask(asked, how="by mail", by="ana", now=now())


def test_reviews_that_wait_are_counted(django_assert_max_num_queries):
    make_work()
    user = make_staff(*MODERATE)
    with django_assert_max_num_queries(4):  # two of them find the permissions
        tasks = {task.label: task for task in today.overview(user).tasks}

    assert {label: (task.count, task.state) for label, task in tasks.items()} == {
        "Reviews to decide on": (1, "warn"),
        "Photos to look at": (1, "warn"),
        "Fairness check of reviews": (0, "bad"),
    }


def test_a_review_that_waited_too_long_is_urgent(settings):
    make_work()
    late = now() - timedelta(days=settings.REVIEW_DECIDE_DAYS, minutes=1)
    Review.objects.waiting().update(state_at=late)
    task = tasks_of(*MODERATE)["Reviews to decide on"]
    assert (task.state, task.hint) == ("bad", "one has waited longer than 7 days")


def test_a_photo_that_waited_too_long_is_urgent(settings):
    make_work()
    shown = Review.objects.get(photo_state=Review.PhotoState.WAITING)
    for days, told in (
        (settings.REVIEW_DECIDE_DAYS - 1, ("warn", "the words are shown already")),
        (settings.REVIEW_DECIDE_DAYS, ("bad", "one has waited longer than 7 days")),
    ):
        written_at = now() - timedelta(days=days, minutes=1)
        with unguarded(["reviews_reviewversion"]):
            shown.versions.update(written_at=written_at)
        # Staff move the words to and fro: the photo has waited as long as before.
        Review.objects.filter(pk=shown.pk).update(state_at=now())
        task = tasks_of(*MODERATE)["Photos to look at"]
        assert (task.state, task.hint) == told
    assert tasks_of(*MODERATE)["Reviews to decide on"].state == "warn"


def test_the_newest_fairness_check_counts():
    for days, is_fair in ((2, False), (1, True)):
        FairnessCheck.objects.create(checked_at=now() - timedelta(days=days), is_fair=is_fair)
    assert tasks_of(*MODERATE)["Fairness check of reviews"].count == 0
    FairnessCheck.objects.create(checked_at=now(), is_fair=False)
    assert today.overview(make_staff(*MODERATE, username="bo")).waiting[0].label == (
        "Fairness check of reviews"
    )


def test_reported_reactions_are_urgent_and_seen_by_few():
    make_work()
    tasks = tasks_of(*HANDLE)
    assert {label: (task.count, task.state) for label, task in tasks.items()} == {
        "Skin reactions reported": (1, "bad"),
        "Reactions asked about": (1, "info"),
    }


def test_questions_of_visitors_wait():
    VisitorQuestion.objects.create(question="Is it round?", asked_at=now())
    assert tasks_of("pages.view_visitorquestion")["Questions to answer"].count == 1


def test_every_count_leads_to_as_many_rows():
    make_work()
    user = make_staff(*MODERATE, *HANDLE)
    client = Client()
    client.force_login(user)
    for task in today.overview(user).tasks:
        page = client.get(task.path)
        assert page.status_code == 200, task.path
        if "cl" in (page.context or {}):
            assert page.context["cl"].result_count == task.count, task.path


def test_the_whole_front_page_keeps_to_its_queries(django_assert_max_num_queries):
    make_work()
    boss = make_staff(username="boss", is_superuser=True)
    with django_assert_max_num_queries(22):
        assert len(today.overview(boss).tasks) >= 20


def test_the_header_leads_to_each_kind_of_work_once():
    assert len(set(admin_site.NAVIGATION)) == len(admin_site.NAVIGATION)
