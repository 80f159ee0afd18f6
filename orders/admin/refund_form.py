"""The form of a refund: all that is left, some packs, or an amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import TextChoices

from orders import refund_amounts
from orders.admin.forms import OrderActionForm, number_errors
from orders.models import Order, OrderLine, Refund
from orders.refunds import RefundItem
from shop.lib.form_fields import CentsField
from shop.lib.money import format_cents


class What(TextChoices):
    """What is paid back."""

    ALL = "all", "All that is left"
    PACKS = "packs", "Some packs, shipping, or both"
    AMOUNT = "amount", "An amount"


@dataclass(frozen=True)
class Row:
    """One order line in the form. `left` packs have not been paid back yet."""

    line: OrderLine
    already: int
    quantity: forms.BoundField
    restock: forms.BoundField | None

    @property
    def left(self) -> int:
        """Packs that can still be paid back."""
        return self.line.quantity - self.already


class RefundForm(OrderActionForm):
    """`refundable_cents` is what is left of the payments. After cleaning, `amount_cents` and `items`
    say what is paid back.
    """

    what = forms.ChoiceField(
        choices=What.choices,
        widget=forms.RadioSelect,
        label="Pay back",
        error_messages={"required": "Choose what to pay back."},
    )
    shipping = forms.BooleanField(required=False)
    amount = CentsField(required=False, label="Amount")
    reason = forms.CharField(
        max_length=200,
        help_text="For the timeline, for example “returned unopened”.",
        error_messages={"required": "Say why."},
    )

    amount_cents = 0

    def __init__(
        self, order: Order, data: Mapping[str, Any] | None = None, *, refundable_cents: int
    ) -> None:
        super().__init__(order, data)
        self.refundable_cents = refundable_cents
        self.shipping_cents = refund_amounts.shipping_cents(order)
        self.lines = [(line, _paid_back(order, line)) for line in order.lines.all()]
        left = format_cents(refundable_cents, order.currency)
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (What.ALL, f"{What.ALL.label}: {left}"),
            *What.choices[1:],
        ]
        price = format_cents(self.shipping_cents, order.currency)
        self.fields["shipping"].label = f"Shipping, {price}"
        self.fields["amount"].help_text = f"At most {left}."
        for line, already in self.lines:
            self._add_line_fields(line, already)
        self.order_fields(["what", *self._line_fields(), "shipping", "amount", "reason"])

    def _line_fields(self) -> list[str]:
        return [name for name in self.fields if name.startswith(("quantity_", "restock_"))]

    def _add_line_fields(self, line: OrderLine, already: int) -> None:
        self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
            label=f"Packs of {line.sku} to pay back",
            min_value=0,
            max_value=line.quantity - already,
            initial=0,
            required=False,
            error_messages=number_errors(line.quantity - already),
        )
        # Packs that never left go back to the stock by themselves.
        if line.quantity_shipped:
            self.fields[f"restock_{line.pk}"] = forms.BooleanField(
                label=f"{line.sku}: unopened, put back on the shelf", required=False
            )

    @property
    def rows(self) -> list[Row]:
        """Each line with its fields, for the table."""
        return [
            Row(
                line=line,
                already=already,
                quantity=self[f"quantity_{line.pk}"],
                restock=self[f"restock_{line.pk}"] if line.quantity_shipped else None,
            )
            for line, already in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        """Work out the amount, and refuse one that is nothing or more than is left."""
        cleaned = super().clean() or {}
        what = cleaned.get("what")
        if self.errors or not what:
            return cleaned
        field = "amount" if what == What.AMOUNT else "what"
        if what == What.AMOUNT and cleaned["amount"] is None:
            self.add_error("amount", "Enter the amount.")
            return cleaned
        self.amount_cents = self._amount(What(what))
        if self.amount_cents <= 0:
            message = "Choose packs or shipping." if what == What.PACKS else "Enter more than zero."
            self.add_error(field, message)
        elif self.amount_cents > self.refundable_cents:
            asked = format_cents(self.amount_cents, self.order.currency)
            left = format_cents(self.refundable_cents, self.order.currency)
            self.add_error(field, f"That is {asked}. Only {left} can still be paid back.")
        return cleaned

    @property
    def items(self) -> list[RefundItem]:
        """The packs that are paid back, after cleaning. None for an amount that stands for no packs."""
        what = self.cleaned_data["what"]
        if what == What.AMOUNT:
            return []
        found = []
        for line, already in self.lines:
            everything = line.quantity - already
            asked = self.cleaned_data[f"quantity_{line.pk}"] or 0
            quantity = everything if what == What.ALL else asked
            if quantity:
                restock = bool(self.cleaned_data.get(f"restock_{line.pk}"))
                found.append(RefundItem(line_id=line.pk, quantity=quantity, restock=restock))
        return found

    @property
    def items_shown(self) -> list[str]:
        """The packs and shipping that are paid back in words, for the last look."""
        names = {line.pk: f"{line.product_name}, {line.variant_name}" for line, _ in self.lines}
        shown = [
            f"{item.quantity} × {names[item.line_id]}"
            + (", back on the shelf" if item.restock else "")
            for item in self.items
        ]
        if self.cleaned_data["what"] == What.PACKS and self.cleaned_data["shipping"]:
            shown.append("Shipping")
        return shown

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, as (name, value) pairs for the next page."""
        return [(name, str(self.data[name])) for name in self.fields if name in self.data]

    def _amount(self, what: What) -> int:
        if what == What.ALL:
            return self.refundable_cents
        if what == What.AMOUNT:
            return int(self.cleaned_data["amount"])
        already = {line.pk: (line, before) for line, before in self.lines}
        packs = sum(
            refund_amounts.packs_cents(
                already[item.line_id][0],
                already=already[item.line_id][1],
                quantity=item.quantity,
            )
            for item in self.items
        )
        return packs + (self.shipping_cents if self.cleaned_data["shipping"] else 0)


def _paid_back(order: Order, line: OrderLine) -> int:
    return sum(
        item.quantity
        for refund in order.refunds.all()
        if refund.status != Refund.Status.FAILED
        for item in refund.lines.all()
        if item.line_id == line.pk
    )
