from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch
from simple_history.models import HistoricalRecords

from pages.citations import cited_keys
from pages.models.references import check_citations

# Beside a product even a cited study is a claim (21 CFR 101.93(g)).
CITES_NOTHING = (
    "The product page cites no source: leave the answer out of it, or the source out of the answer."
)


class FaqGroupQuerySet(models.QuerySet["FaqGroup"]):
    def with_published_items(self) -> "FaqGroupQuerySet":
        """All groups in order, each with its published items in order: two queries."""
        return self.prefetch_related(Prefetch("items", FaqItem.objects.filter(is_published=True)))


class FaqGroup(models.Model):
    """Questions that belong together."""

    slug = models.SlugField(unique=True, help_text="The group's anchor.")
    title = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    objects = FaqGroupQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        verbose_name = "FAQ group"

    def __str__(self) -> str:
        return self.title


class FaqItemQuerySet(models.QuerySet["FaqItem"]):
    def published(self) -> Self:
        """Items that visitors read on the FAQ page."""
        return self.filter(is_published=True)

    def on_product_page(self) -> Self:
        """Published items that stand on the product page too, in the order of the FAQ page."""
        return self.published().filter(on_product_page=True)


class FaqItem(models.Model):
    """A question and its answer. The slug is its anchor: `/faq/#how-long-to-wear`."""

    group = models.ForeignKey(FaqGroup, models.CASCADE, related_name="items")
    slug = models.SlugField(unique=True, help_text="The question's anchor; links point to it.")
    question = models.CharField(max_length=160)
    answer = models.TextField(
        validators=[check_citations],
        help_text="Markdown. Cite a source as [@r5] for every statement about health.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    on_product_page = models.BooleanField(
        "Shown on the product page too",
        default=False,
        help_text="There the stricter rules for texts of the shop hold: nothing about the body, no source.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = FaqItemQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ("group", "position", "pk")
        verbose_name = "FAQ item"

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        """Refuse a source in an answer beside the product. Raises ValidationError."""
        if self.on_product_page and cited_keys(self.answer):
            raise ValidationError(CITES_NOTHING)
