"""Many reviews in an hour are flagged together, from one network or from everywhere; requests never are."""

from datetime import timedelta

import pytest

from reviews import bursts, decisions, submitting
from reviews.models import Flag, Review, Source
from tests.factories import make_product
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return make_product()


def send(product, *, sender="net-a", minutes=0, **fields):
    now = NOW + timedelta(minutes=minutes)
    origin = {"source": Source.SITE, "product": product, "sender": sender}
    return make_review(make_content(**fields), now=now, **origin)


def flagged():
    rows = Flag.objects.filter(kind=Flag.Kind.BURST).order_by("version__review__number")
    return list(rows.values_list("version__review__number", "detail"))


def test_three_from_one_network_are_nothing_unusual(product):
    for minute in range(3):
        send(product, minutes=minute)
    assert flagged() == []


def test_the_fourth_flags_all_four(product):
    four = [send(product, minutes=minute) for minute in range(4)]
    detail = "4 from one network within an hour"
    assert flagged() == [(review.number, detail) for review in four]
    assert {review.state for review in Review.objects.all()} == {"waiting"}


def test_a_burst_is_shown_by_itself_four_times_later_than_others(product):
    for minute in range(4):
        send(product, minutes=minute)
    week, came = timedelta(days=7), NOW + timedelta(minutes=3)
    assert decisions.show_overdue(after=week, now=came + 4 * week) == 3
    assert decisions.show_overdue(after=week, now=came + 4 * week) == 0
    assert decisions.show_overdue(after=week, now=came + 4 * week + timedelta(seconds=1)) == 1


def test_other_networks_and_other_hours_do_not_count(product):
    for number in range(6):
        send(product, sender=f"net-{number}")
    for hour in range(1, 4):
        send(product, minutes=61 * hour)
    assert flagged() == []


def test_very_many_from_everywhere_are_flagged(product):
    for number in range(bursts.FROM_EVERYWHERE + 1):
        send(product, sender=f"net-{number}")
    assert len(flagged()) == bursts.FROM_EVERYWHERE + 1
    assert flagged()[0][1] == "21 within an hour"


def test_buyers_who_were_asked_come_in_numbers():
    for _ in range(5):
        make_review(sender="net-a")
    assert flagged() == []


def test_a_changed_word_makes_no_burst(product):
    first = send(product)
    for minute in range(2):
        send(product, minutes=minute)
    submitting.edit(first.pk, make_content(), now=NOW)
    assert flagged() == []


def test_a_report_of_no_effect_in_a_burst_is_shown(product):
    for minute in range(5):
        review = send(product, minutes=minute, body=f"It did nothing for me, try number {minute}.")
    assert review.state == Review.State.SHOWN
