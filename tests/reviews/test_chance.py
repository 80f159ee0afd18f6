"""The tests of fairness: right on small tables, quiet on fair shops, loud on unfair ones."""

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews import chance
from reviews.chance import STARS, Stratum, Wait

# A shop like others: most ratings are fives.
RATINGS = [1] * 10 + [2] * 5 + [3] * 8 + [4] * 22 + [5] * 55


def drawn(random_, number, share):
    """Return a stratum of `number` reviews, each withheld with the chance share(stars)."""
    withheld, others = [0] * 5, [0] * 5
    for _ in range(number):
        stars = random_.choice(RATINGS)
        (withheld if random_.random() < share(stars) else others)[stars - 1] += 1
    return Stratum(withheld, others)


@pytest.mark.parametrize(
    ("counts", "number"), [([3, 2, 2, 4, 9], 5), ([1, 0, 0, 0, 7], 3), ([2, 2, 2, 2, 2], 10)]
)
def test_the_exact_distribution_is_that_of_all_draws(counts, number):
    stars = [star for star, count in zip(STARS, counts, strict=True) for _ in range(count)]
    counted = Counter(map(sum, combinations(stars, number)))
    expected = {total: ways / counted.total() for total, ways in counted.items()}
    assert dict(chance.sums(counts, number)) == pytest.approx(expected)


def test_two_withheld_ones_among_ten_fives_have_the_chance_that_fisher_gives():
    [outcome] = [chance.trend([Stratum([2, 0, 0, 0, 0], [0, 0, 0, 0, 10])])]
    assert outcome.p == pytest.approx(2 * 1 / 66)  # one of 66 pairs, on either side
    assert outcome.worse == "low"
    mirrored = chance.trend([Stratum([0, 0, 0, 0, 10], [2, 0, 0, 0, 0])])
    assert (mirrored.p, mirrored.worse) == (pytest.approx(2 / 66), "high")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    withheld=st.lists(st.integers(0, 6), min_size=5, max_size=5),
    others=st.lists(st.integers(0, 40), min_size=5, max_size=5),
)
def test_a_chance_is_between_nothing_and_one_and_knows_no_direction(withheld, others):
    stratum = Stratum(withheld, others)
    turned = Stratum(withheld[::-1], others[::-1])
    swapped = Stratum(others, withheld)
    for test in (chance.trend, chance.table):
        outcome = test([stratum])
        if outcome is None:
            assert test([turned]) is None
            continue
        assert 0 <= outcome.p <= 1
        assert test([swapped]).p == pytest.approx(outcome.p, abs=1e-9)
    if outcome := chance.trend([stratum]):
        assert chance.trend([turned]).p == pytest.approx(outcome.p, abs=1e-9)


def test_exact_and_normal_agree_where_one_ends_and_the_other_begins(monkeypatch):
    stratum = Stratum([30, 20, 25, 55, 115], [1000, 500, 800, 2200, 5500])
    exact = chance.trend([stratum])
    monkeypatch.setattr(chance, "EXACT_UP_TO", 0)
    assert chance.trend([stratum]).p == pytest.approx(exact.p, rel=0.02)


@pytest.mark.parametrize(
    ("statistic", "degrees", "p"),
    [(3.841, 1, 0.05), (5.991, 2, 0.05), (7.815, 3, 0.05), (9.488, 4, 0.05), (18.467, 4, 0.001)],
)
def test_chi_squared_is_that_of_the_tables(statistic, degrees, p):
    assert chance.chi_squared_tail(statistic, degrees) == pytest.approx(p, rel=1e-3)


def test_chi_squared_knows_no_more_than_five_ratings():
    with pytest.raises(ValueError, match="one to four"):
        chance.chi_squared_tail(1, 5)


def test_the_table_is_pearsons_chi_squared_for_one_stratum():
    withheld, others = [10, 12, 8, 20, 30], [40, 30, 30, 80, 200]
    number, drawn_ = sum(withheld) + sum(others), sum(withheld)
    pearson = 0.0
    for one, other in zip(withheld, others, strict=True):
        expected = (one + other) * drawn_ / number
        rest = one + other - expected
        pearson += (one - expected) ** 2 / expected + (one - expected) ** 2 / rest
    outcome = chance.table([Stratum(withheld, others)])
    assert outcome.p == pytest.approx(chance.chi_squared_tail(pearson * (number - 1) / number, 4))


def test_holm_is_holm():
    assert chance.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert chance.holm([0.6, 0.9]) == [1, 1]
    assert chance.holm([]) == []


@pytest.mark.parametrize(
    "stratum",
    [
        Stratum([0] * 5, [0] * 5),
        Stratum([0] * 5, [3, 1, 1, 4, 20]),
        Stratum([3, 1, 1, 4, 20], [0] * 5),
        Stratum([0, 0, 0, 0, 7], [0, 0, 0, 0, 90]),
        Stratum([1, 0, 0, 0, 0], [0] * 5),
    ],
    ids=["nothing", "none withheld", "all withheld", "all five stars", "one"],
)
def test_where_nothing_can_be_compared_nothing_is_said(stratum):
    assert chance.trend([stratum]) is None
    assert chance.table([stratum]) is None
    assert chance.trend([]) is None


