from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from policies.rendering import RenderedText, render


class VersionInForceError(Exception):
    """A version that has ever been in force is part of contracts: it can neither change nor go."""


class Policy(models.Model):
    """One policy page. Its words stand in the versions."""

    class Slug(models.TextChoices):
        TERMS = "terms", "Terms"
        SHIPPING_RETURNS = "shipping-returns", "Shipping and returns"
        PRIVACY = "privacy", "Privacy"

    slug = models.SlugField(choices=Slug.choices, unique=True)
    title = models.CharField(max_length=80)
    meta_description = models.CharField(
        max_length=160, help_text="What search engines show under the title, 160 letters at most."
    )

    class Meta:
        ordering = ("title",)
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address of the version in force."""
        return reverse(self.slug.replace("-", "_"))

    def next_version_number(self) -> int:
        """The number a new version gets: one more than the highest so far, from 1."""
        highest = self.versions.aggregate(highest=models.Max("version"))["highest"]
        return (highest or 0) + 1


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self, *, on: date) -> Self:
        """Of every policy the one version that holds on day `on` (a date in the shop's time zone)."""
        newest = (
            PolicyVersion.objects.filter(policy=models.OuterRef("policy"), effective_from__lte=on)
            .order_by("-effective_from")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest))

    def begun(self, *, on: date) -> Self:
        """Versions that hold or have held on day `on`, newest first."""
        return self.filter(effective_from__lte=on).order_by("-effective_from")

    def update(self, **kwargs: Any) -> int:
        """Update rows as Django does. Raises VersionInForceError when one of them has begun."""
        self._refuse_if_begun()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete rows as Django does. Raises VersionInForceError when one of them has begun."""
        self._refuse_if_begun()
        return super().delete()

    def _refuse_if_begun(self) -> None:
        if self.filter(effective_from__lte=timezone.localdate()).exists():
            msg = "A policy version that has been in force stays as it is; add a new version."
            raise VersionInForceError(msg)


class PolicyVersion(models.Model):
    """The words of a policy from one day on. Orders point here: they keep what was agreed."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField(editable=False)
    effective_from = models.DateField(
        help_text="The first day on which these words hold. Until then they can be edited."
    )
    body = models.TextField(help_text="Markdown. ## begins a section; HTML is shown as text.")
    change_note = models.CharField(
        max_length=200, help_text="What changed, in one sentence for customers."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ("policy", "-version")
        constraints = (
            models.UniqueConstraint(fields=["policy", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["policy", "effective_from"], name="policy_one_version_per_day"
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="policy_version_from_one"
            ),
        )

    def __str__(self) -> str:
        return f"{self.policy} version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the version; a new one gets the next number. Raises VersionInForceError once it has begun."""
        if self.pk:
            PolicyVersion.objects.filter(pk=self.pk)._refuse_if_begun()
        elif not self.version:
            self.version = self.policy.next_version_number()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The lasting address of this version."""
        return reverse("policy_version", args=[self.policy.slug, self.version])

    @property
    def rendered(self) -> RenderedText:
        """The body as HTML with its section headings."""
        return render(self.body)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a version that has never held. Raises VersionInForceError otherwise."""
        PolicyVersion.objects.filter(pk=self.pk)._refuse_if_begun()
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a first day that would change what held in the past."""
        # The admin's "add" form fills in the policy after this call when it was left empty.
        if not (self.policy_id and self.effective_from):
            return
        others = PolicyVersion.objects.filter(policy=self.policy_id).exclude(pk=self.pk)
        if not others.exists():
            return
        if self.effective_from < timezone.localdate():
            raise ValidationError({"effective_from": "Choose today or a later day."})
        newest = others.filter(version__lt=self.version) if self.version else others
        last = newest.aggregate(last=models.Max("effective_from"))["last"]
        if last and self.effective_from <= last:
            raise ValidationError(
                {
                    "effective_from": f"Choose a day after {last:%B %-d, %Y}, when the last version began."
                }
            )

    def has_begun(self, *, on: date) -> bool:
        """Say whether these words hold or have held on day `on`."""
        return self.effective_from <= on
