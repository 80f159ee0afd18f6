"""A post, and which posts who may see."""

from datetime import datetime
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from blog.models.people import Person
from blog.models.pictures import Picture
from blog.models.taxonomy import Category, Series, Tag
from blog.prose import ProseField


class PostQuerySet(models.QuerySet["Post"]):
    """Many posts. `public` and `listed` are the one gate for pages, feeds, sitemap and search."""

    def public(self, now: datetime) -> Self:
        """What has an address that answers at `now`: published, its time come and not over."""
        return self.filter(
            Q(expire_at__isnull=True) | Q(expire_at__gt=now),
            status=Post.Status.PUBLISHED,
            publish_at__lte=now,
        )

    def listed(self, now: datetime) -> Self:
        """What indexes, archives and feeds show, the newest first: public posts, no imported pages."""
        return self.public(now).filter(kind=Post.Kind.POST).order_by("-publish_at", "-pk")

    def recommended(self, now: datetime) -> Self:
        """What the home page may show: looked at by a reviewer, and not overdue."""
        today = localdate(now)
        return self.listed(now).filter(reviewed_on__isnull=False, next_review_on__gte=today)

    def overdue(self, now: datetime) -> Self:
        """Public posts whose next review is late, the latest first."""
        return self.public(now).filter(next_review_on__lt=localdate(now)).order_by("next_review_on")


class Post(models.Model):
    """An article. The parts that have rows of their own stand in blog/models/parts.py."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        PUBLISHED = "published", "Published"
        UNPUBLISHED = "unpublished", "Unpublished"

    class Kind(models.TextChoices):
        POST = "post", "Post"
        PAGE = "page", "Page (imported)"

    # What may follow what; the verbs are in blog/publishing.py.
    TRANSITIONS = {
        Status.DRAFT: {Status.SUBMITTED, Status.PUBLISHED},
        Status.SUBMITTED: {Status.DRAFT, Status.PUBLISHED},
        Status.PUBLISHED: {Status.UNPUBLISHED},
        Status.UNPUBLISHED: {Status.DRAFT, Status.PUBLISHED},
    }

    # --- what is read ---
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.POST, editable=False)
    title = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=200,
        unique=True,
        allow_unicode=True,
        help_text="The post's address. Changing it leaves a redirect behind.",
    )
    summary = models.TextField(
        "in short",
        blank=True,
        help_text="At most 60 words, plain enough for everybody, without citations.",
    )
    body = ProseField(
        blank=True,
        help_text="Cite a source by its key, [ref:r5], or a statement of the register, [claim:its-key], "
        "which brings its sources. A line [post:its-slug] becomes “Related: its title”. A paragraph that "
        "begins with * is set as a call-out.",
    )
    authors = models.ManyToManyField(Person, through="PostAuthor", related_name="posts", blank=True)
    categories = models.ManyToManyField(Category, related_name="posts", blank=True)
    tags = models.ManyToManyField(Tag, related_name="posts", blank=True)
    main_picture = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="posts_led"
    )
    # Kept in step with body and answers by blog/snapshots.py, so that a picture in use is not deleted.
    body_pictures = models.ManyToManyField(
        Picture, related_name="posts_shown_in", blank=True, editable=False
    )
    read_more_heading = models.CharField(
        max_length=120, blank=True, help_text="For example “Read more about vitamin B12 symptoms:”"
    )
    series = models.ForeignKey(Series, models.SET_NULL, null=True, blank=True, related_name="posts")
    series_part = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    left_out_of_contents = models.TextField(
        "headings left out of the contents",
        blank=True,
        default="Conclusion",
        help_text="One per line, word for word.",
    )
    # --- what search engines and link previews read ---
    meta_title = models.CharField(max_length=70, blank=True)
    meta_description = models.CharField(max_length=160, blank=True)
    social_picture = models.ForeignKey(
        Picture,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts_shared",
        help_text="For link previews; without one the main picture is used.",
    )
    # --- its life (changed by blog/publishing.py only) ---
    status = models.CharField(
        max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    publish_at = models.DateTimeField("published", null=True, blank=True, editable=False)
    expire_at = models.DateTimeField("leaves the site", null=True, blank=True, editable=False)
    # When its words last changed in public; feeds and sitemap take it as the date of change.
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="reviewed", editable=False
    )
    reviewed_on = models.DateField(null=True, blank=True, editable=False)
    next_review_on = models.DateField(null=True, blank=True, editable=False)
    # [{"text": heading in plain words, "id": anchor}], frozen when it is first published.
    heading_ids: "models.JSONField[Any, Any]" = models.JSONField(default=list, editable=False)
    # Grows with every save; a form that was opened at an older number is refused.
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.CharField(max_length=150, blank=True, editable=False)
    # --- where it comes from ---
    legacy_id = models.PositiveBigIntegerField(null=True, unique=True, editable=False)
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)
    # WordPress's own fields that we do not use but give back on export.
    legacy: "models.JSONField[Any, Any]" = models.JSONField(default=dict, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ("-publish_at", "-pk")
        permissions = (
            ("submit_post", "Can submit posts for review"),
            ("review_post", "Can record a review of a post"),
            ("publish_post", "Can publish, schedule and unpublish posts"),
        )
        indexes = (
            # Every list of public posts: one range of this index, read backwards.
            models.Index(fields=["status", "kind", "-publish_at", "-id"], name="post_listed"),
            models.Index(fields=["status", "next_review_on"], name="post_next_review"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(status="published") | Q(publish_at__isnull=False),
                name="post_published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(expire_at__isnull=True)
                | Q(publish_at__isnull=True)
                | Q(expire_at__gt=F("publish_at")),
                name="post_expires_after_publishing",
            ),
            models.UniqueConstraint(fields=["series", "series_part"], name="post_series_part_once"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The post's one address."""
        return f"/blog/{self.slug}/"

    @property
    def is_unreviewed_import(self) -> bool:
        """Whether it was imported and nobody has reviewed it since: not indexed, no way into the shop."""
        return self.imported_at is not None and self.reviewed_on is None

    def is_public(self, now: datetime) -> bool:
        """Whether visitors can read it at `now`."""
        return (
            self.status == self.Status.PUBLISHED
            and self.publish_at is not None
            and self.publish_at <= now
            and (self.expire_at is None or self.expire_at > now)
        )

    def is_overdue(self, now: datetime) -> bool:
        """Whether its next review is late."""
        return self.next_review_on is not None and self.next_review_on < localdate(now)
