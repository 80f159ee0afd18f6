"""How reviews are asked for: the requests, the campaigns, and how many addresses want none.

Requests are for reading only. Nobody here can ask somebody, leave somebody out or end somebody's requests:
whoever could would choose whose reviews there are. Nor is a request's link shown: it writes as its buyer.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.form_checks import ClaimsChecked, ClaimsForm
from reviews import invitations
from reviews.models import Campaign, Invitation, MailStop, Review
from reviews.published_texts import CAMPAIGN
from shop.lib.form_fields import MomentField, PercentOrAmount
from shop.lib.read_only_admin import ReadOnlyAdmin

# What was promised to somebody, and stands beside reviews.
PROMISED = ("name", "label", "percent_basis_points", "amount_cents", "code_days", "starts_at")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Any]):
    """The requests, the latest due first."""

    list_display = (
        *("order_link", "product", "state", "delivered_at", "due_at"),
        *("mailed_at", "reminded_at", "stopped_at", "campaign"),
    )
    # The first column leads to the order; a link in a link is none.
    list_display_links = ("state",)
    list_filter = (
        ("mailed_at", admin.EmptyFieldListFilter),
        ("stopped_at", admin.EmptyFieldListFilter),
        "campaign",
    )
    search_fields = ("order__number", "order__email")
    search_help_text = "Number of the order, or the buyer’s email."
    show_facets = admin.ShowFacets.NEVER
    fields = (
        *("order_link", "product", "state", "delivered_at", "due_at", "expires_at"),
        *("mailed_at", "reminded_at", "stopped_at", "campaign", "incentive_label"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """Load what the list shows, and whether each was answered; not with what."""
        answers = Review.objects.filter(order_line=OuterRef("order_line"))
        rows: QuerySet[Invitation] = super().get_queryset(request)
        return rows.select_related("order", "product", "campaign").annotate(
            is_answered=Exists(answers)
        )

    @admin.display(description="Order", ordering="order__number")
    def order_link(self, row: Invitation) -> SafeString:
        """The order, on its own page."""
        url = reverse("admin:orders_order_change", args=[row.order_id])
        return format_html('<a href="{}">{}</a>', url, row.order.number)

    @admin.display(description="State")
    def state(self, row: Any) -> str:
        """Where the request stands, in a word or two."""
        if row.is_answered:
            return "Answered"
        if row.stopped_at:
            return "Stopped by the buyer"
        if row.mailed_at:
            return "Reminded" if row.reminded_at else "Mailed"
        now = timezone.now()
        if row.due_at < now - invitations.TOO_LATE or row.expires_at <= now:
            return "Too late to be sent"
        return "Due" if row.due_at <= now else "Waits"


class CampaignForm(PercentOrAmount, ClaimsForm[Campaign]):
    """A campaign with one value, percent or amount, and the words that stand beside every review it earned."""

    claims_texts = CAMPAIGN
    starts_at = MomentField(label="From")
    ends_at = MomentField(
        label="Until",
        help_text="In the shop’s time zone. No request mailed later has the offer; what was promised is kept.",
    )

    class Meta:
        model = Campaign
        fields = (*PROMISED, "ends_at", "is_active")

    def clean(self) -> dict[str, Any]:
        """The end comes after the start."""
        cleaned = super().clean() or {}
        starts = cleaned.get("starts_at") or self.instance.starts_at
        ends = cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The end must come after the start.")
        return cleaned


def is_promised(campaign: Campaign | None) -> bool:
    """Say whether somebody was told of it: from then on it can only end."""
    return campaign is not None and campaign.invitations.exists()


@admin.register(Campaign)
class CampaignAdmin(ClaimsChecked[Campaign]):
    """Campaigns. Once one was promised to somebody, its words and its value stay; it can only end."""

    form = CampaignForm
    list_display = ("name", "takes_off", "starts_at", "ends_at", "is_active", "asked", "codes")
    show_facets = admin.ShowFacets.NEVER
    fieldsets = (
        (None, {"fields": ("name", "label", "percent_basis_points", "amount_cents", "code_days")}),
        ("When requests have the offer", {"fields": ("starts_at", "ends_at", "is_active")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """Count what each has promised and given."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                asked_count=Count("invitations", distinct=True),
                code_count=Count("invitations__code", distinct=True),
            )
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Campaign | None = None
    ) -> tuple[str, ...]:
        """What was promised stays."""
        return PROMISED if is_promised(obj) else ()

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Only one that nobody was told of, and one by one."""
        if obj is None or is_promised(obj):
            return False
        return super().has_delete_permission(request, obj)

    @admin.display(description="Takes off")
    def takes_off(self, campaign: Campaign) -> str:
        """What a code is worth."""
        return campaign.value

    @admin.display(description="Requests")
    def asked(self, campaign: Any) -> int:
        """To how many requests the offer was added."""
        return int(campaign.asked_count)

    @admin.display(description="Codes issued")
    def codes(self, campaign: Any) -> int:
        """How many were answered, with whatever stars."""
        return int(campaign.code_count)


@admin.register(MailStop)
class MailStopAdmin(ReadOnlyAdmin[MailStop]):
    """Addresses that want no requests: how many and since when. Whose they are nobody can read."""

    list_display = ("stopped_at",)
    fields = ("stopped_at",)
