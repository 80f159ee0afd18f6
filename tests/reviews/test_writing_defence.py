"""What keeps programs and floods out of the review forms, and lets people through."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.signing import Signer
from django.utils import timezone
from post_office.models import Email

from reviews import forgetting, traps, visitors
from reviews.models import Flag, Review
from tests.factories import make_product
from tests.pages.page_content import visible_text
from tests.reviews.filled_forms import BODY, filled, other_words, photo
from tests.reviews.makers import NOW, make_content, make_review
from throttle.limits import digest_of
from throttle.models import Attempt

pytestmark = pytest.mark.django_db

PATH = "/reviews/write/"
NETWORK = "127.0.0.0/24"


@pytest.fixture(autouse=True)
def patch(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_product(slug=django_settings.PRIMARY_PRODUCT_SLUG)


def words_of(response) -> str:
    return " ".join(visible_text(response.content.decode()).split())


def made_at_in(response) -> str:
    return re.search(r'name="made_at" value="([^"]+)"', response.content.decode())[1]


def test_form_that_was_sent_too_fast_is_kept_and_taken_when_sent_again(client):
    fast = traps.stamp(timezone.now() - timedelta(seconds=1))
    response = client.post(PATH, filled(made_at=fast))
    assert response.status_code == 422
    assert "please press the button once more" in words_of(response)
    assert BODY in words_of(response)
    assert not Review.objects.exists()
    assert not Email.objects.exists()
    assert made_at_in(response) == fast
    later = timezone.now() + timedelta(seconds=3)
    assert not traps.is_too_fast(fast, now=later)


@pytest.mark.parametrize("value", ["", "1", "1700000000.forged", "x" * 200, "é.é", "\x00"])
def test_forged_time_is_refused_and_a_fresh_one_is_there(client, value):
    response = client.post(PATH, filled(made_at=value))
    assert response.status_code == 422
    assert BODY in words_of(response)
    assert not Review.objects.exists()
    fresh = made_at_in(response)
    assert fresh != value
    assert not traps.is_too_fast(fresh, now=timezone.now() + timedelta(seconds=5))


def test_time_from_the_future_is_replaced():
    now = timezone.now()
    ahead = traps.stamp(now + timedelta(hours=1))
    assert traps.is_too_fast(ahead, now=now)
    assert traps.TimeInput().format_value(ahead) != ahead


def test_stamp_of_something_else_is_none():
    assert traps.is_too_fast(Signer(sep=".").sign("1700000000"), now=timezone.now())


def test_page_that_was_open_for_a_month_can_be_sent(client):
    old = traps.stamp(timezone.now() - timedelta(days=30))
    assert client.post(PATH, filled(made_at=old)).status_code == 302


def test_trap_is_emptied_and_shown_so_that_a_person_can_send_again(client):
    markup = client.post(PATH, filled(website="spam")).content.decode()
    assert "spam" not in markup
    assert 'class="hp"' not in markup
    blank = client.get(PATH).content.decode()
    assert 'aria-hidden="true"' in blank[blank.index('class="hp"') - 40 :]


def test_sixth_review_of_an_hour_from_one_network_is_refused_with_its_words_kept(client):
    for number in range(5):
        sent = filled(email=f"jo{number}@example.com", body=other_words())
        assert client.post(PATH, sent).status_code == 302
    response = client.post(PATH, filled(email="jo9@example.com"))
    assert response.status_code == 429
    assert 3590 <= int(response.headers["Retry-After"]) <= 3600
    assert "Please send them again after" in words_of(response)
    assert BODY in words_of(response)
    assert Review.objects.count() == Email.objects.count() == 5
    assert client.post(PATH, filled(), REMOTE_ADDR="198.51.100.7").status_code == 302


def test_fourth_review_of_a_day_for_one_address_is_refused_from_anywhere(client):
    for number in range(3):
        sent = filled(body=other_words(), email="JO@example.com" if number else "jo@example.com")
        assert client.post(PATH, sent, REMOTE_ADDR=f"198.51.{number}.7").status_code == 302
    response = client.post(PATH, filled(), REMOTE_ADDR="203.0.113.9")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 80_000
    assert Review.objects.count() == Email.objects.count() == 3


def test_what_is_refused_for_a_field_does_not_count(client):
    for _ in range(8):
        assert client.post(PATH, filled(stars="")).status_code == 422
    assert not Attempt.objects.exists()
    assert client.post(PATH, filled()).status_code == 302


def test_limit_opens_again(patch):
    def send(at):
        return visitors.write(
            make_content(), patch, email="jo@example.com", tie="", sender="a", now=at
        )

    for hour in range(3):
        send(NOW + timedelta(hours=hour))
    with pytest.raises(visitors.TooOften) as refusal:
        send(NOW + timedelta(hours=23))
    assert refusal.value.opens_at == NOW + timedelta(days=1)
    send(NOW + timedelta(days=1))


def test_photos_from_one_network_are_counted_before_they_are_read(client):
    now = timezone.now()
    for _ in range(visitors.PHOTOS):
        visitors.admit_photo(NETWORK, now=now)
    response = client.post(PATH, filled(photo=photo()))
    assert response.status_code == 429
    assert "without a photo, or again after" in words_of(response)
    assert BODY in words_of(response)
    assert not Review.objects.exists()
    assert client.post(PATH, filled()).status_code == 302


def test_network_is_kept_as_a_hash_of_the_day_and_forgotten_after_two(client):
    client.post(PATH, filled())
    review = Review.objects.get()
    assert review.sender_key in {
        digest_of(NETWORK, timezone.now() - timedelta(minutes=1)),
        digest_of(NETWORK, timezone.now()),
    }
    later = review.received_at + timedelta(days=2)
    assert forgetting.forget_old(later) == 0
    assert forgetting.forget_old(later + timedelta(seconds=1)) == 1
    review.refresh_from_db()
    assert (review.sender_key, review.email) == ("", "jo@example.com")
    assert forgetting.forget_old(later + timedelta(days=9)) == 0


def test_same_words_once_more_are_taken_in_flagged_and_wait(client):
    make_review(make_content(body=BODY))
    client.post(PATH, filled())
    review = Review.objects.order_by("number").last()
    assert review.state == "waiting"
    kinds = set(review.current.flags.values_list("kind", flat=True))
    assert kinds == {Flag.Kind.UNVERIFIED, Flag.Kind.DUPLICATE}


def test_all_reviews_of_a_burst_from_one_network_are_flagged(client):
    for number in range(4):
        client.post(PATH, filled(email=f"jo{number}@example.com", body=other_words()))
    flagged = Flag.objects.filter(kind="burst").values_list("version__review__number", flat=True)
    assert sorted(flagged) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("Jo Doe", "Jo D."),
        ("  mary  ann  smith ", "mary S."),
        ("Cher", "Cher"),
        ("Jo 3rd", "Jo"),
        ("", ""),
        ("x" * 100, "x" * 40),
    ],
)
def test_suggested_name_is_a_first_name_and_an_initial(full, shown):
    assert visitors.suggested_name(full) == shown
