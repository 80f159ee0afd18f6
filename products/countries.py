"""Countries by their two-letter codes (ISO 3166-1), as Unicode's CLDR lists them."""

from functools import cache

from babel import Locale
from django.core.exceptions import ValidationError

# CLDR lists these beside the countries: unions, islands with reserved codes, tests, the unknown.
NOT_COUNTRIES = frozenset(
    ("EU", "EZ", "UN", "AC", "CP", "CQ", "DG", "EA", "IC", "TA", "QO", "XA", "XB", "ZZ")
)


@cache
def country_names() -> dict[str, str]:
    """Return {code: English name}, ordered by name."""
    # Three digits are the parts of the world.
    names = {
        code: name
        for code, name in Locale("en").territories.items()
        if code.isalpha() and code not in NOT_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda item: item[1]))


def validate_country(code: str) -> None:
    """Raise ValidationError unless `code` is the code of a country, in capitals."""
    if code not in country_names():
        message = f"“{code}” is not the two-letter code of a country, such as GB or DE."
        raise ValidationError(message, code="country")
