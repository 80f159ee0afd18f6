"""Which review covers the words of a post: that of the words, not that of an earlier version."""

from blog.models import Post, ReviewRecord
from blog.snapshots import Snapshot, readers_words


def review_of_words(post: Post, snapshot: Snapshot) -> ReviewRecord | None:
    """Return the newest review in which somebody read exactly these words; none of an author counts, also
    of one who became an author afterwards. One query.
    """
    words, authors = readers_words(snapshot), {row["slug"] for row in snapshot["authors"]}
    records = post.review_records.select_related("revision", "reviewer")
    return next(
        (
            record
            for record in records
            if record.reviewer.slug not in authors
            and readers_words(record.revision.snapshot) == words
        ),
        None,
    )
