"""The people whose names stand on posts."""

from django.conf import settings
from django.db import models


class Person(models.Model):
    """An author or a reviewer, with what readers need to know to judge them."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True)
    credentials = models.CharField(
        max_length=200,
        blank=True,
        help_text="Training that matters here, or “no medical training”. Shown beside the name.",
    )
    bio = models.TextField(blank=True, help_text="A few plain sentences.")
    disclosures = models.TextField(
        blank=True,
        help_text="Who pays this person, and what else ties them to the subject. “None” is an answer.",
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="blog_person",
        help_text="The log-in of this person, if there is one.",
    )
    is_demo = models.BooleanField("invented for the demo", default=False, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page with all posts of this author."""
        return f"/blog/author/{self.slug}/"
