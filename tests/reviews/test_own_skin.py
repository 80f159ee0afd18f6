"""What an author's own page says to somebody whose skin reacted, and how it says that words can be erased."""

import pytest
from django.test import Client

from reviews import decisions, links
from reviews.models import Review
from shop.lib import pictures
from tests.pages.page_content import visible_text
from tests.reviews.filled_forms import photo
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
REACTED = "My skin turned red below the patch, and it itched for a day."
EMERGENCY = "If it is hard to breathe or your face swells, call 911."


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def look(review: Review) -> str:
    response = Client().get(links.own_path(review))
    return " ".join(visible_text(response.content.decode()).split())


def test_a_reaction_is_answered_before_all_else():
    text = look(make_review(make_content(body=REACTED)))

    assert "Take the patch off, and put no new one on that skin." in text
    assert text.index(EMERGENCY) < text.index("Where it stands")
    assert EMERGENCY not in look(make_review())


def test_a_photo_that_was_taken_back_with_its_review_waits_for_nobody():
    review = make_review(make_content(photo=pictures.read(photo())))
    assert "Photo waiting:" in look(review)

    decisions.withdraw(review.pk, now=NOW)

    assert "Photo waiting:" not in look(review)


def test_erasing_is_offered_in_the_order_in_which_it_can_be_done():
    review = make_review()
    assert "Take the review back, then write to us" in look(review)

    decisions.withdraw(review.pk, now=NOW)

    assert "forget the words, too? Then write to us" in look(review)
