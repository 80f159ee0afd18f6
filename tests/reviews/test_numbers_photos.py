"""How many photos wait beside shown words, and since when: told to everybody, counted by the database."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from reviews import counting, decisions, log, numbers, submitting
from reviews.models import ReviewCount, Source
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db

migration = import_module("reviews.migrations.0007_photos_that_wait_counted")
LATER = NOW + timedelta(hours=3)
PATH = "/reviews/numbers/"


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def photos(settings, tmp_path):
    """Return what makes a review with a photo; the files go to a folder of the test."""
    settings.MEDIA_ROOT = tmp_path

    def make(**more):
        return make_review(make_content(photo=Image.new("RGB", (24, 24), "teal")), **more)

    return make


def waiting_photos():
    figures = numbers.figures()
    return figures.photos_waiting, figures.photos_since and figures.photos_since.isoformat()


def test_photos_that_wait_beside_shown_words_are_counted_with_the_oldest(client, photos):
    """What became of each photo moves the count at once; words that wait take their photo along."""
    assert waiting_photos() == (0, None)
    first, second = photos(now=NOW - timedelta(days=9)), photos()
    photos(source=Source.SITE, now=NOW - timedelta(days=30))  # its words wait as well
    make_review()
    assert waiting_photos() == (2, "2026-11-11")
    decisions.show_photo(first.pk, version_id=first.current_id, actor="ann", now=LATER)
    assert waiting_photos() == (1, "2026-11-20")
    submitting.edit(second.pk, make_content(keeps_photo=True), now=LATER + timedelta(days=1))
    assert waiting_photos() == (1, "2026-11-21")
    decisions.withdraw(second.pk, now=LATER)
    assert waiting_photos() == (0, None)
    assert counting.faults() == log.verify() == []


def test_the_page_tells_how_long_the_oldest_photo_has_waited(client, photos):
    page = words(client.get(PATH))
    assert "<dt>Photos that wait beside shown words</dt><dd>0</dd>" in page
    assert "The oldest photo waits since" not in page
    photos(now=timezone.now() - timedelta(days=12))
    cache.clear()
    page = words(client.get(PATH))
    assert "<dt>Photos that wait beside shown words</dt><dd>1</dd>" in page
    assert "<dt>The oldest photo waits since</dt>" in page
    assert '<small class="muted">12 days</small>' in page


def test_a_waiting_photo_is_no_review_of_its_own(photos):
    photos()
    assert numbers.figures().received == 1


def test_photos_that_waited_before_there_was_a_count_are_brought_into_it(photos):
    made = [photos(), photos(), photos(now=NOW - timedelta(days=2)), photos(source=Source.SITE)]
    decisions.show_photo(made[0].pk, version_id=made[0].current_id, actor="ann", now=LATER)
    ReviewCount.objects.filter(kind="photo").delete()
    assert counting.faults() != []
    for _ in range(2):
        migration.count_waiting_photos(apps, None)
        assert counting.faults() == []
    assert waiting_photos() == (2, "2026-11-18")
