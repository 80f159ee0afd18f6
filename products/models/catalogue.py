"""Products, the packs they come in, and where they may not be sold."""

from dataclasses import dataclass
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from products.countries import validate_country
from shop.lib.money import unit_price


@dataclass(frozen=True)
class Step:
    """One step of the directions: a short title ("Peel") and what to do."""

    title: str
    text: str


class ProductQuerySet(models.QuerySet["Product"]):
    """Many products."""

    def published(self) -> "ProductQuerySet":
        """Products that visitors see."""
        return self.filter(is_published=True)


class Product(models.Model):
    """Something the shop describes and sells in one or more packs (its variants)."""

    class Form(models.TextChoices):
        """How the product is used. Texts and the claims check depend on it: in US law only what is
        swallowed can be a dietary supplement (21 USC 321(ff)(2)(A)(i)), a patch cannot.
        """

        PATCH = "patch", "Patch, worn on the skin"
        INGESTIBLE = "ingestible", "Ingestible, swallowed"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=12, choices=Form.choices)
    tagline = models.CharField(max_length=200, help_text="What it is, in one sentence.")
    description = models.TextField(blank=True, help_text="Markdown.")
    b12_mcg_per_unit = models.PositiveIntegerField(
        "vitamin B12 per patch or tablet (mcg)", null=True, blank=True
    )
    size_text = models.CharField("size", max_length=120, blank=True)
    wear_text = models.CharField("wear time and place", max_length=200, blank=True)
    directions = models.TextField(
        blank=True,
        help_text="One step per line, as “Peel: wash and dry the skin.” The first three are drawn.",
    )
    free_from = models.TextField(blank=True, help_text="One per line; only what is tested.")
    storage = models.CharField(max_length=300, blank=True)
    shelf_life = models.CharField(max_length=120, blank=True)
    warnings = models.TextField(blank=True, help_text="One per line.")
    evidence_note = models.TextField(
        "what is known and not known", blank=True, help_text="Markdown; plain about the limits."
    )
    delivery_note = models.CharField(
        "when it ships and what that costs",
        max_length=200,
        blank=True,
        help_text="Keep it in step with the shipping rates.",
    )
    returns_note = models.CharField(
        "return promise",
        max_length=200,
        blank=True,
        help_text="Keep it in step with the return policy.",
    )
    is_published = models.BooleanField("on sale", default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()
    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name

    @property
    def direction_steps(self) -> list[Step]:
        """The directions as steps; a line without a colon is a step without a title."""
        return [_step(line) for line in _lines(self.directions)]

    @property
    def is_patch(self) -> bool:
        """Whether the product is worn on the skin, and so must not be called a supplement."""
        return self.form == self.Form.PATCH

    @property
    def unit_word(self) -> str:
        """What one of the things in a pack is called."""
        return "patch" if self.is_patch else "tablet"

    @property
    def warning_lines(self) -> list[str]:
        """The warnings, one each."""
        return _lines(self.warnings)

    @property
    def free_from_lines(self) -> list[str]:
        """What the product does not hold, one each."""
        return _lines(self.free_from)


class Ingredient(models.Model):
    """One row of the panel "Ingredients per patch"."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="ingredients")
    name = models.CharField(max_length=120)
    amount = models.CharField(max_length=60, blank=True, help_text="For example “1,000 mcg”.")
    purpose = models.CharField(max_length=120, blank=True, help_text="For example “adhesive”.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class VariantQuerySet(models.QuerySet["Variant"]):
    """Many packs."""

    def on_sale(self) -> "VariantQuerySet":
        """Packs that may be put in a cart: active, of a published product."""
        return self.filter(is_active=True, product__is_published=True)

    def low(self) -> "VariantQuerySet":
        """Active packs of which no more are available than where staff wanted to be told."""
        return self.filter(
            is_active=True, stock_on_hand__lte=F("stock_reserved") + F("low_stock_at")
        )


class Variant(models.Model):
    """One pack of a product: what has a price, a weight and a stock.

    `stock_on_hand` counts packs in our shelves; `stock_reserved` those of them that belong to an order
    already (unpaid and held, or paid and not yet shipped). Only `products.stock` changes the two.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField("SKU", max_length=40, unique=True)
    name = models.CharField(max_length=80, help_text="For example “12 patches”.")
    units = models.PositiveSmallIntegerField(
        "patches or tablets per pack",
        validators=[MinValueValidator(1), MaxValueValidator(1_000)],
    )
    price_cents = models.PositiveIntegerField("price", validators=[MinValueValidator(1)])
    weight_grams = models.PositiveIntegerField("shipping weight (g)", default=0)
    gtin = models.CharField(
        "GTIN",
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^(\d{8}|\d{12,14})$", "A GTIN has 8, 12, 13 or 14 digits.")],
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    low_stock_at = models.PositiveIntegerField("tell staff at", default=10)
    stock_on_hand = models.IntegerField(default=0, editable=False)
    stock_reserved = models.IntegerField(default=0, editable=False)
    # When staff were told that it is low (UTC); empty again once there is more. See low_stock.py.
    low_stock_told_at = models.DateTimeField(null=True, editable=False)

    objects = VariantQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["stock_on_hand", "stock_reserved", "low_stock_told_at"]
    )

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(units__gte=1), name="variant_has_units"),
            models.CheckConstraint(condition=Q(price_cents__gte=1), name="variant_has_price"),
            models.CheckConstraint(
                condition=Q(stock_reserved__gte=0), name="stock_reserved_not_negative"
            ),
            # The one rule that must never be false: nothing is promised that is not there.
            models.CheckConstraint(
                condition=Q(stock_on_hand__gte=F("stock_reserved")), name="stock_never_oversold"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    @property
    def available(self) -> int:
        """Packs that can be sold now."""
        return self.stock_on_hand - self.stock_reserved

    @property
    def is_in_stock(self) -> bool:
        """Whether at least one pack can be sold now."""
        return self.available > 0

    @property
    def price_per_unit_cents(self) -> int:
        """Price of one patch in cents, rounded half up; for comparing packs, never for charging."""
        return unit_price(self.price_cents, self.units)


class ProductImage(models.Model):
    """A picture of a product, in several sizes and formats: see products/images.py.

    `file` is the cleaned picture in its full size. `renditions` is a list of
    {"format": "avif" | "webp" | "jpeg" | "png", "width", "height", "name"}, smallest first.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    # A plain FileField: its form judges a file by its name and would decode it before our checks.
    file = models.FileField("picture", upload_to="products/")
    alt = models.CharField(
        "alternative text",
        max_length=200,
        help_text="What the picture shows, for those who cannot see it.",
    )
    credit = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    renditions: "models.JSONField[Any, Any]" = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(alt=""), name="product_image_has_alt_text"),
        )

    def __str__(self) -> str:
        return self.alt


class SaleBlock(models.Model):
    """A country in which a product may not be sold, and why. One row stops all sales there."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="sale_blocks")
    country = models.CharField(
        max_length=2, validators=[validate_country], help_text="Two-letter code, for example GB."
    )
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ("country",)
        constraints = (
            models.UniqueConstraint(fields=["product", "country"], name="one_block_per_country"),
        )

    def __str__(self) -> str:
        return f"not sold in {self.country}"


def _step(line: str) -> Step:
    title, colon, text = line.partition(":")
    if not colon:
        return Step(title="", text=line)
    return Step(title=title.strip(), text=text.strip())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
