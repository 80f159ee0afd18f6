"""The answer to a request: the review of a buyer, once, by a signed link that ends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from reviews import links
from reviews.models import Invitation, Review
from tests.pages.page_content import visible_text
from tests.reviews.filled_forms import BODY, filled
from tests.reviews.makers import make_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation() -> Invitation:
    invitation = make_invitation(expires_at=timezone.now() + timedelta(days=10))
    type(invitation.order).objects.update(name="Jo Mary Doe", email="jo@example.com")
    return invitation


def words_of(response) -> str:
    return " ".join(visible_text(response.content.decode()).split())


def facts(invitation: Invitation) -> dict:
    return Invitation.objects.filter(pk=invitation.pk).values().get()


def test_opening_the_link_changes_nothing_and_says_which_order(client, invitation):
    before = facts(invitation)
    for _ in range(2):
        response = client.get(links.invitation_path(invitation))
        assert response.status_code == 200
    assert facts(invitation) == before
    assert not Review.objects.exists()
    assert not Email.objects.exists()
    text = words_of(response)
    assert f"Your review of the {invitation.product.name}" in text
    assert f"(order {invitation.order.number})" in text
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_name_is_only_suggested_and_no_address_is_asked_for(client, invitation):
    markup = client.get(links.invitation_path(invitation)).content.decode()
    assert 'value="Jo D."' in markup
    assert "Doe" not in markup
    assert 'name="email"' not in markup
    assert 'name="tie"' in markup


def test_answer_is_a_buyers_review_shown_at_once(client, invitation):
    sent = filled(email="other@example.com", author_name="Somebody", tie="sample")
    response = client.post(links.invitation_path(invitation), sent)
    review = Review.objects.get()
    assert response.headers["Location"] == f"{links.own_path(review)}?received=1"
    assert (review.is_verified, review.source, review.state) == (True, "request", "shown")
    assert review.order_line == invitation.order_line
    assert (review.email, review.insider_label) == ("jo@example.com", "Got the product for free")
    assert review.current.author_name == "Somebody"
    assert Email.objects.get().to == ["jo@example.com"]


def test_request_that_was_answered_leads_to_the_review(client, invitation):
    path = links.invitation_path(invitation)
    client.post(path, filled())
    own = links.own_path(Review.objects.get())
    for response in (client.get(path), client.post(path, filled(stars="1"))):
        assert (response.status_code, response.headers["Location"]) == (302, own)
    assert Review.objects.get().stars == 4
    type(invitation).objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.get(path).headers["Location"] == own


def test_link_that_has_ended_leads_to_the_open_form(client, invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.get(links.invitation_path(invitation))
    assert response.status_code == 200
    assert "This link has ended" in words_of(response)
    assert 'href="/reviews/write/"' in response.content.decode()


def test_link_that_ended_while_somebody_wrote_keeps_the_words_and_takes_none(client, invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.post(links.invitation_path(invitation), filled())
    assert response.status_code == 410
    assert "Your words are still here" in words_of(response)
    assert BODY in words_of(response)
    assert not Review.objects.exists()


def test_bad_input_keeps_what_was_typed_and_the_request_open(client, invitation):
    before = facts(invitation)
    response = client.post(links.invitation_path(invitation), filled(stars=""))
    assert response.status_code == 422
    assert BODY in words_of(response)
    assert facts(invitation) == before
    assert not Review.objects.exists()


def test_wrong_token_is_no_page(client, invitation):
    token = links.invitation_path(invitation).split("/")[-2]
    for wrong in (f"{token}x", "1", f"{invitation.pk}-{invitation.nonce}"):
        assert client.get(f"/reviews/request/{wrong}/").status_code == 404
        assert client.post(f"/reviews/request/{wrong}/", filled()).status_code == 404
    assert not Review.objects.exists()


def test_answer_from_another_site_is_refused(invitation):
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post(links.invitation_path(invitation), filled()).status_code == 403
    assert not Review.objects.exists()


def test_request_of_a_stopped_address_can_still_be_answered(client, invitation):
    Invitation.objects.update(stopped_at=timezone.now())
    assert client.post(links.invitation_path(invitation), filled()).status_code == 302
    assert Review.objects.get().is_verified
