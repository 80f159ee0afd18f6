"""The rows of a post that mean something by themselves: authors, sources, questions, links."""

from django.db import models
from django.db.models import Q

from blog.models.people import Person
from blog.models.posts import Post
from blog.prose import ProseField
from references.models import Reference


class PostAuthor(models.Model):
    """One author of a post; the first is named first."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="author_rows")
    person = models.ForeignKey(Person, models.PROTECT, related_name="author_rows")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=["post", "person"], name="post_author_once"),)

    def __str__(self) -> str:
        return str(self.person)


class PostReference(models.Model):
    """A source that a post may cite by its key. Readers see those that it does cite."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="reference_rows")
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="post_rows")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["post", "reference"], name="post_reference_once"),
        )

    def __str__(self) -> str:
        return str(self.reference)


class Question(models.Model):
    """A question with its answer at the end of a post."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="questions")
    question = models.CharField(max_length=200)
    answer = ProseField(blank=True, help_text="May cite: [ref:r5] or [claim:its-key].")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.question


class Takeaway(models.Model):
    """One sentence that a reader should leave with."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="takeaways")
    text = models.CharField(max_length=400, help_text="May cite: [ref:r5] or [claim:its-key].")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.text


class ReadMoreLink(models.Model):
    """A post to read next. The slug may belong to a post that is not there yet: then it is left out."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="read_more")
    slug = models.SlugField("address of the post", max_length=200, allow_unicode=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=["post", "slug"], name="post_read_more_once"),
            models.CheckConstraint(condition=~Q(slug=""), name="post_read_more_has_slug"),
        )

    def __str__(self) -> str:
        return self.slug
