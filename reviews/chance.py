"""How likely something is by chance alone: tests of whether withholding, or waiting, depends on the stars.

Pure functions of counts and times. In all tests the reviews, their stars and how many of them were withheld
are taken as given; under fairness every choice of so many was equally likely (a permutation test: Fisher
1935; Pitman 1937). Reviews are compared within strata only, so that what a stratum has to do with the stars,
such as who bought here, is not taken for unfairness (Mantel and Haenszel 1959; Mantel 1963).

trend()   the sum of the stars of what was withheld: exact while few are, then normal with variance and skew
          of a draw without replacement (Cochran 1977). Sees that low, or high, ratings are withheld more often.
table()   all five ratings apart, by the generalized Cochran-Mantel-Haenszel statistic (Landis, Heyman and
          Koch 1978), chi-squared with one degree of freedom less than there are columns. Neighbors are put
          together until five or more of each kind are expected in each column (Cochran 1954). Sees that
          the middle, or both ends, are withheld more often.
delay()   Gehan's generalized Wilcoxon statistic (1965) with its permutation variance (Mantel 1967): what
          still waits counts as waiting at least so long.
holm()    corrects for looking many times (Holm 1979).
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

STARS = range(1, 6)
# Of the rarer kind, withheld or not; beyond it the sum is normal for all purposes.
EXACT_UP_TO = 250
FEWEST_EXPECTED = 5
FEWEST_WAITS = 20
# Ways less likely than this are left out of an exact distribution.
NEGLIGIBLE = 1e-15
# Beside the largest variance: what is left by rounding.
NO_VARIANCE = 1e-9
# p-values of chi-squared are closed forms for up to four degrees of freedom.
MOST_DEGREES = 4

Counts = Sequence[int]


@dataclass(frozen=True)
class Stratum:
    """How many reviews with one to five stars were withheld, and how many were not."""

    withheld: Counts
    others: Counts

    @property
    def all(self) -> list[int]:
        """How many there are of each rating."""
        return [one + other for one, other in zip(self.withheld, self.others, strict=True)]


@dataclass(frozen=True)
class Outcome:
    """What a test says: the chance of so much or more by luck, and which ratings fared worse.

    `worse` is "low", "high" or empty, where the test does not tell or nothing differs.
    """

    p: float
    worse: str = ""


@dataclass(frozen=True)
class Wait:
    """How many seconds a review waited, and whether it was decided then or still waits."""

    stars: int
    seconds: float
    is_over: bool


def trend(strata: Sequence[Stratum]) -> Outcome | None:
    """Return whether the withheld have other stars on average; None where there is nothing to compare."""
    strata = [one for one in strata if _varies(one)]
    if not strata:
        return None
    told = sum(_stars(one.withheld) for one in strata)
    expected = sum(_mean(one) for one in strata)
    rare = sum(min(sum(one.withheld), sum(one.others)) for one in strata)
    lower, upper = _exact_tails(strata, told) if rare <= EXACT_UP_TO else _tails(strata, told)
    p = min(1.0, 2 * min(lower, upper))
    return Outcome(p, "low" if told < expected else "high" if told > expected else "")


def table(strata: Sequence[Stratum]) -> Outcome | None:
    """Return whether any rating is withheld more often than others; None where too few were."""
    strata = [one for one in strata if _varies(one)]
    columns = _columns(strata)
    degrees = len(columns) - 1
    if degrees < 1:
        return None
    difference = [0.0] * degrees
    covariance = [[0.0] * degrees for _ in range(degrees)]
    for one in strata:
        withheld = [sum(one.withheld[star] for star in column) for column in columns]
        counts = [sum(one.all[star] for star in column) for column in columns]
        number, drawn = sum(counts), sum(withheld)
        factor = drawn * (number - drawn) / (number * number * (number - 1))
        for row in range(degrees):
            difference[row] += withheld[row] - drawn * counts[row] / number
            for column in range(degrees):
                same = number if row == column else 0
                covariance[row][column] += factor * counts[row] * (same - counts[column])
    statistic, rank = _distance(difference, covariance)
    return Outcome(chi_squared_tail(statistic, rank)) if rank else None


def delay(strata: Sequence[Sequence[Wait]]) -> Outcome | None:
    """Return whether some stars wait longer than others; None for fewer than FEWEST_WAITS waits."""
    told = variance = 0.0
    for waits in strata:
        if len(waits) < 2:  # noqa: PLR2004 (one waits with nobody)
            continue
        mean = sum(one.stars for one in waits) / len(waits)
        scores = _gehan_scores(waits)
        told += sum((one.stars - mean) * score for one, score in zip(waits, scores, strict=True))
        spread = sum((one.stars - mean) ** 2 for one in waits)
        variance += spread * sum(score * score for score in scores) / (len(waits) - 1)
    if sum(map(len, strata)) < FEWEST_WAITS or variance <= 0:
        return None
    p = math.erfc(abs(told) / math.sqrt(2 * variance))
    return Outcome(p, "low" if told < 0 else "high")


def holm(chances: Sequence[float]) -> list[float]:
    """Return the p-values corrected for how many there are, in the same order."""
    adjusted, largest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        largest = max(largest, min(1.0, (len(chances) - rank) * chances[place]))
        adjusted[place] = largest
    return adjusted


def chi_squared_tail(statistic: float, degrees: int) -> float:
    """Return the chance of `statistic` or more with one to four `degrees` of freedom. Raises ValueError."""
    if not 1 <= degrees <= MOST_DEGREES:
        msg = "Five ratings have one to four degrees of freedom."
        raise ValueError(msg)
    half = max(0.0, statistic) / 2
    if degrees % 2 == 0:
        return math.exp(-half) * (1 + half * (degrees - 2) / 2)
    more = 2 * math.sqrt(half / math.pi) * math.exp(-half) if degrees > 1 else 0.0
    return math.erfc(math.sqrt(half)) + more


def sums(counts: Counts, drawn: int) -> Mapping[int, float]:
    """Return how likely each sum of stars is for `drawn` of the reviews with these counts of ratings."""
    left = sum(counts)
    ways: dict[tuple[int, int], float] = {(drawn, 0): 1.0}
    for stars, count in zip(STARS, counts, strict=True):
        following: dict[tuple[int, int], float] = defaultdict(float)
        for (open_, total), chance in ways.items():
            for taken, share in _shares(left, count, open_):
                if (likely := chance * share) > NEGLIGIBLE:
                    following[open_ - taken, total + taken * stars] += likely
        ways, left = following, left - count
    return {total: chance for (_, total), chance in ways.items()}


@cache
def _shares(population: int, count: int, drawn: int) -> list[tuple[int, float]]:
    """Return the hypergeometric distribution: how many of `count` are among `drawn` of `population`."""
    whole = _log_ways(population, drawn)
    return [
        (
            taken,
            math.exp(
                _log_ways(count, taken) + _log_ways(population - count, drawn - taken) - whole
            ),
        )
        for taken in range(max(0, drawn - population + count), min(count, drawn) + 1)
    ]


def _log_ways(population: int, drawn: int) -> float:
    return (
        math.lgamma(population + 1) - math.lgamma(drawn + 1) - math.lgamma(population - drawn + 1)
    )


def _exact_tails(strata: Sequence[Stratum], told: int) -> tuple[float, float]:
    """Return the chances of a sum as low as `told`, and as high."""
    joint: dict[int, float] = {0: 1.0}
    for one in strata:
        withheld, others = sum(one.withheld), sum(one.others)
        if withheld <= others:
            own = sums(one.all, withheld)
        else:  # the same draw, seen from what is left
            whole = _stars(one.all)
            own = {whole - total: chance for total, chance in sums(one.all, others).items()}
        following: dict[int, float] = defaultdict(float)
        for total, chance in joint.items():
            for more, likely in own.items():
                following[total + more] += chance * likely
        joint = following
    _shares.cache_clear()
    return (
        sum(chance for total, chance in joint.items() if total <= told),
        sum(chance for total, chance in joint.items() if total >= told),
    )


def _tails(strata: Sequence[Stratum], told: int) -> tuple[float, float]:
    """Return the same by the normal distribution and the skewness of the draw (Edgeworth's first term)."""
    mean = sum(_mean(one) for one in strata)
    spread = math.sqrt(sum(_moment(one, 2) for one in strata))
    skewness = sum(_moment(one, 3) for one in strata) / spread**3
    # Half a star each way, since sums are whole.
    lower = _below((told + 0.5 - mean) / spread, skewness)
    upper = 1 - _below((told - 0.5 - mean) / spread, skewness)
    return max(0.0, lower), max(0.0, upper)


def _below(z: float, skewness: float) -> float:
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return math.erfc(-z / math.sqrt(2)) / 2 - density * skewness * (z * z - 1) / 6


def _varies(one: Stratum) -> bool:
    kinds = sum(1 for count in one.all if count)
    return kinds > 1 and sum(one.withheld) > 0 and sum(one.others) > 0


def _stars(counts: Counts) -> int:
    return sum(stars * count for stars, count in zip(STARS, counts, strict=True))


def _mean(one: Stratum) -> float:
    return sum(one.withheld) * _stars(one.all) / sum(one.all)


def _moment(one: Stratum, power: int) -> float:
    """Return the second or third central moment of the sum of a draw without replacement (Cochran 1977)."""
    number, drawn = sum(one.all), sum(one.withheld)
    mean = _stars(one.all) / number
    spread = sum(
        count * (stars - mean) ** power for stars, count in zip(STARS, one.all, strict=True)
    )
    variance = drawn * (number - drawn) * spread / (number * (number - 1))
    # Of two reviews one is drawn: no skew.
    return variance if power == 2 else variance * (number - 2 * drawn) / max(1, number - 2)  # noqa: PLR2004


def _columns(strata: Sequence[Stratum]) -> list[list[int]]:
    """Return which ratings make one column, as places from 0: enough of each kind expected in each."""
    withheld, others = [0.0] * 5, [0.0] * 5
    for one in strata:
        share = sum(one.withheld) / sum(one.all)
        for place, count in enumerate(one.all):
            withheld[place] += count * share
            others[place] += count * (1 - share)
    columns: list[list[int]] = [[]]
    for place in range(5):
        columns[-1].append(place)
        if _is_enough(columns[-1], withheld, others):
            columns.append([])
    rest = columns.pop()
    if rest and columns:
        columns[-1] += rest
    return columns


def _is_enough(column: list[int], withheld: list[float], others: list[float]) -> bool:
    return all(
        sum(counts[place] for place in column) >= FEWEST_EXPECTED for counts in (withheld, others)
    )


def _distance(difference: list[float], covariance: list[list[float]]) -> tuple[float, int]:
    """Return how far `difference` lies from nothing, in units of its `covariance`, and the rank of that.

    Elimination with the largest variance that is left. What follows from the others has none of its own:
    where strata share no column, the last of each does.
    """
    left, rows = [*difference], [[*row] for row in covariance]
    waiting, distance = list(range(len(left))), 0.0
    smallest = NO_VARIANCE * max(rows[place][place] for place in waiting)
    while waiting:
        pivot = max(waiting, key=lambda place: rows[place][place])
        if rows[pivot][pivot] <= smallest:
            break
        waiting.remove(pivot)
        distance += left[pivot] ** 2 / rows[pivot][pivot]
        for row in waiting:
            factor = rows[row][pivot] / rows[pivot][pivot]
            left[row] -= factor * left[pivot]
            for column in waiting:
                rows[row][column] -= factor * rows[pivot][column]
    return distance, len(left) - len(waiting)


def _gehan_scores(waits: Sequence[Wait]) -> list[int]:
    """Return for each how many others surely waited less, minus how many surely waited longer."""
    over = sorted(one.seconds for one in waits if one.is_over)
    still = sorted(one.seconds for one in waits if not one.is_over)
    scores = []
    for one in waits:
        if one.is_over:
            shorter = bisect_left(over, one.seconds)
            longer = len(over) - bisect_right(over, one.seconds)
            longer += len(still) - bisect_left(still, one.seconds)
        else:
            shorter, longer = bisect_right(over, one.seconds), 0
        scores.append(shorter - longer)
    return scores
