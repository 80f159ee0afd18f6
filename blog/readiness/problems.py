"""What a check says, and what it is told."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from blog import readability, wording
from blog.models import Post
from blog.rendering.contents import Heading, assign_ids
from blog.snapshots import Snapshot
from blog.wording import Block
from references.models import Statement

BLOCKS, WARNS, TELLS = "blocks", "warns", "tells"
# What the form calls a part that is not called by its name.
LABELS = {"body": "Text", "slug": "Address", "summary": "In short", "references": "Sources"}


@dataclass(frozen=True)
class Problem:
    """One thing to look at. `level`: "blocks" publishing, "warns" or only "tells". `field` names the part
    of the form ("body", "questions" …); `excerpt` is the place in it.
    """

    code: str
    level: str
    message: str
    field: str
    excerpt: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether the post cannot be published with it."""
        return self.level == BLOCKS

    @property
    def where(self) -> str:
        """The part of the post, in the words of the form."""
        return LABELS.get(self.field, self.field.replace("_", " ").capitalize())

    @property
    def told(self) -> str:
        """The message with the place that it speaks of."""
        return f"{self.message} (“{self.excerpt}”)" if self.excerpt else self.message


@dataclass(frozen=True)
class Examined:
    """A post under the eyes of the checks: as data, and, if it is stored already, its row."""

    snapshot: Snapshot
    post: Post | None
    now: datetime

    @cached_property
    def body(self) -> list[Block]:
        """The blocks of the text."""
        return wording.blocks(self.snapshot["body"])

    @cached_property
    def measures(self) -> readability.Measures:
        """Words, minutes and years of school of the text."""
        return readability.measure(self.snapshot["body"])

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings of the text with level, words and anchor."""
        frozen = self.post.heading_ids if self.post else ()
        return assign_ids(self.snapshot["body"], frozen)[1]

    @cached_property
    def prose(self) -> list[tuple[str, str]]:
        """Every rich text with the name of its field."""
        answers = [("questions", row["answer"]) for row in self.snapshot["questions"]]
        return [("body", self.snapshot["body"]), *answers]

    @cached_property
    def takeaways(self) -> list[tuple[str, str]]:
        """The takeaways with their field."""
        return [("takeaways", text) for text in self.snapshot["takeaways"]]

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        """Every plain text that readers see as it is typed, with its field: nothing cites in it."""
        named = ("title", "summary", "read_more_heading", "meta_title", "meta_description")
        return [
            *((name, self.snapshot[name]) for name in named),
            *(("questions", row["question"]) for row in self.snapshot["questions"]),
        ]

    @cached_property
    def pictures(self) -> list[tuple[str, str]]:
        """The digests of the pictures with the field that shows them, each once."""
        shown = dict.fromkeys(self.snapshot["body_pictures"], "body")
        for field in ("social_picture", "main_picture"):
            if digest := self.snapshot[field]:
                shown[digest] = field
        return [(field, digest) for digest, field in shown.items()]

    @cached_property
    def cited_statements(self) -> set[str]:
        """The keys of the statements that the texts cite."""
        return {
            key for _, block in self.cited for key in wording.CITED_STATEMENT.findall(block.text)
        }

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statements of the register that the texts cite, by key; unknown ones are not in it.

        Two queries, none where none is cited.
        """
        keys = self.cited_statements
        known = Statement.objects.prefetch_related("reference_rows__reference")
        return known.in_bulk(keys, field_name="key") if keys else {}

    @cached_property
    def cited(self) -> list[tuple[str, Block]]:
        """Every block of text that may cite, with its field: prose, takeaways and captions."""
        found = [
            (field, block)
            for field, markup in self.prose
            for block in wording.blocks(markup, whole_rows=True)
        ]
        found += [(field, Block("li", text)) for field, text in self.takeaways]
        for field, digest in self.pictures:
            if caption := self.snapshot["pictures"].get(digest, {}).get("caption"):
                found.append((field, Block("figcaption", wording.tidy(caption))))
        return found

    @cached_property
    def texts(self) -> list[tuple[str, Block]]:
        """Every block of text with its field: what may cite, and the summary."""
        return [*self.cited, ("summary", Block("p", self.snapshot["summary"]))]
