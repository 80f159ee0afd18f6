"""One click ends our mails that ask for a review; opening the page ends nothing."""

import pytest
from django.test import Client

from reviews import links
from reviews.models import Invitation, MailStop
from tests.pages.page_content import visible_text
from tests.reviews.makers import make_invitation

pytestmark = pytest.mark.django_db


def words_of(response) -> str:
    return " ".join(visible_text(response.content.decode()).split())


def test_opening_the_page_only_asks(client):
    invitation = make_invitation()
    response = client.get(links.stop_path(invitation))
    assert response.status_code == 200
    assert "No more emails about reviews?" in words_of(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert not MailStop.objects.exists()
    assert Invitation.objects.get().stopped_at is None


def test_mail_program_stops_with_one_request_from_anywhere():
    invitation = make_invitation()
    program = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})
    response = program.post(links.stop_path(invitation), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "We ask you no more" in words_of(response)
    assert MailStop.objects.count() == 1
    assert Invitation.objects.get().stopped_at is not None


def test_stopping_twice_is_answered_in_the_same_way(client):
    path = links.stop_path(make_invitation())
    first, second = (client.post(path).content for _ in range(2))
    assert first == second
    assert MailStop.objects.count() == 1


def test_wrong_token_is_no_page(client):
    token = links.stop_path(make_invitation()).split("/")[-3]
    for wrong in ("1", f"{token}x"):
        assert client.get(f"/reviews/request/{wrong}/stop/").status_code == 404
        assert client.post(f"/reviews/request/{wrong}/stop/").status_code == 404
    assert not MailStop.objects.exists()
