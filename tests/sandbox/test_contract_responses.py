"""The response side: what the sandbox sends must fit the library's classes."""

import pytest

from stripe_sandbox.contract.responses import ContractBroken, object_kind, problems_in, require

REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 100,
    "charge": "ch_1",
    "created": 1800000000,
    "currency": "usd",
    "metadata": {},
    "status": "succeeded",
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, None),
        ({"payment_intent": None}, None),
        ({"metadata": None}, None),
        ({"reason": "duplicate"}, None),
        ({"reason": "because"}, ".reason"),
        ({"amount": "100"}, ".amount"),
        ({"amount": True}, ".amount"),
        ({"amount": 1.5}, ".amount"),
        ({"currency": None}, ".currency"),
        ({"object": "charge"}, ".object"),
        ({"metadata": {"order": 5}}, ".metadata.order"),
        ({"metadata": ["x"]}, ".metadata"),
        ({"colour": "blue"}, ".colour"),
        ({"charge": {"id": "ch_1", "object": "charge"}}, ".charge"),
    ],
)
def test_a_body_is_held_against_its_class(change, problem):
    problems = problems_in(REFUND | change, object_kind("refund"))
    if problem is None:
        assert problems == []
    else:
        assert problems
        assert all(one.startswith(problem) for one in problems)


def test_a_missing_field_is_a_problem_and_a_nullable_one_is_not():
    body = {key: value for key, value in REFUND.items() if key not in {"amount", "charge"}}
    assert problems_in(body, object_kind("refund")) == [".amount: missing in Refund"]


def test_breaking_the_contract_raises_with_the_place():
    with pytest.raises(ContractBroken, match=r"GET /v1/refunds: \.amount"):
        require(REFUND | {"amount": "1"}, object_kind("refund"), "GET /v1/refunds")
