"""Statements of the register: what a post cites stands there, and two people answer for it today."""

from collections.abc import Iterator

from blog.readiness.problems import BLOCKS, WARNS, Examined, Problem
from blog.wording import CITED_STATEMENT, excerpt
from references.models import Statement

State = Statement.State
WHY_NOT = {
    State.UNSIGNED: "nobody has signed it",
    State.WAITING: "a second person has to approve it",
    State.ENDED: "its time is over",
    State.WITHDRAWN: "it was withdrawn",
}


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield citations of statements that are unknown, do not stand, or end soon; each statement once.

    What lapsed under a post that readers see already only warns: the queue of the register has it, and a
    slip of the pen can be mended meanwhile.
    """
    seen: set[str] = set()
    for field, block in examined.cited:
        for key in CITED_STATEMENT.findall(block.text):
            if key not in seen:
                seen.add(key)
                yield from _of(examined, key, field, excerpt(block.text))


def _of(examined: Examined, key: str, field: str, place: str) -> Iterator[Problem]:
    statement = examined.statements.get(key)
    if statement is None:
        message = f"[claim:{key}] cites a statement that is not in the register."
        yield Problem("unknown_statement", BLOCKS, message, field, place)
    elif not statement.is_standing(examined.now):
        why = WHY_NOT[statement.state(examined.now)]
        level = WARNS if _was_read(examined, statement) else BLOCKS
        message = f"The statement {key} does not stand in the register: {why}."
        yield Problem("lapsed_statement", level, message, field, place)
    elif statement.ends_soon(examined.now):
        message = f"The statement {key} stands until {statement.valid_until:%B %-d, %Y} only."
        yield Problem("ending_statement", WARNS, message, field, place)


def _was_read(examined: Examined, statement: Statement) -> bool:
    """Whether readers see the post with this citation now, and it stood once."""
    post = examined.post
    if post is None or not post.is_public(examined.now) or not statement.first_approved_at:
        return False
    newest = post.revisions.first()
    if newest is None:
        return False
    return statement.key in Examined(newest.snapshot, post, examined.now).cited_statements
