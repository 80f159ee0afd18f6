"""The one way to write down what happened to a post. The search follows these rows, and those of
revisions (shop/searching.py).
"""

from datetime import datetime

from blog.models import Post, PostEvent


def record(
    post: Post, kind: PostEvent.Kind, *, by: str, now: datetime, note: str = ""
) -> PostEvent:
    """Write the event, in the transaction of what it tells of; a long note is cut."""
    longest = PostEvent._meta.get_field("note").max_length
    return PostEvent.objects.create(post=post, kind=kind, at=now, by=by, note=note[:longest])
