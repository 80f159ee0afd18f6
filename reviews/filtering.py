"""What a visitor asks to see of the reviews: filters and an order, each a plain link that can be taken off."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.db.models.enums import ChoicesType
from django.urls import reverse

from reviews.models import Held, Review, ReviewCount, SkinType, WornOn
from reviews.models.review import MOST_STARS

# Where a list begins, on every page that has one.
ANCHOR = "#list"


def _choices(choices: ChoicesType) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}


STARS = {str(n): f"{n} dot{'' if n == 1 else 's'}" for n in range(MOST_STARS, 0, -1)}
# By the name in the address: what it may be, and what it is called.
OPTIONS: dict[str, dict[str, str]] = {
    "stars": STARS,
    "verified": {"1": "Bought here"},
    "photo": {"1": "With a photo"},
    "skin": _choices(SkinType),
    "worn": _choices(WornOn),
    "held": _choices(Held),
}
# The dots are chosen in the histogram.
GROUPS = (
    ("Only", ("verified", "photo")),
    ("Skin", ("skin",)),
    ("Worn on", ("worn",)),
    ("Held", ("held",)),
)
NEWEST = ""
SORTS = {
    NEWEST: "Newest",
    "helpful": "Most helpful",
    "highest": "Most dots",
    "lowest": "Fewest dots",
}
# Each by an index of its own, down to its last column.
ORDERS: dict[str, tuple[str, ...]] = {
    NEWEST: ("-written_at", "-number"),
    "helpful": ("-helpful_count", "-written_at", "-number"),
    "highest": ("-stars", "-written_at", "-number"),
    "lowest": ("stars", "-written_at", "-number"),
}


@dataclass(frozen=True)
class Link:
    """A filter or an order to choose; the link of a chosen filter takes it off."""

    label: str
    path: str
    is_chosen: bool


@dataclass(frozen=True)
class Wish:
    """Which reviews, in which order. All are texts as in the address, empty where nothing is asked."""

    stars: str = ""
    verified: str = ""
    photo: str = ""
    skin: str = ""
    worn: str = ""
    held: str = ""
    sort: str = NEWEST

    @property
    def filters(self) -> dict[str, str]:
        """What is asked for besides the order, by name."""
        return {name: value for name in OPTIONS if (value := str(getattr(self, name)))}

    @property
    def is_plain(self) -> bool:
        """Whether it is the list of all reviews, the newest first."""
        return not self.filters and self.sort == NEWEST

    @property
    def order(self) -> tuple[str, ...]:
        """What the rows are ordered by. Reviews with the same dots stand in no order of dots."""
        if self.stars and self.sort in {"highest", "lowest"}:
            return ORDERS[NEWEST]
        return ORDERS[self.sort]

    @property
    def query(self) -> str:
        """What stands in the address behind the question mark; the same wish always gives the same."""
        return urlencode({name: value for name in _NAMES if (value := getattr(self, name))})

    @property
    def first(self) -> str:
        """The address of the first page."""
        path = reverse("reviews")
        return f"{path}?{self.query}" if self.query else path

    @property
    def path(self) -> str:
        """The address of the first page, at the beginning of its list."""
        return f"{self.first}{ANCHOR}"

    def chosen(self) -> list[Link]:
        """Return the filters in use; each link takes one off."""
        return [
            Link(OPTIONS[name][value], replace(self, **{name: ""}).path, is_chosen=True)
            for name, value in self.filters.items()
        ]

    def groups(self) -> list[tuple[str, list[Link]]]:
        """Return all filters with their headings."""
        return [
            (heading, [link for name in names for link in self._links(name)])
            for heading, names in GROUPS
        ]

    def sorts(self) -> list[Link]:
        """Return the orders to choose from; of reviews with the same dots there are two."""
        names = [NEWEST, "helpful"] if self.stars else list(SORTS)
        return [
            Link(SORTS[name], replace(self, sort=name).path, ORDERS[name] == self.order)
            for name in names
        ]

    def _links(self, name: str) -> list[Link]:
        now = getattr(self, name)
        return [
            Link(label, replace(self, **{name: "" if value == now else value}).path, value == now)
            for value, label in OPTIONS[name].items()
        ]


_NAMES = tuple(field.name for field in fields(Wish))


def read_wish(query: Mapping[str, str]) -> Wish:
    """Return what an address asks for. What we do not know is ignored."""
    known = {
        name: value
        for name, options in OPTIONS.items()
        if (value := query.get(name, "")) in options
    }
    sort = query.get("sort", NEWEST)
    return Wish(**known, sort=sort if sort in SORTS else NEWEST)


def conditions(wish: Wish) -> Q:
    """Return what the rows of reviews have to be."""
    columns: dict[str, Any] = {
        "stars": "stars",
        "skin": "skin_type",
        "worn": "worn_on",
        "held": "held",
    }
    found = Q()
    for name, value in wish.filters.items():
        if name == "verified":
            found &= Q(is_verified=True)
        elif name == "photo":
            found &= Q(photo_state=Review.PhotoState.SHOWN)
        else:
            found &= Q(**{columns[name]: value})
    return found


def cells(product_id: int, wish: Wish) -> "QuerySet[ReviewCount]":
    """Return the counts of the cells (reviews/counting.py) that `wish` takes in.

    No value of one filter is a value of another, so that each is known by the bars around it.
    """
    found = ReviewCount.objects.filter(product=product_id, kind="cell", count__gt=0)
    marks = {"verified": "|v|", "photo": "|p|"}
    for name, value in wish.filters.items():
        if name == "stars":
            found = found.filter(key__startswith=f"{value}|")
        elif name == "held":
            found = found.filter(key__endswith=f"|{value}")
        else:
            found = found.filter(key__contains=marks.get(name, f"|{value}|"))
    return found
