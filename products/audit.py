"""Whether the stock's books add up: movements, reservations and the two numbers kept beside each pack."""

from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from products.models import Reservation, StockCount, StockCountLine, StockMovement, Variant
from shop.lib.append_only import missing_guards

GUARDED = (StockMovement, StockCount, StockCountLine)


def stock_faults() -> list[str]:
    """Return in plain words where sums and numbers of a pack differ, and which guards are gone.

    The number of queries does not depend on how many movements there are.
    """
    found = [
        f"The database does not refuse {action.upper()} on {model._meta.verbose_name_plural}:"
        " its trigger is gone."
        for model in GUARDED
        for action in missing_guards(connection, model._meta.db_table)
    ]
    packs: QuerySet[Any] = Variant.objects.annotate(
        moved=_sum_per_pack(StockMovement.objects.all()),
        promised=_sum_per_pack(Reservation.objects.all()),
    )
    wrong = packs.exclude(Q(stock_on_hand=F("moved")) & Q(stock_reserved=F("promised")))
    for pack in wrong.order_by("pk"):
        if pack.stock_on_hand != pack.moved:
            found.append(
                f"{pack.sku}: {pack.stock_on_hand} on hand, but its movements add up to {pack.moved}."
            )
        if pack.stock_reserved != pack.promised:
            found.append(
                f"{pack.sku}: {pack.stock_reserved} reserved, but its reservations add up to"
                f" {pack.promised}."
            )
    return found


def _sum_per_pack(rows: "QuerySet[StockMovement] | QuerySet[Reservation]") -> Coalesce:
    sums = rows.filter(variant=OuterRef("pk")).order_by().values("variant")
    return Coalesce(Subquery(sums.annotate(total=Sum("quantity")).values("total")), 0)
