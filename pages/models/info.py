from django.db import models
from simple_history.models import HistoricalRecords

from pages.models.references import check_citations


class InfoPage(models.Model):
    """The words at the top of one page, and what it says about itself to search engines."""

    class Slug(models.TextChoices):
        HOME = "home", "Home"
        ABOUT = "about", "About Vitamin B12"
        RESEARCH = "research", "Research"
        FAQ = "faq", "FAQ"
        CONTACT = "contact", "Contact Us"
        THANKS = "contact-thanks", "Contact Us: thank you"
        ASK = "ask", "Ask a question"
        ASKED = "ask-sent", "Ask a question: thank you"
        SITE_MAP = "site-map", "Site Map"

    slug = models.SlugField(choices=Slug.choices, unique=True)
    title = models.CharField("heading", max_length=120)
    meta_title = models.CharField(max_length=70, help_text="The browser's title line.")
    meta_description = models.CharField(max_length=160)
    lead = models.TextField(blank=True, validators=[check_citations], help_text="Markdown.")
    reviewed_on = models.DateField(
        null=True, blank=True, help_text="When somebody last compared the text with its sources."
    )
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.get_slug_display()


class PageBlock(models.Model):
    """One section of a page. The key says where templates put it; unknown keys follow at the end."""

    page = models.ForeignKey(InfoPage, models.CASCADE, related_name="blocks")
    key = models.SlugField(help_text="The section's anchor in the page's address.")
    heading = models.CharField(max_length=120, blank=True)
    body = models.TextField(
        blank=True,
        validators=[check_citations],
        help_text="Markdown. Cite a source as [@r5]; HTML is shown as text.",
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_published = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("page", "position", "pk")
        constraints = (models.UniqueConstraint(fields=["page", "key"], name="page_block_key_once"),)

    def __str__(self) -> str:
        return f"{self.page}: {self.heading or self.key}"
