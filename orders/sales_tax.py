"""Sales tax at a destination, from the table that staff maintain."""

from datetime import date

from django.db.models import Q

from orders.models import TaxRate
from orders.totals import NO_TAX, Tax


def tax_for(*, country: str, region: str, postal_code: str, on: date) -> Tax:
    """Return the tax in force at a destination on a day; none where the table has no row.

    Of the rows that fit the one with the longest ZIP prefix counts, then one for the state, then one
    for the country; among equals the latest.
    """
    rows = TaxRate.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gte=on),
        Q(region="") | Q(region__iexact=region),
        country=country,
        effective_from__lte=on,
    )
    fitting = [row for row in rows if postal_code.startswith(row.postal_prefix)]
    if not fitting:
        return NO_TAX
    best = max(
        fitting, key=lambda row: (len(row.postal_prefix), bool(row.region), row.effective_from)
    )
    return Tax(percent=best.rate_percent, taxes_shipping=best.taxes_shipping)
