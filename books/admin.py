"""The ledger for staff. Read-only: the database refuses anything else as well."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from books.models import LedgerEntry
from shop.lib.money import format_cents
from shop.lib.read_only_admin import ReadOnlyAdmin

# Where a hash may wrap on a narrow screen; what is copied is the whole.
BREAK = SafeString("<wbr>")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin[LedgerEntry]):
    """Every movement of money, the newest first."""

    list_display = (
        "sequence",
        "happened_at",
        "kind",
        "amount",
        "order_number",
        "payment_reference",
        "reference",
    )
    list_filter = ("kind", "happened_at")
    search_fields = ("order_number", "payment_reference", "reference")
    search_help_text = "Order number, or Stripe's id of the payment, refund or dispute."
    ordering = ("-sequence",)
    fields = (
        "sequence",
        "kind",
        "amount",
        "order_number",
        "payment_reference",
        "reference",
        "key",
        "happened_at",
        "recorded_at",
        "previous",
        "own",
    )
    list_per_page = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description="amount", ordering="amount_cents")
    def amount(self, entry: LedgerEntry) -> str:
        """The amount as people write it; negative when it left us."""
        return format_cents(entry.amount_cents, entry.currency)

    @admin.display(description="hash of the entry before")
    def previous(self, entry: LedgerEntry) -> SafeString:
        """What it continues from."""
        return _breakable(entry.previous_hash)

    @admin.display(description="hash")
    def own(self, entry: LedgerEntry) -> SafeString:
        """What the next entry continues from."""
        return _breakable(entry.hash)


def _breakable(digest: str) -> SafeString:
    return format_html_join(BREAK, "{}", ((digest[at : at + 16],) for at in range(0, 64, 16)))
