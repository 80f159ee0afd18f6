"""Look at a post that lacks nothing, with one thing changed."""

from blog import readiness, snapshots
from tests.blog.making import make_reviewed_post
from tests.factories import NOON


def look(post=None, **changes):
    """Return what is found in a ready post after `changes` to its snapshot."""
    post = post or make_reviewed_post()
    snapshot = snapshots.complete(snapshots.take(post) | changes)
    return readiness.look_at(snapshot, post=post, now=NOON)


def codes(found, level="blocks"):
    """Return the codes of the problems of a level, without that of the review: changed words lose it."""
    return [
        problem.code
        for problem in found.problems
        if problem.level == level and problem.code != "no_review"
    ]


def blocking(post=None, **changes):
    """Return the codes that block after `changes`."""
    return codes(look(post, **changes))
