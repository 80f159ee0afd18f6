from django.db import models
from django.db.models import Prefetch
from simple_history.models import HistoricalRecords

from pages.models.references import check_citations


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
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("group", "position", "pk")
        verbose_name = "FAQ item"

    def __str__(self) -> str:
        return self.question
