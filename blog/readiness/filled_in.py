"""What a post must have: title, address, summary, people, tags, and a review of these words."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from blog import wording
from blog.models import Post
from blog.old_addresses import refuse_reserved
from blog.readiness.problems import BLOCKS, TELLS, WARNS, Examined, Problem
from blog.reviewing import review_of_words

SUMMARY_WORDS = 60
META_TITLE, META_DESCRIPTION = 70, 160


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield what is missing or too long."""
    snapshot = examined.snapshot
    yield from _texts(examined)
    if not snapshot["authors"]:
        yield Problem("no_author", BLOCKS, "Say who wrote it.", "authors")
    if not snapshot["tags"]:
        yield Problem("no_tag", BLOCKS, "Give it at least one tag.", "tags")
    if not snapshot["categories"]:
        yield Problem("no_category", TELLS, "It stands in no category.", "categories")
    for row in snapshot["questions"]:
        if not wording.tidy(row["question"]) or not wording.plain(row["answer"]):
            message = "A question has no answer, or an answer no question."
            yield Problem("half_question", BLOCKS, message, "questions", row["question"])
    if not snapshot["takeaways"]:
        yield Problem("no_takeaway", TELLS, "It has no takeaways.", "takeaways")
    yield from _review(examined)


def _texts(examined: Examined) -> Iterator[Problem]:
    snapshot = examined.snapshot
    if not wording.tidy(snapshot["title"]):
        yield Problem("no_title", BLOCKS, "Give it a title.", "title")
    if not wording.plain(snapshot["body"]):
        yield Problem("no_text", BLOCKS, "There is no text yet.", "body")
    yield from _slug(examined)
    count = len(wording.words(snapshot["summary"]))
    if not count:
        yield Problem("no_summary", BLOCKS, "Write the summary “In short”.", "summary")
    elif count > SUMMARY_WORDS:
        message = f"“In short” has {count} words; {SUMMARY_WORDS} are the most."
        yield Problem("long_summary", BLOCKS, message, "summary")
    for field, longest in (("meta_title", META_TITLE), ("meta_description", META_DESCRIPTION)):
        label, length = field.replace("_", " "), len(wording.tidy(snapshot[field]))
        if not length:
            yield Problem(f"no_{field}", BLOCKS, f"Write the {label}.", field)
        elif length > longest:
            message = f"The {label} has {length} characters; {longest} are the most."
            yield Problem(f"long_{field}", BLOCKS, message, field)


def _slug(examined: Examined) -> Iterator[Problem]:
    slug = examined.snapshot["slug"]
    if not slug:
        yield Problem("no_slug", BLOCKS, "Give it an address.", "slug")
        return
    try:
        refuse_reserved(slug)
    except ValidationError as refused:
        yield Problem("reserved_slug", BLOCKS, " ".join(refused.messages), "slug")
    others = Post.objects.filter(slug=slug)
    if examined.post:
        others = others.exclude(pk=examined.post.pk)
    if others.exists():
        yield Problem("taken_slug", BLOCKS, "Another post has this address.", "slug")


def _review(examined: Examined) -> Iterator[Problem]:
    post = examined.post
    record = review_of_words(post, examined.snapshot) if post else None
    authors = {row["slug"] for row in examined.snapshot["authors"]}
    if _is_read(examined) and post and post.reviewed_by and post.reviewed_by.slug in authors:
        message = f"{post.reviewed_by} has reviewed it and cannot be an author as well."
        yield Problem("own_review", BLOCKS, message, "authors")
    if record and record.next_review_on < localdate(examined.now):
        message = f"The review was good until {record.next_review_on:%B %-d, %Y}."
        yield Problem("old_review", WARNS if _is_read(examined) else BLOCKS, message, "review")
    elif record is None and _is_read(examined):
        message = "These words are not those that the reviewer has read."
        yield Problem("changed_since_review", WARNS, message, "review")
    elif record is None:
        message = "No reviewer has compared these words with their sources."
        yield Problem("no_review", BLOCKS, message, "review")


def _is_read(examined: Examined) -> bool:
    post = examined.post
    return post is not None and post.is_public(examined.now)
