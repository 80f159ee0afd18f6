"""The picture library: the only pictures that posts can show."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q


class Picture(models.Model):
    """A picture in several sizes and formats (see blog/pictures.py), with where it comes from.

    Texts name it by its digest: `<img src="/blog/pictures/<digest>/">`, so moving the files to another
    storage changes no text. `renditions` is a list of {"format": "avif" | "webp" | "jpeg" | "png",
    "width", "height", "name"}, smallest first; `crops` maps a ratio ("16x9", "4x3", "1x1", "social") to
    one such rendition, cut around the focal point.
    """

    class License(models.TextChoices):
        """Under which terms we may show it."""

        OWN = "own", "Our own work"
        CC0 = "cc0", "CC0 or public domain"
        CC_BY = "cc-by", "CC BY"
        CC_BY_SA = "cc-by-sa", "CC BY-SA"
        LICENSED = "licensed", "Licensed to us"
        PERMISSION = "permission", "Used with permission"
        UNKNOWN = "unknown", "Not known (imported)"

    title = models.CharField(max_length=120, help_text="For staff: how the library lists it.")
    digest = models.CharField(max_length=20, unique=True, editable=False)
    file = models.FileField("picture", upload_to="blog/", editable=False)
    alt = models.CharField(
        "alternative text",
        max_length=300,
        blank=True,
        help_text="What the picture shows, for those who cannot see it.",
    )
    is_decorative = models.BooleanField(
        "only decorates", default=False, help_text="Says nothing that the text does not say."
    )
    caption = models.TextField(
        blank=True, help_text="Below the picture; may cite: [ref:r5] or [claim:its-key]."
    )
    credit = models.CharField(max_length=160, blank=True, help_text="Who made it.")
    license = models.CharField(max_length=12, choices=License.choices, default=License.OWN)
    source_url = models.URLField("where it comes from", blank=True)
    focal_x = models.PositiveSmallIntegerField(
        "center of interest from the left (%)", default=50, validators=[MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        "center of interest from the top (%)", default=50, validators=[MaxValueValidator(100)]
    )
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    renditions: "models.JSONField[Any, Any]" = models.JSONField(default=list, editable=False)
    crops: "models.JSONField[Any, Any]" = models.JSONField(default=dict, editable=False)
    legacy_url = models.CharField(max_length=500, blank=True, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-added_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(focal_x__lte=100, focal_y__lte=100), name="picture_focus_inside"
            ),
            models.CheckConstraint(
                condition=Q(is_decorative=False) | Q(alt=""), name="picture_decorates_or_has_alt"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address by which texts name it; it leads to the largest rendition."""
        return f"/blog/pictures/{self.digest}/"
