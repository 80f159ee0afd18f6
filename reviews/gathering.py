"""What the reviews' page shows of apps that `reviews` does not know: questions and their answers.

The roof registers the source when the shop starts; until then there are none.
"""

from collections.abc import Callable, Sequence
from typing import Any

# Each has slug, question and answer (safe HTML): see templates/components/questions.html.
Questions = Callable[[], Sequence[Any]]

_questions: list[Questions] = []


def register_questions(source: Questions) -> None:
    """Let `source()` give the page its questions."""
    _questions[:] = [source]


def questions() -> list[Any]:
    """Return the questions to show; none where nobody is registered."""
    return [question for source in _questions for question in source()]
