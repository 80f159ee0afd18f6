"""Forms for staff: what is typed is checked here, what happens stands in stock.py and images.py."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max

from claims.form_checks import ClaimsForm
from products import images, published_texts
from products.counting import Counted
from products.countries import country_names
from products.models import ProductImage, SaleBlock, StockMovement, Variant
from shop.lib import pictures
from shop.lib.money import EXPONENTS, decimal_string

MOST_PACKS = 100_000


class PriceField(forms.DecimalField):
    """Money as people type it ("24.00") for a column of integer cents."""

    def __init__(self, **kwargs: Any) -> None:
        places = EXPONENTS[settings.CURRENCY]
        smallest = Decimal(1).scaleb(-places)
        super().__init__(min_value=smallest, max_digits=8, decimal_places=places, **kwargs)

    def clean(self, value: Any) -> int | None:
        """Return cents, None when left empty and not required."""
        amount = super().clean(value)
        return None if amount is None else int(amount.scaleb(EXPONENTS[settings.CURRENCY]))

    def prepare_value(self, value: Any) -> Any:
        """Show stored cents as money, and what was typed as it was typed."""
        return decimal_string(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare money with money."""
        stored = Decimal(decimal_string(initial)) if isinstance(initial, int) else initial
        return super().has_changed(stored, data)


class VariantForm(ClaimsForm[Variant]):
    """One pack, its price in dollars."""

    claims_texts = published_texts.VARIANT
    price_cents = PriceField(label=f"Price ({settings.CURRENCY})")

    class Meta:
        model = Variant
        fields = (
            "sku",
            "name",
            "units",
            "price_cents",
            "weight_grams",
            "gtin",
            "position",
            "low_stock_at",
            "is_active",
        )


class PackPriceForm(forms.ModelForm[Variant]):
    """What changes often about a pack: its price, when to order more, whether it is sold."""

    price_cents = PriceField(label=f"Price ({settings.CURRENCY})")

    class Meta:
        model = Variant
        fields = ("price_cents", "low_stock_at", "is_active")


class ListPriceForm(forms.ModelForm[Variant]):
    """The price alone, for a row of the list."""

    price_cents = PriceField(label=f"Price ({settings.CURRENCY})")

    class Meta:
        model = Variant
        fields = ("price_cents",)


