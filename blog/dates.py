"""Days of the blog, in the shop's own time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateformat import format as format_date


def long_date(moment: datetime | date) -> str:
    """Return a day as posts show it: "Thursday, January 12th, 2012"."""
    return format_date(day_of(moment), "l, F jS, Y")


def day_of(moment: datetime | date) -> date:
    """Return the day in the shop's time zone."""
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment


@dataclass(frozen=True)
class Period:
    """A year, a month of it or a day of that, as archives have them. Raises ValueError for no such day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        _ = self.first

    @property
    def first(self) -> date:
        """Its first day."""
        month, day = (1 if part is None else part for part in (self.month, self.day))
        return date(self.year, month, day)

    @property
    def name(self) -> str:
        """2012; January, 2012; January 12th, 2012: what old WordPress themes say."""
        return format_date(self.first, "F jS, Y" if self.day else "F, Y" if self.month else "Y")

    @property
    def path(self) -> str:
        """The archive's address."""
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part]
        return f"/blog/{'/'.join(parts)}/"

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """When it begins, and when the next one does."""
        if self.day:
            after = self.first + timedelta(days=1)
        elif self.month:
            after = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        else:
            after = date(self.year + 1, 1, 1)
        return _begin_of(self.first), _begin_of(after)


def _begin_of(day: date) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
