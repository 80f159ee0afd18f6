"""A helpful vote: one for each visitor and review, with a cookie that no other page sees."""

from datetime import timedelta

import pytest

from reviews import decisions, voting
from reviews.models import HelpfulVote, Review, Source
from reviews.views.voting import COOKIE
from tests.reviews.makers import NOW, make_review
from tests.reviews.shelf import make_shelf, shown
from throttle.models import Attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    return shown(make_shelf())


def votes_of(review):
    review.refresh_from_db()
    assert review.helpful_count == HelpfulVote.objects.filter(review=review).count()
    return review.helpful_count


def press(client, review, **headers):
    return client.post(f"/reviews/helpful/{review.number}/", headers=headers)


def test_a_vote_counts_and_a_second_one_of_the_same_visitor_does_not(client, review):
    first = press(client, review)
    assert first.status_code == 200
    assert "1 person has found it helpful" in first.content.decode()
    second = press(client, review)
    assert second.status_code == 200
    assert "1 person has found it helpful" in second.content.decode()
    assert not second.cookies
    assert votes_of(review) == 1


def test_another_visitor_counts_too(client, review):
    press(client, review)
    client.cookies.clear()
    assert "2 people have found it helpful" in press(client, review).content.decode()
    assert votes_of(review) == 2


def test_the_cookie_is_random_and_goes_along_with_votes_only(client, review, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = press(client, review).cookies[COOKIE]
    assert (cookie["path"], cookie["samesite"]) == ("/reviews/helpful/", "Lax")
    assert cookie["httponly"]
    assert cookie["secure"]
    assert len(cookie.value) == 22
    assert HelpfulVote.objects.get().voter == voting.voter_of(cookie.value)
    assert cookie.value not in HelpfulVote.objects.get().voter


def test_no_page_of_reviews_sets_the_cookie_or_varies_on_it(client, review):
    press(client, review)
    for path in ("/reviews/", "/reviews/?sort=helpful", "/product-information/"):
        response = client.get(path)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert response["Cache-Control"] == "public, max-age=60"


def test_a_cookie_that_we_did_not_make_is_replaced(client, review):
    client.cookies[COOKIE] = "x" * 5_000
    assert len(press(client, review).cookies[COOKIE].value) == 22
    assert votes_of(review) == 1


def test_what_is_not_shown_gets_no_votes(client, review):
    waiting = make_review(source=Source.SITE)
    assert waiting.state == Review.State.WAITING
    decisions.withdraw(review.pk, now=NOW)
    for number in (waiting.number, review.number, 999, 10**30):
        assert client.post(f"/reviews/helpful/{number}/").status_code == 404
    assert HelpfulVote.objects.count() == Attempt.objects.count() == 0


def test_a_vote_from_another_site_is_refused(client, review):
    assert press(client, review, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert votes_of(review) == 0


def test_who_opens_the_address_is_led_to_the_list(client, review):
    response = client.get(f"/reviews/helpful/{review.number}/")
    assert (response.status_code, response["Location"]) == (302, "/reviews/")
    assert votes_of(review) == 0


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://testserver/reviews/?stars=4", "/reviews/?stars=4"),
        ("http://testserver/product-information/", "/product-information/"),
        ("http://testserver/admin/", "/reviews/"),
        ("https://elsewhere.example/reviews/", "/reviews/"),
        ("http://[", "/reviews/"),
        ("", "/reviews/"),
    ],
)
def test_the_answer_leads_back_to_where_the_button_was(client, review, referer, path):
    markup = press(client, review, Referer=referer).content.decode()
    assert f'href="{path}#review-{review.number}"' in markup


def test_new_visitors_of_one_network_count_five_times_a_day_for_one_review(client, review):
    for _ in range(voting.MOST_FOR_ONE_REVIEW):
        client.cookies.clear()
        assert press(client, review).status_code == 200
    client.cookies.clear()
    refused = press(client, review)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 3_600
    assert "This one was not counted" in refused.content.decode()
    assert not refused.cookies
    assert votes_of(review) == 5
    assert (
        client.post(f"/reviews/helpful/{review.number}/", REMOTE_ADDR="10.9.8.7").status_code == 200
    )


def test_a_network_votes_thirty_times_an_hour(review, monkeypatch):
    other = shown(review.product)
    assert voting.MOST_OF_A_NETWORK == 30
    monkeypatch.setattr(voting, "MOST_OF_A_NETWORK", 2)
    for _ in range(2):
        voting.vote(review.number, token="", sender="10.0.0.0/24", now=NOW)
    with pytest.raises(voting.TooManyVotes):
        voting.vote(other.number, token="", sender="10.0.0.0/24", now=NOW)
    later = NOW + timedelta(hours=1, seconds=1)
    assert voting.vote(other.number, token="", sender="10.0.0.0/24", now=later).count == 1
    assert not Attempt.objects.filter(key__contains="10.0.0").exists()
