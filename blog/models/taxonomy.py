"""How posts are sorted: tags, categories, series."""

from django.db import models
from django.db.models.functions import Lower


class Category(models.Model):
    """A broad subject. Imported blogs nest them; ours do not need to."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    introduction = models.TextField(blank=True, help_text="Plain text above the posts.")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")
        verbose_name_plural = "categories"
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("pk")), name="category_not_its_own_parent"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page with all posts of the category."""
        return f"/blog/category/{self.slug}/"


class Tag(models.Model):
    """A word or a whole question. Its name keeps the case in which somebody wrote it."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True, allow_unicode=True)
    introduction = models.TextField(
        blank=True, help_text="Plain text above the posts; may cite: [ref:r5] or [claim:its-key]."
    )
    meta_title = models.CharField(max_length=70, blank=True)
    meta_description = models.CharField(max_length=160, blank=True)
    is_disease = models.BooleanField(
        "names a disease, a symptom or a deficiency",
        default=True,
        help_text="Posts with such a tag carry nothing to buy. Leave it on when in doubt.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = (Lower("name"), "pk")
        constraints = (models.UniqueConstraint(Lower("name"), name="tag_name_once_in_any_case"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page with all posts that have the tag."""
        return f"/blog/tag/{self.slug}/"


class Series(models.Model):
    """Posts that are meant to be read one after the other."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    introduction = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name
