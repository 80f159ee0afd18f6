from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from pages.citations import cited_keys


class Reference(models.Model):
    """One source, cited in texts by its key: `[@r5]`."""

    key = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9-]+\Z", "Small letters, digits and hyphens.")],
        help_text="How texts cite it: key r5 is cited as [@r5].",
    )
    citation = models.TextField(help_text="Authors. Title. Journal year;volume:pages.")
    doi = models.CharField("DOI", max_length=120, blank=True, help_text="For example 10.1002/…")
    pmid = models.CharField("PMID", max_length=12, blank=True)
    link = models.URLField("other link", blank=True, help_text="Used where there is no DOI.")
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return f"{self.key}: {self.citation[:80]}"

    @property
    def address(self) -> str:
        """Where a reader finds the source: DOI first, then PubMed, then the given link."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.link

    @property
    def address_label(self) -> str:
        """The link's words."""
        if self.doi:
            return f"doi:{self.doi}"
        return f"PubMed {self.pmid}" if self.pmid else "Read the source"


def check_citations(text: str) -> None:
    """Refuse text that cites a source we do not have. Raises ValidationError naming the keys."""
    wanted = cited_keys(text)
    if not wanted:
        return
    known = set(Reference.objects.filter(key__in=wanted).values_list("key", flat=True))
    missing = [key for key in wanted if key not in known]
    if missing:
        names = ", ".join(f"[@{key}]" for key in missing)
        msg = f"No source with this key: {names}. Add it under References or correct the text."
        raise ValidationError(msg)
