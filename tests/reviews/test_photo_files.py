"""Files of photos: what may not be seen is at no address at which it was seen."""

from itertools import pairwise

import pytest

from reviews import author_page, decisions, log
from reviews.admin import course
from reviews.cards import card_of
from reviews.models import Review
from reviews.photo_files import settle, settle_all
from tests.reviews.makers import NOW
from tests.reviews.photo_steps import (
    content_of,
    edit,
    files,
    fresh,
    names,
    picture,
    put_at_old_names,
    show,
    shown_photo,
    waiting_photo,
    withhold,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


HIDING = {
    "withheld": withhold,
    "its words withheld by the rules": lambda review: edit(
        review, keeps_photo=True, body="It cured my diabetes in two weeks, I tell you."
    ),
    "taken back": lambda review: decisions.withdraw(review.pk, now=NOW),
    "replaced": lambda review: edit(review, photo=picture("red")),
    "taken away": edit,
    "other words for it wait": lambda review: edit(
        review, keeps_photo=True, photo_alt="It cured me"
    ),
}


@pytest.mark.parametrize("how", HIDING)
def test_a_photo_that_is_not_shown_any_more_has_left_its_address(how):
    review = shown_photo()
    settle(review.pk)
    seen = names(review)
    assert seen == files()  # while it is shown nothing moves
    content = content_of(seen)

    HIDING[how](review)
    settle(review.pk)

    assert not seen & files()
    assert names(review) == files()
    moved = names(review, place=1)
    assert content_of(moved) == content
    assert log.verify() == []
    settle(review.pk)
    assert names(review, place=1) == moved


def test_staff_and_the_author_see_it_at_its_new_address():
    review = shown_photo()
    before = fresh(review).current.photo.file.name
    withhold(review)
    settle(review.pk)
    row = fresh(review)
    after = row.current.photo.file.name
    assert before != after
    html = course.photo_of(row)
    assert {name for name in files() if f"/{name}" in html} == files() - {after}
    assert author_page.own_page(row).current.photo.file.name == after
    assert row.current.photo.digest == row.current.photo_digest


def test_a_photo_that_nobody_has_seen_stays_where_it_is(django_assert_num_queries):
    review = waiting_photo()
    edit(review, keeps_photo=True)
    before = names(review)
    with django_assert_num_queries(2):
        settle(review.pk)
    assert names(review) == files() == before
    assert str(settle_all()) == "photos of 0 reviews settled, 0 failed"


def test_a_photo_kept_by_the_newest_version_stays_at_its_address():
    review = shown_photo()
    before = names(review)
    edit(review, keeps_photo=True)
    settle(review.pk)
    assert card_of(fresh(review)).photo
    assert names(review) == files() == before
    edit(review)
    settle(review.pk)
    # Both versions share the files, also where they are now.
    assert names(review, place=1) == names(review, place=2) == files()
    assert not before & files()


@pytest.mark.parametrize("how", ["withheld", "taken back"])
def test_what_was_decided_against_unseen_leaves_the_address_that_its_author_knows(how):
    review = waiting_photo()
    before = names(review)
    HIDING[how](review)
    settle(review.pk)
    assert names(review) == files()
    assert not before & files()


def test_words_that_come_back_show_the_photo_at_an_address_that_ends_again():
    review = shown_photo()
    decisions.withdraw(review.pk, now=NOW)
    settle(review.pk)
    edit(review, keeps_photo=True)
    settle(review.pk)
    seen = names(review)
    assert card_of(fresh(review)).photo
    assert seen == files()
    edit(review)
    settle(review.pk)
    assert not seen & files()


def test_whenever_it_was_shown_again_it_gets_another_address():
    review, seen = shown_photo(), []
    for _ in range(3):
        seen.append(names(review))
        withhold(review)
        settle(review.pk)
        show(review)
        settle(review.pk)
        seen.append(names(review))
        decisions.withdraw(review.pk, now=NOW)
        edit(review, keeps_photo=True)
        settle(review.pk)
        assert names(review) == files()
    # Taken back and brought back at once: it was never out of sight for long.
    assert [one == other for one, other in pairwise(seen)] == [*(False, True, False, True, False)]


def test_the_same_picture_sent_again_is_not_where_it_was_seen():
    review = shown_photo()
    seen = names(review)
    withhold(review)
    settle(review.pk)
    edit(review, photo=picture())
    assert Review.objects.get(pk=review.pk).photo_state == "waiting"
    assert not seen & files()


def test_an_address_cannot_be_told_from_the_picture():
    one, other = waiting_photo(), waiting_photo()
    assert fresh(one).current.photo.digest == fresh(other).current.photo.digest
    assert not names(one) & names(other)


# --- files from before: named by the picture alone, shared by reviews --------------------------------


def test_a_file_that_another_review_shows_stays_for_it():
    first, second = shown_photo(), shown_photo()
    put_at_old_names(first, second)
    shared = names(first)
    assert shared == names(second) == files()

    withhold(first)
    settle(first.pk)
    assert names(second) == shared
    assert names(first).isdisjoint(shared)
    assert files() == names(first) | shared

    withhold(second)
    settle(second.pk)
    assert files() == names(first) | names(second)
    assert files().isdisjoint(shared)


def test_the_job_finds_all_that_lies_wrong_and_nothing_else():
    old, seen, whole, unseen = (
        shown_photo(),
        shown_photo("red"),
        shown_photo("blue"),
        waiting_photo(),
    )
    guessable = waiting_photo("green")
    put_at_old_names(old, guessable)
    withhold(old), withhold(seen)
    stay = names(whole) | names(unseen)
    assert str(settle_all(at_once=2)) == "photos of 2 reviews settled, 0 failed"
    assert str(settle_all()) == "photos of 1 reviews settled, 0 failed"
    assert str(settle_all()) == "photos of 0 reviews settled, 0 failed"
    assert files() == stay | names(old) | names(seen) | names(guessable)
    assert {name.count("/") for name in files()} == {2}
    assert log.verify() == []
