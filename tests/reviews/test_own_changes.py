"""An author changes a review: the same form, filled in; every version stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews import decisions, links, visitors
from reviews.models import LogEntry, Review, ReviewPhoto, ReviewVersion
from shop.lib import pictures
from tests.pages.page_content import visible_text
from tests.reviews.filled_forms import BODY, photo
from tests.reviews.makers import NOW, make_content, make_review
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

CHANGED = {"stars": "2", "body": f"{BODY} The second one did not.", "author_name": "Jo D."}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def review() -> Review:
    return make_review(
        make_content(
            body=BODY,
            sticking=5,
            worn_on="ear",
            skin_reacted=False,
            photo=pictures.read(photo()),
            photo_alt="Arm",
        )
    )


def path_of(review: Review) -> str:
    return f"{links.own_path(review)}change/"


def words_of(response) -> str:
    return " ".join(visible_text(response.content.decode()).split())


def current(review: Review) -> ReviewVersion:
    return Review.objects.select_related("current").get(pk=review.pk).current


def test_form_holds_what_was_written_last(client, review):
    response = client.get(path_of(review))
    markup = response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert BODY in markup
    for checked in ("id_stars_3", "id_sticking_5", "id_skin_reacted_1", "id_photo_choice_0"):
        assert f'id="{checked}" checked' in markup, checked
    assert '<option value="ear" selected>' in markup
    assert 'value="Arm"' in markup
    assert "made_at" not in markup


def test_new_version_takes_the_place_of_the_old_one_which_stays(client, review):
    response = client.post(path_of(review), {**CHANGED, "photo_choice": "keep", "photo_alt": "Arm"})
    assert response.headers["Location"] == f"{links.own_path(review)}?changed=1"
    now = Review.objects.get()
    assert (now.stars, now.number, now.is_verified, now.state) == (2, 1, True, "shown")
    versions = list(review.versions.order_by("place").values_list("stars", "body", "sticking"))
    assert versions == [(4, BODY, 5), (2, CHANGED["body"], None)]
    assert LogEntry.objects.filter(kind="edited", version__stars=2).count() == 1


def test_same_once_more_is_no_version(client, review):
    same = {
        "stars": "4",
        "body": f" {BODY}\r\n",
        "author_name": "Jo D.",
        "sticking": "5",
        "worn_on": "ear",
        "skin_reacted": "no",
        "photo_choice": "keep",
        "photo_alt": "Arm",
    }
    response = client.post(path_of(review), same)
    assert response.headers["Location"].endswith("?unchanged=1")
    assert ReviewVersion.objects.count() == 1
    assert not Attempt.objects.filter(kind="review_change").exists()


@pytest.mark.parametrize(
    ("sent", "photos", "state"),
    [
        ({"photo_choice": "keep"}, 2, "waiting"),
        ({"photo_choice": "remove"}, 1, "none"),
        ({}, 1, "none"),
    ],
)
def test_photo_is_kept_or_taken_away_as_its_author_says(client, review, sent, photos, state):
    client.post(path_of(review), {**CHANGED, **sent})
    assert ReviewPhoto.objects.count() == photos
    assert Review.objects.get().photo_state == state
    assert hasattr(current(review), "photo") is (photos == 2)


@pytest.mark.parametrize("choice", ["keep", "remove"])
def test_new_photo_takes_the_place_of_the_old_one_and_waits_for_a_look(client, review, choice):
    decisions.show_photo(review.pk, version_id=review.current_id, actor="ann", now=NOW)
    other = photo(size=(500, 500))
    client.post(path_of(review), {**CHANGED, "photo": other, "photo_choice": choice})
    digests = {row.version.place: row.digest for row in ReviewPhoto.objects.all()}
    assert len(set(digests.values())) == 2
    assert Review.objects.get().photo_state == "waiting"


def test_words_for_a_shown_photo_are_looked_at_before_they_are_shown(client, review):
    decisions.show_photo(review.pk, version_id=review.current_id, actor="ann", now=NOW)
    keeps = {**CHANGED, "photo_choice": "keep"}
    client.post(path_of(review), {**keeps, "photo_alt": "Arm"})
    assert Review.objects.get().photo_state == "shown"
    client.post(path_of(review), {**keeps, "photo_alt": "It cured me", "stars": "1"})
    assert Review.objects.get().photo_state == "waiting"
    assert current(review).photo.alt == "It cured me"


def test_photo_that_was_withheld_stays_so_with_other_words(client, review):
    decisions.withhold_photo(
        review.pk, version_id=review.current_id, reason="abuse", actor="a", note="x", now=NOW
    )
    client.post(path_of(review), {**CHANGED, "photo_choice": "keep", "photo_alt": "Something else"})
    assert Review.objects.get().photo_state == "withheld"


def test_withheld_review_is_shown_when_its_author_takes_the_sentence_out(client):
    review = make_review(make_content(body=f"{BODY} It cured my neuropathy."))
    assert review.state == "withheld"
    client.post(path_of(review), CHANGED)
    assert (Review.objects.get().state, Review.objects.get().reason) == ("shown", "")


def test_review_that_was_taken_back_comes_back_with_the_same_words(client, review):
    decisions.withdraw(review.pk, now=NOW)
    assert "brings it back to the page" in words_of(client.get(path_of(review)))
    same = {**CHANGED, "stars": "4", "body": BODY, "photo_choice": "keep"}
    response = client.post(path_of(review), same)
    assert response.headers["Location"].endswith("?changed=1")
    assert Review.objects.get().state == "shown"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("stars", "", "Please choose from 1 to 5 dots."),
        ("body", "short", "20 letters or more"),
        ("body", f"{BODY} Call 212-555-0123", "Please leave out a phone number"),
        ("photo_choice", "burn", "Please choose from the list."),
    ],
)
def test_bad_input_changes_nothing_and_keeps_the_rest(client, review, field, value, words):
    response = client.post(path_of(review), {**CHANGED, "photo_choice": "remove", field: value})
    assert response.status_code == 422
    assert words in words_of(response)
    assert 'value="Jo D."' in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert ReviewVersion.objects.count() == 1


def test_author_cannot_make_a_buyer_of_themself(client):
    review = make_review(source="site")
    client.post(path_of(review), {**CHANGED, "is_verified": "1", "order_line": "1", "tie": "staff"})
    changed = Review.objects.get()
    assert (changed.is_verified, changed.source, changed.insider_label) == (False, "site", "")


def test_eleventh_change_of_a_day_is_refused_with_its_words_kept(client, review):
    for number in range(10):
        sent = {**CHANGED, "body": f"{BODY} Change {number}."}
        assert client.post(path_of(review), sent).headers["Location"].endswith("?changed=1")
    response = client.post(path_of(review), {**CHANGED, "photo": photo()})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 80_000
    assert "The second one did not." in words_of(response)
    assert "Please choose the photo again" in words_of(response)
    assert ReviewVersion.objects.count() == 11
    with pytest.raises(visitors.TooOften):
        visitors.change(Review.objects.get(), make_content(), now=timezone.now())
    visitors.change(
        Review.objects.get(), make_content(), now=timezone.now() + timedelta(days=1, minutes=1)
    )


def test_review_without_a_photo_is_not_asked_what_becomes_of_it(client):
    review = make_review()
    assert "photo_choice" not in client.get(path_of(review)).content.decode()
    client.post(path_of(review), {**CHANGED, "photo_choice": "keep", "photo_alt": "x"})
    assert not ReviewPhoto.objects.exists()
