"""Many questions to Stripe: when the rest is still asked, and when it no longer is."""

import pytest

from orders.gateways.base import GatewayRefused, GatewayUnavailable
from orders.one_by_one import Turns

ANSWERS = {"s": GatewayUnavailable("silence"), "r": GatewayRefused("no"), "x": RuntimeError()}


@pytest.mark.parametrize(
    ("answers", "asked", "done", "failed", "unanswered"),
    [
        ("....", 4, 4, 0, 0),
        ("s.s.s.s.", 8, 4, 0, 4),  # single ones that stay silent, for ever
        ("sss...", 3, 0, 0, 6),  # three in a row: nobody is there
        (".ss.ss.", 7, 3, 0, 4),
        ("ssrssx.", 7, 1, 2, 4),  # a refusal is an answer, and who stumbles was not kept waiting
        ("xxxx.", 5, 1, 4, 0),
    ],
)
def test_the_rest_is_asked_until_three_in_a_row_stay_silent(
    answers, asked, done, failed, unanswered
):
    turns, heard = Turns(), []

    def ask(answer):
        heard.append(answer)
        if answer in ANSWERS:
            raise ANSWERS[answer]
        return answer

    for answer in answers:
        turns.take("It", lambda answer=answer: ask(answer))

    assert len(heard) == asked
    assert (turns.done, turns.failed, turns.unanswered) == (done, failed, unanswered)
    assert turns.left == failed + unanswered
    made = turns.outcome("words")
    assert (str(made), made.failed, made.unanswered) == ("words", failed, unanswered)
