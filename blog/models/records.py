"""What happened to a post: revisions, reviews, events; and comments of an imported blog."""

from typing import Any

from django.db import models
from django.db.models import Q

from blog.models.people import Person
from blog.models.posts import Post


class Revision(models.Model):
    """A post as it was saved, with sources, questions and tags: see blog/snapshots.py. Only added to."""

    class Reason(models.TextChoices):
        """Why the words of a published post changed; readers see it."""

        CORRECTION = "correction", "Correction"
        EVIDENCE = "evidence", "New evidence"
        WORDING = "wording", "Clearer wording"

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    snapshot: "models.JSONField[Any, Any]" = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="For colleagues.")
    # Set when this was a change of a published post; then it stands in its "What changed" list.
    public_reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    public_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["post", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(public_reason="") | ~Q(public_note=""), name="revision_public_says_what"
            ),
        )

    def __str__(self) -> str:
        return f"Revision {self.number}"


class ReviewRecord(models.Model):
    """The act of a reviewer: this revision was compared with its sources. Only added to."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="review_records")
    revision = models.ForeignKey(Revision, models.RESTRICT, related_name="review_records")
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="review_records")
    reviewed_at = models.DateTimeField()
    next_review_on = models.DateField()
    recorded_by = models.CharField(max_length=150)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("-reviewed_at", "-pk")

    def __str__(self) -> str:
        return f"{self.reviewer}, {self.reviewed_at:%Y-%m-%d}"


class PostEvent(models.Model):
    """Who moved a post from one state to the next, and when. Only added to."""

    class Kind(models.TextChoices):
        CREATED = "created", "Created"
        IMPORTED = "imported", "Imported"
        SUBMITTED = "submitted", "Submitted"
        SENT_BACK = "sent_back", "Sent back"
        REVIEWED = "reviewed", "Reviewed"
        PUBLISHED = "published", "Published"
        SCHEDULED = "scheduled", "Scheduled"
        CHANGED = "changed", "Changed in public"
        UNPUBLISHED = "unpublished", "Unpublished"
        RESTORED = "restored", "Restored"
        REOPENED = "reopened", "Made a draft again"

    post = models.ForeignKey(Post, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"


class ArchivedComment(models.Model):
    """A reader's comment on the imported blog: kept for the record, not shown to visitors."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="archived_comments")
    legacy_id = models.PositiveBigIntegerField()
    parent_legacy_id = models.PositiveBigIntegerField(default=0)
    author_name = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField()
    kind = models.CharField(max_length=20, blank=True)
    was_approved = models.BooleanField(default=False)

    class Meta:
        ordering = ("written_at", "legacy_id")
        constraints = (
            models.UniqueConstraint(fields=["post", "legacy_id"], name="archived_comment_once"),
        )

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:60]}"
