"""The one table that is searched, and the index of its words.

Everything here is made from the rows of other apps and can be made again at any time
(`manage.py update_search`). Decision 24 says why the index is ours.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class Kind(models.IntegerChoices):
    """What a reader finds. The numbers stand in the index; the names in addresses (`?kind=post`)."""

    POST = 1, "Post"
    PAGE = 2, "Page"
    QUESTION = 3, "Question"
    PRODUCT = 4, "Product"

    @property
    def slug(self) -> str:
        """The kind's name in addresses."""
        return self.name.lower()


class SearchDocumentQuerySet(models.QuerySet["SearchDocument"]):
    def visible(self, now: datetime) -> Self:
        """Documents that readers may see at `now`: begun and not over."""
        return self.filter(
            Q(visible_from=None) | Q(visible_from__lte=now),
            Q(visible_until=None) | Q(visible_until__gt=now),
        )


class SearchDocument(models.Model):
    """A post, page, question or product, as the search sees it: plain text, never HTML."""

    id = models.AutoField(primary_key=True)
    # What decides whether a row is shown stands before its long texts, where it is read without them.
    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    key = models.CharField(max_length=200)
    visible_from = models.DateTimeField(null=True, blank=True)
    visible_until = models.DateTimeField(null=True, blank=True)
    boost_percent = models.PositiveSmallIntegerField(default=100)
    updated_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    path = models.CharField(max_length=400)
    title = models.CharField(max_length=300)
    keywords = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    # All its words in the form that is compared, in order: where a phrase is looked for.
    word_line = models.TextField(blank=True)

    objects = SearchDocumentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="search_document_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class SearchWord(models.Model):
    """A word of the index: the form that is compared, one way to write it, and how many documents have it."""

    id = models.AutoField(primary_key=True)
    same = models.CharField(max_length=40, unique=True)
    spelling = models.CharField(max_length=60)
    documents = models.PositiveIntegerField(default=0, db_index=True)

    def __str__(self) -> str:
        return self.spelling


class SearchPosting(models.Model):
    """That a word stands in a document, and how much the document is about it (`impact`, 1 to 30,000).

    Ordered by impact within word and kind, so that the best documents of any word are read from the
    index's end, without touching the others.
    """

    pk = models.CompositePrimaryKey("document_id", "word_id")
    # There are hundreds of these in every document, so the keys are short and not checked row by row.
    # A posting that points nowhere is never found, because every search joins both.
    document = models.ForeignKey(
        SearchDocument, models.CASCADE, db_index=False, db_constraint=False
    )
    word = models.ForeignKey(SearchWord, models.CASCADE, db_index=False, db_constraint=False)
    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    impact = models.PositiveSmallIntegerField()

    class Meta:
        indexes = (
            models.Index(
                fields=["word", "kind", "impact", "document"], name="search_best_of_a_word"
            ),
        )

    def __str__(self) -> str:
        return f"{self.word_id} in {self.document_id}: {self.impact}"


class IndexTurn(models.Model):
    """The one row that whoever writes to the index locks meanwhile, so that two of them take turns."""

    def __str__(self) -> str:
        return "Turn"