def test_strata_without_a_common_rating_are_added_up():
    """By hand: (10 - 20 * 20/60)² / (20 * 40 * 20 * 40 / (60² * 59)) = 3.6875, and nothing of the second."""
    one = Stratum([10, 10, 0, 0, 0], [10, 30, 0, 0, 0])
    other = Stratum([0, 0, 0, 10, 10], [0, 0, 0, 10, 10])
    assert chance.table([one, other]).p == pytest.approx(chance.chi_squared_tail(3.6875, 2))
    assert chance.table([one]).p == pytest.approx(chance.chi_squared_tail(3.6875, 1))


def test_too_few_for_the_table_are_left_to_the_exact_test():
    stratum = Stratum([2, 0, 0, 0, 1], [5, 5, 5, 20, 60])
    assert chance.table([stratum]) is None
    assert chance.trend([stratum]) is not None


# --- calibration ---------------------------------------------------------------------------------


def alarms(test, number, share, alpha, rounds, seed):
    random_ = random.Random(seed)
    outcomes = [test([drawn(random_, number, share)]) for _ in range(rounds)]
    return sum(outcome is not None and outcome.p < alpha for outcome in outcomes) / rounds


@pytest.mark.parametrize("test", [chance.trend, chance.table])
@pytest.mark.parametrize(("number", "share"), [(60, 0.1), (500, 0.08), (4000, 0.1)])
def test_a_fair_shop_is_seldom_suspected(test, number, share):
    """At five percent: so many rounds of chance stay below these but once in two thousand."""
    rounds = {60: 600, 500: 250, 4000: 150}[number]
    found = alarms(test, number, lambda stars: share, 0.05, rounds, seed=f"{number}")
    assert found < {600: 0.08, 250: 0.1, 150: 0.11}[rounds]


def both(strata):
    """The two tests as the nightly look takes them: the smaller chance, corrected for being two."""
    found = [outcome.p for test in (chance.trend, chance.table) if (outcome := test(strata))]
    return chance.Outcome(min(chance.holm(found), default=1))


def test_one_star_withheld_three_times_as_often_is_found_in_500_reviews():
    unfair = lambda stars: 0.45 if stars == 1 else 0.15  # noqa: E731
    assert alarms(both, 500, unfair, 0.01, 50, seed="unfair") >= 0.9
    fair = lambda stars: 0.18  # noqa: E731
    assert alarms(both, 500, fair, 0.01, 100, seed="fair") <= 0.02


def test_the_middle_withheld_more_often_is_seen_by_the_table_and_not_by_the_sum():
    unfair = lambda stars: 0.5 if stars in {3, 4} else 0.05  # noqa: E731
    assert alarms(chance.table, 500, unfair, 0.01, 50, seed="middle") == 1


def test_what_a_stratum_has_to_do_with_the_stars_is_no_unfairness():
    """Strangers write more ones and are withheld more often, for being fakes; buyers hardly ever."""
    strangers = Stratum([30, 3, 3, 3, 6], [60, 6, 6, 6, 12])
    buyers = Stratum([0, 0, 0, 1, 2], [20, 20, 30, 99, 400])
    together = Stratum(
        [one + other for one, other in zip(strangers.withheld, buyers.withheld, strict=True)],
        [one + other for one, other in zip(strangers.others, buyers.others, strict=True)],
    )
    assert chance.trend([strangers, buyers]).p > 0.5
    assert chance.table([strangers, buyers]).p > 0.5
    assert chance.trend([together]).p < 1e-6


# --- waiting -------------------------------------------------------------------------------------


def waits(random_, number, seconds):
    found = []
    for _ in range(number):
        stars, longest = random_.choice(RATINGS), random_.uniform(1, 20)
        needed = random_.expovariate(1) * seconds(stars)
        found.append(Wait(stars, min(needed, longest), needed < longest))
    return found


def test_waits_that_do_not_depend_on_stars_are_seldom_suspected():
    random_ = random.Random("waits")
    outcomes = [chance.delay([waits(random_, 80, lambda stars: 5)]) for _ in range(600)]
    assert sum(outcome.p < 0.05 for outcome in outcomes) / 600 < 0.08


def test_low_ratings_that_wait_longer_are_found_also_when_they_still_wait():
    random_ = random.Random("slow")
    outcomes = [
        chance.delay([waits(random_, 300, lambda stars: 30 if stars < 3 else 3)]) for _ in range(30)
    ]
    assert all(outcome.p < 0.01 and outcome.worse == "low" for outcome in outcomes)
    still = [Wait(1, 90, is_over=False)] * 15 + [Wait(5, 3, is_over=True)] * 40
    assert chance.delay([still]).p < 1e-6


@pytest.mark.parametrize(
    "told",
    [
        [],
        [[]],
        [[Wait(1, 5, is_over=True)] * 5],
        [[Wait(5, seconds, is_over=True) for seconds in range(30)]],
        [[Wait(1 + place % 5, 60, is_over=True) for place in range(30)]],
    ],
    ids=["nothing", "nobody", "few", "all five stars", "all at once"],
)
def test_where_nobody_waited_differently_nothing_is_said(told):
    assert chance.delay(told) is None
