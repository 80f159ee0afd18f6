from decimal import Decimal

import pytest

from pages.charts import PLOTS, DotPlot, dot_plot, dot_plots, dot_strip
from pages.models import Estimate

RATIO = PLOTS[Estimate.Plot.FRACTURES]


def estimate(value, low, high, plot=Estimate.Plot.FRACTURES):
    return Estimate(
        plot=plot, label="X", value=Decimal(value), low=Decimal(low), high=Decimal(high)
    )


@pytest.mark.parametrize(
    ("amount", "dots", "has_part", "size"),
    [
        ("0", 0, False, (12, 12)),
        ("0.4", 0, True, (12, 12)),
        ("2.4", 2, True, (36, 12)),
        ("25", 25, False, (300, 12)),
        ("70.7", 70, True, (300, 36)),
    ],
)
def test_one_dot_stands_for_one_microgram(amount, dots, has_part, size):
    strip = dot_strip(Decimal(amount))
    assert len(strip.dots) == dots
    assert (strip.part is not None) == has_part == bool(strip.slice_path)
    assert (strip.width, strip.height) == size


def test_half_and_double_lie_equally_far_from_one():
    plot = dot_plot("x", RATIO, [estimate("1", "0.5", "2")])
    row = plot.rows[0]
    assert row.x == plot.no_difference_x == 170
    assert (row.x_low, row.x_high) == (DotPlot.left_edge, DotPlot.right_edge)


def test_what_lies_outside_the_scale_is_drawn_at_its_edge_and_told_in_numbers():
    row = dot_plot("x", RATIO, [estimate("3", "2.5", "9")]).rows[0]
    assert row.x == row.x_high == DotPlot.right_edge
    assert row.numbers == "3.00 (2.50 to 9.00)"


def test_negative_numbers_carry_a_real_minus():
    design = PLOTS[Estimate.Plot.MS_LEVELS]
    row = dot_plot("x", design, [estimate("-0.1", "-0.2", "0")]).rows[0]
    assert row.numbers == "−0.10 (−0.20 to 0.00)"


def test_only_plots_with_results_are_drawn():
    assert [plot.key for plot in dot_plots(PLOTS, [estimate("1", "1", "1")])] == ["fractures"]
    assert dot_plots(PLOTS, []) == []
