"""The form of a refund: all that is left, some packs, or an amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import TextChoices

from orders import refund_amounts
from orders.admin import open_packs
from orders.admin.forms import OrderActionForm, number_errors
from orders.models import Order, OrderLine, Refund
from orders.refunds import RefundItem, refundable_packs
from shop.lib.form_fields import CentsField
from shop.lib.money import format_cents

PACK_FIELDS = ("unshipped_", "returned_", "restock_")


class What(TextChoices):
    """What is paid back."""

    ALL = "all", "All that is left"
    PACKS = "packs", "Some packs, shipping, or both"
    AMOUNT = "amount", "An amount"


@dataclass(frozen=True)
class Row:
    """One order line in the form, with the packs that can be paid back and their fields.

    A field is None where there are no such packs.
    """

    line: OrderLine
    already: int
    unshipped: forms.BoundField | None
    returned: forms.BoundField | None
    restock: forms.BoundField | None

    @property
    def left(self) -> int:
        """Packs that have not been paid back yet."""
        return self.line.quantity - self.already


@dataclass(frozen=True)
class Packs:
    """What can be paid back of one line: packs that have not left, and packs that have."""

    line: OrderLine
    already: int
    unshipped: int
    shipped: int


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
        going = open_packs.being_withdrawn(order)
        self.packs = [_packs(order, line, going[line.pk]) for line in order.lines.all()]
        left = format_cents(refundable_cents, order.currency)
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (What.ALL, f"{What.ALL.label}: {left}"),
            *What.choices[1:],
        ]
        price = format_cents(self.shipping_cents, order.currency)
        self.fields["shipping"].label = f"Shipping, {price}"
        if not self.shipping_cents:
            del self.fields["shipping"]
        self.fields["amount"].help_text = f"At most {left}."
        for packs in self.packs:
            self._add_line_fields(packs)
        self.order_fields(["what", *self._line_fields(), "shipping", "amount", "reason"])

    def _line_fields(self) -> list[str]:
        return [name for name in self.fields if name.startswith(PACK_FIELDS)]

    def _add_line_fields(self, packs: Packs) -> None:
        line = packs.line
        if packs.unshipped:
            label = f"{line.sku}, not yet shipped: packs taken off the order"
            self.fields[f"unshipped_{line.pk}"] = _packs_field(label, packs.unshipped)
        if packs.shipped:
            label = f"{line.sku}, shipped: packs that came back or got lost"
            self.fields[f"returned_{line.pk}"] = _packs_field(label, packs.shipped)
            # Packs that never left go back to the stock by themselves.
            self.fields[f"restock_{line.pk}"] = forms.BooleanField(
                label=f"{line.sku}: came back unopened, put back on the shelf", required=False
            )

    @property
    def rows(self) -> list[Row]:
        """Each line with its fields, for the table."""
        return [
            Row(
                line=packs.line,
                already=packs.already,
                unshipped=self[f"unshipped_{packs.line.pk}"] if packs.unshipped else None,
                returned=self[f"returned_{packs.line.pk}"] if packs.shipped else None,
                restock=self[f"restock_{packs.line.pk}"] if packs.shipped else None,
            )
            for packs in self.packs
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
        for packs in self.packs:
            key, is_all = packs.line.pk, what == What.ALL
            unshipped = packs.unshipped if is_all else self._asked(f"unshipped_{key}")
            returned = packs.shipped if is_all else self._asked(f"returned_{key}")
            if unshipped + returned:
                found.append(
                    RefundItem(
                        line_id=key,
                        quantity=unshipped + returned,
                        restock=bool(returned and self.cleaned_data.get(f"restock_{key}")),
                        unshipped=unshipped,
                    )
                )
        return found

    def _asked(self, name: str) -> int:
        return self.cleaned_data.get(name) or 0

    @property
    def items_shown(self) -> list[str]:
        """The packs and shipping that are paid back in words, for the last look."""
        lines = {packs.line.pk: packs.line for packs in self.packs}
        shown = [
            words for item in self.items for words in self._in_words(item, lines[item.line_id])
        ]
        if self.cleaned_data["what"] == What.PACKS and self.cleaned_data.get("shipping"):
            shown.append("Shipping")
        return shown

    def _in_words(self, item: RefundItem, line: OrderLine) -> list[str]:
        name = f"{line.product_name}, {line.variant_name}"
        unshipped = item.unshipped or 0
        returned = item.quantity - unshipped
        words = []
        if unshipped:
            is_open = self.order.status == Order.Status.PAID
            fate = "taken off what is still to ship" if is_open else "never sent"
            words.append(f"{unshipped} × {name}: {fate}")
        if returned:
            fate = "came back, goes on the shelf again" if item.restock else "not put on the shelf"
            words.append(f"{returned} × {name}: sent before; {fate}")
        return words

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, as (name, value) pairs for the next page."""
        return [(name, str(self.data[name])) for name in self.fields if name in self.data]

    def _amount(self, what: What) -> int:
        if what == What.ALL:
            return self.refundable_cents
        if what == What.AMOUNT:
            return int(self.cleaned_data["amount"])
        known = {packs.line.pk: packs for packs in self.packs}
        goods = sum(
            refund_amounts.packs_cents(
                known[item.line_id].line,
                already=known[item.line_id].already,
                quantity=item.quantity,
            )
            for item in self.items
        )
        return goods + (self.shipping_cents if self.cleaned_data.get("shipping") else 0)


def _packs_field(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        initial=0,
        required=False,
        error_messages=number_errors(most),
    )


def _packs(order: Order, line: OrderLine, under_way: int) -> Packs:
    already = _paid_back(order, line)
    unshipped, shipped = refundable_packs(line, refunded=already, under_way=under_way)
    return Packs(line, already, unshipped, shipped)


def _paid_back(order: Order, line: OrderLine) -> int:
    return sum(
        item.quantity
        for refund in order.refunds.all()
        if refund.status != Refund.Status.FAILED
        for item in refund.lines.all()
        if item.line_id == line.pk
    )
