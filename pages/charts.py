"""Geometry of the drawn facts: dots for micrograms, dots with lines for study results."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pages.models import Estimate

DOT_PITCH = 12
DOT_RADIUS = 4.6
DOTS_PER_ROW = 25


@dataclass(frozen=True)
class DotStrip:
    """One dot for each microgram; the rest is a slice of a disc, drawn in its ring."""

    width: int
    height: int
    dots: tuple[tuple[float, float], ...]
    part: tuple[float, float] | None
    slice_path: str

    radius = DOT_RADIUS


def dot_strip(micrograms: Decimal) -> DotStrip:
    """Lay out `micrograms` as dots, DOTS_PER_ROW in a row, in pixels."""
    whole = int(micrograms)
    fraction = float(micrograms) - whole
    count = whole + (1 if fraction else 0)
    places = [
        (DOT_PITCH * (n % DOTS_PER_ROW + 0.5), DOT_PITCH * (n // DOTS_PER_ROW + 0.5))
        for n in range(count)
    ]
    return DotStrip(
        width=DOT_PITCH * min(max(count, 1), DOTS_PER_ROW),
        height=DOT_PITCH * max(1, math.ceil(count / DOTS_PER_ROW)),
        dots=tuple(places[:whole]),
        part=places[whole] if fraction else None,
        slice_path=_slice(*places[whole], fraction) if fraction else "",
    )


def _slice(x: float, y: float, fraction: float) -> str:
    """Return the SVG path of `fraction` of a disc around (x, y), clockwise from the top."""
    turn = 2 * math.pi * fraction
    end_x, end_y = x + DOT_RADIUS * math.sin(turn), y - DOT_RADIUS * math.cos(turn)
    large = int(fraction > 0.5)  # noqa: PLR2004 (half a disc)
    return (
        f"M{x} {y}V{y - DOT_RADIUS}A{DOT_RADIUS} {DOT_RADIUS} 0 {large} 1 {end_x:.2f} {end_y:.2f}z"
    )


@dataclass(frozen=True)
class PlotDesign:
    """How one kind of result is drawn: the scale, its marks, and the words around it."""

    title: str
    reading: str
    measure: str
    low: float
    high: float
    ticks: tuple[float, ...]
    is_ratio: bool = False
    no_difference: float | None = None
    left: str = ""
    right: str = ""
    tick_places: int = 2
    table_places: int = 2


@dataclass(frozen=True)
class PlotRow:
    """One result on the drawing: heights and places in drawing units, and its numbers as text."""

    estimate: Estimate
    label_y: int
    y: int
    x: float
    x_low: float
    x_high: float
    numbers: str


@dataclass(frozen=True)
class DotPlot:
    """A whole drawing, 340 units wide."""

    key: str
    design: PlotDesign
    rows: tuple[PlotRow, ...]
    ticks: tuple[tuple[float, str], ...]
    no_difference_x: float | None
    bottom: int
    height: int

    left_edge = 18
    right_edge = 322

    @property
    def notes(self) -> list[str]:
        """What is to be said of the results, each remark once."""
        return list(dict.fromkeys(row.estimate.note for row in self.rows if row.estimate.note))


def dot_plot(key: str, design: PlotDesign, estimates: Sequence[Estimate]) -> DotPlot:
    """Lay out `estimates` from top to bottom on the scale of `design`. A ratio is drawn on a log scale."""
    place = _scale(design, DotPlot.left_edge, DotPlot.right_edge)
    rows = tuple(_row(number, estimate, design, place) for number, estimate in enumerate(estimates))
    bottom = 44 * len(rows) + 6
    middle = design.no_difference
    return DotPlot(
        key=key,
        design=design,
        rows=rows,
        ticks=tuple((place(tick), _number(tick, design.tick_places)) for tick in design.ticks),
        no_difference_x=None if middle is None else place(middle),
        bottom=bottom,
        height=bottom + (44 if design.left or design.right else 28),
    )


def dot_plots(
    designs: dict[Estimate.Plot, PlotDesign], estimates: Iterable[Estimate]
) -> list[DotPlot]:
    """Return one drawing for each design that has estimates, in the order of the designs."""
    rows = list(estimates)
    plots = []
    for plot, design in designs.items():
        own = [estimate for estimate in rows if estimate.plot == plot]
        if own:
            plots.append(dot_plot(plot.value, design, own))
    return plots


def _scale(design: PlotDesign, left: int, right: int) -> Callable[[float], float]:
    bend: Callable[[float], float] = math.log if design.is_ratio else float
    low, high = bend(design.low), bend(design.high)

    def place(value: float) -> float:
        # What lies outside the scale is drawn at its edge; the table has the number.
        inside = min(max(value, design.low), design.high)
        return round(left + (bend(inside) - low) / (high - low) * (right - left), 1)

    return place


def _row(
    number: int, estimate: Estimate, design: PlotDesign, place: Callable[[float], float]
) -> PlotRow:
    value, low, high = (float(each) for each in (estimate.value, estimate.low, estimate.high))
    shown = [_number(each, design.table_places) for each in (value, low, high)]
    return PlotRow(
        estimate=estimate,
        label_y=44 * number + 14,
        y=44 * number + 29,
        x=place(value),
        x_low=place(low),
        x_high=place(high),
        numbers=f"{shown[0]} ({shown[1]} to {shown[2]})",
    )


def _number(value: float, places: int) -> str:
    # A real minus sign is as wide as a plus and is read out as "minus".
    return f"{value:.{places}f}".replace("-", "−")


PLOTS = {
    Estimate.Plot.PATCH_PILL: PlotDesign(
        title="People with at least one deficiency after gastric bypass",
        reading="Further left is better. A multivitamin patch did worse than pills in this small group.",
        measure="Percent of people",
        low=0,
        high=100,
        ticks=(0, 25, 50, 75, 100),
        left="nobody",
        right="everybody",
        tick_places=0,
        table_places=1,
    ),
    Estimate.Plot.FRACTURES: PlotDesign(
        title="Broken bones with B12 and folic acid, compared with placebo",
        reading="Every line crosses 1, so none of these trials shows an effect.",
        measure="Ratio",
        low=0.5,
        high=2,
        ticks=(0.5, 0.7, 1, 1.4, 2),
        is_ratio=True,
        no_difference=1,
        left="fewer",
        right="more",
        tick_places=1,
    ),
    Estimate.Plot.MS_LEVELS: PlotDesign(
        title="Average B12 in people with MS, compared with people without",
        reading="Two lines cross 0. The newest lies just below it: a small difference, if it is one.",
        measure="Standardized difference",
        low=-0.5,
        high=0.5,
        ticks=(-0.5, -0.25, 0, 0.25, 0.5),
        no_difference=0,
        left="lower in MS",
        right="higher in MS",
    ),
    Estimate.Plot.MEDICINES: PlotDesign(
        title="Low B12 after two years or more on acid reducers",
        reading="Both lie above 1: a deficiency was more common with these medicines.",
        measure="Odds ratio",
        low=0.5,
        high=2,
        ticks=(0.5, 0.7, 1, 1.4, 2),
        is_ratio=True,
        no_difference=1,
        left="less common",
        right="more common",
        tick_places=1,
    ),
}