class ProductImageForm(ClaimsForm[ProductImage]):
    """A picture: the file is checked and decoded here, once; images.store() makes its sizes."""

    claims_texts = published_texts.IMAGE
    upload = forms.FileField(
        label="File", required=False, help_text="JPEG, PNG, WebP or AVIF. Replaces the picture."
    )

    class Meta:
        model = ProductImage
        fields = ("upload", "alt", "credit", "position")
        help_texts = MappingProxyType(
            {"position": "Lower numbers come first. A new picture with 0 becomes the last."}
        )

    def clean_upload(self) -> Any:
        """Return the decoded picture, None when no new file was chosen."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        if upload is None:
            if self.instance._state.adding:
                message = "Choose a picture."
                raise forms.ValidationError(message, code="required")
            return None
        try:
            return pictures.read(upload)
        except pictures.ImageRefused as error:
            raise forms.ValidationError(str(error), code="picture") from error

    def clean_alt(self) -> str:
        """A text of spaces describes nothing."""
        return str(self.cleaned_data["alt"]).strip()

    def save(self, commit: bool = True) -> ProductImage:  # noqa: FBT001, FBT002 (Django's signature)
        """Store the new picture, if there is one, together with the texts."""
        image: ProductImage = super().save(commit=False)
        picture = self.cleaned_data["upload"]
        if picture is not None:
            images.store(image, picture)
        elif commit:
            image.save()
        return image


class ProductImageFormSet(
    forms.BaseInlineFormSet[ProductImage, Any, forms.ModelForm[ProductImage]]
):
    """The pictures of a product; one that is deleted takes its files along."""

    def save_new(
        self,
        form: forms.ModelForm[ProductImage],
        commit: bool = True,  # noqa: FBT001, FBT002
    ) -> ProductImage:
        """Put a new picture behind the others, unless staff chose its place."""
        if not form.instance.position:
            others = ProductImage.objects.filter(product=self.instance)
            highest = others.aggregate(highest=Max("position"))["highest"]
            form.instance.position = (highest or 0) + 1
        image: ProductImage = super().save_new(form, commit=commit)
        return image

    def delete_existing(self, obj: ProductImage, commit: bool = True) -> None:  # noqa: FBT001, FBT002
        """Delete `obj` and its files."""
        if commit:
            images.delete(obj)


class SaleBlockForm(ClaimsForm[SaleBlock]):
    """A country chosen by its name."""

    claims_texts = published_texts.SALE_BLOCK
    country = forms.ChoiceField(choices=lambda: [("", "---------"), *country_names().items()])

    class Meta:
        model = SaleBlock
        fields = ("country", "reason")


class CountStockForm(forms.Form):
    """What was found in the shelves: one number for each pack, empty where nobody counted."""

    key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="It stays with every difference. For example “Count at the end of the month”.",
        error_messages={"required": "Say why you count."},
    )

    def __init__(
        self, variants: Sequence[Variant], marks: Mapping[int, str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.variants = variants
        for variant in variants:
            self.fields[f"counted_{variant.pk}"] = forms.IntegerField(
                label=f"Counted: {variant}",
                required=False,
                min_value=0,
                max_value=MOST_PACKS,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                error_messages={"min_value": "Enter 0 or more."},
            )
            self.fields[f"seen_{variant.pk}"] = forms.CharField(
                required=False,
                max_length=40,
                initial=marks[variant.pk],
                widget=forms.HiddenInput,
            )

    def clean(self) -> dict[str, Any]:
        """Nothing counted is nothing to book."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.counted:
            self.add_error(None, "Enter what you counted for at least one pack.")
        return cleaned

    @property
    def counted(self) -> list[Counted]:
        """The packs that were counted."""
        return [
            Counted(variant.pk, packs, self.cleaned_data.get(f"seen_{variant.pk}") or "")
            for variant in self.variants
            if (packs := self.cleaned_data.get(f"counted_{variant.pk}")) is not None
        ]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each pack with its fields."""
        return [
            {
                "variant": variant,
                "field": self[f"counted_{variant.pk}"],
                "seen": self[f"seen_{variant.pk}"],
            }
            for variant in self.variants
        ]

    @property
    def differences(self) -> list[dict[str, Any]]:
        """What would be booked: each counted pack with its difference. Only after is_valid()."""
        by_id = {variant.pk: variant for variant in self.variants}
        return [
            {
                "variant": by_id[row.variant_id],
                "packs": row.packs,
                "difference": (found := row.packs - by_id[row.variant_id].stock_on_hand),
                "size": abs(found),
            }
            for row in self.counted
        ]


class ChangeStockForm(forms.Form):
    """Why and by how much the number of packs in the shelves changed."""

    # Sales are not typed in: shipping an order writes them.
    KINDS = tuple(
        choice for choice in StockMovement.Kind.choices if choice[0] != StockMovement.Kind.SOLD
    )

    # A form that is sent twice (a second click) is booked once.
    key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="What happened", choices=KINDS)
    quantity = forms.IntegerField(
        label="Packs",
        min_value=-MOST_PACKS,
        max_value=MOST_PACKS,
        help_text="How many. Only a count that found fewer is a number below zero, such as -3.",
    )
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="For example “Delivery 118 from the maker”."
    )
    reference = forms.CharField(label="Order or delivery number", max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """What is lost is taken away, with or without a minus."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == StockMovement.Kind.LOST and cleaned.get("quantity"):
            cleaned["quantity"] = -abs(cleaned["quantity"])
        return cleaned
