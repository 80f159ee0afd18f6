"""The page of a safety case: only for who handles them, with what to say, to ask and to record."""

from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from reviews import safety
from reviews.models import SafetyCase
from tests.factories import make_staff
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
HANDLE = "reviews.handle_safetycase"
LIST = "/admin/reviews/safetycase/"


def browser(*permissions):
    client = Client()
    client.force_login(make_staff(*permissions, username="sam"))
    return client


@pytest.fixture
def case():
    return make_review(make_content(body="It left a red ring.", stars=1)).safety_case


def page(case):
    return reverse("admin:reviews_safetycase_change", args=[case.pk])


def send(client, case, act, **typed):
    data = {f"{act}-{name}": text for name, text in typed.items()}
    return client.post(page(case), {"act": act, **data})


@pytest.mark.parametrize(
    "permissions",
    [(), ("reviews.view_review", "reviews.moderate_review"), ("reviews.view_safetycase",)],
)
def test_nobody_else_sees_a_case(case, permissions):
    client = browser(*permissions)
    assert client.get(page(case)).status_code == 403
    assert client.get(LIST).status_code == 403
    assert send(client, case, "note", text="x").status_code == 403
    assert case.entries.count() == 0


def test_the_page_tells_what_to_say_and_to_ask_and_no_stars(case):
    html = browser(HANDLE).get(page(case)).content.decode()
    for line in (*safety.FIRST, "It left a red ring.", "red ring"):
        assert line in html
    assert "lot number" in html
    assert "star" not in html.split('id="content-main"')[1].split("</main>")[0].lower().replace(
        "start", ""
    )


def test_the_mail_holds_the_questions_and_its_subject_nothing_of_health(case):
    html = browser(HANDLE).get(page(case)).content.decode()
    link = html.split('href="mailto:')[1].split('"')[0]
    subject, body = unquote(link).replace("&amp;", "&").split("?subject=")[1].split("&body=")
    assert subject == f"A question about your review {case.review.number}"
    assert all(question in body for question in safety.QUESTIONS.values())
    assert "911" in body


def test_the_steps_are_taken_from_the_page(case):
    client = browser(HANDLE)
    assert send(client, case, "ask", how="by mail").status_code == 302
    assert send(client, case, "record", lot="L7", doctor="no").status_code == 302
    assert send(client, case, "note", text="She called back.").status_code == 302
    assert send(client, case, "close", severity="mild", outcome="Gone in a day.").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.severity, case.lot, case.doctor) == ("closed", "mild", "L7", "no")
    assert [entry.by for entry in case.entries.all()] == ["sam"] * 4
    assert 'value="close"' not in client.get(page(case)).content.decode()
    assert send(client, case, "reopen", why="More came.").status_code == 302


def test_closing_without_an_outcome_keeps_what_was_typed(case):
    response = send(browser(HANDLE), case, "close", severity="", outcome="Half a story.")
    assert response.status_code == 422
    assert "Half a story." in response.content.decode()
    assert SafetyCase.objects.get().state == "open"


def test_a_step_that_is_no_longer_possible_says_so(case):
    safety.close(case, outcome="Fine.", severity="mild", by="bo", now=NOW)
    response = send(browser(HANDLE), case, "record", lot="L7")
    assert response.status_code == 422
    assert "Open it again" in response.content.decode()


def test_the_list_shows_none_of_the_words_and_what_waits_first(case, django_assert_max_num_queries):
    closed = make_review(make_content(body="I had hives.")).safety_case
    safety.close(closed, outcome="Fine.", severity="mild", by="bo", now=NOW)
    client = browser(HANDLE)
    with django_assert_max_num_queries(12):
        html = client.get(LIST).content.decode()
    assert html.index(f"/safetycase/{case.pk}/") < html.index(f"/safetycase/{closed.pk}/")
    assert "red ring" not in html
    assert "hives" not in html


def test_rows_cannot_be_added_changed_or_deleted(case):
    client = browser(HANDLE, "reviews.delete_safetycase", "reviews.add_safetycase")
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{case.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_address_of_no_case_is_not_found():
    assert browser(HANDLE).get(f"{LIST}x/change/").status_code == 404
