"""Every rule flags its own examples, leaves its near misses alone, and is needed."""

import dataclasses
import re

import pytest

from claims.check import CATEGORIES, find_claims, matches_of
from claims.rules import CONTEXTS, WORD_GUARDS, rulebook
from claims.rules.patterns import compile_pattern

RULES = rulebook().rules
IDS = [rule.id for rule in RULES]


def found_by(rule, text):
    return [
        finding
        for finding in matches_of(text, context=rule.example_context)
        if finding.rule == rule.id
    ]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_flags_its_examples_and_not_its_near_misses(rule):
    assert rule.flags, "no example"
    assert rule.near, "no near miss"
    for text in rule.flags:
        assert found_by(rule, text), text
    for text in rule.near:
        assert found_by(rule, text) == [], text


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_near_miss_of_a_rule_is_no_claim_of_its_category(rule):
    for text in rule.near:
        found = find_claims(text, context=rule.example_context)
        assert [finding for finding in found if finding.category == rule.category] == [], text


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_without_a_rule_one_of_its_examples_is_missed(rule):
    # A rule that only speaks beside another cannot stand in for it.
    known = {rule.id} | ({other.id for other in RULES if other.beside})
    others = {
        finding.rule for finding in matches_of(rule.flags[0], context=rule.example_context)
    } - known
    missed = [
        text
        for text in rule.flags
        if not [
            f
            for f in matches_of(text, context=rule.example_context)
            if f.category == rule.category and f.rule not in known
        ]
    ]

    assert missed, f"{rule.id} finds nothing that {others} do not find"


@pytest.mark.parametrize("rule", [one for one in RULES if one.beside], ids=lambda rule: rule.id)
def test_a_rule_that_speaks_beside_others_flags_nothing_alone(rule):
    for text in rule.flags:
        rules = {found.rule for found in matches_of(text, context=rule.example_context)}
        assert [one for one in RULES if one.id in rules and not one.beside], text


def test_rule_ids_are_unique_and_say_what_they_are():
    assert len(IDS) == len(set(IDS))
    assert all(re.fullmatch(r"[a-z][a-z-]+", name) for name in IDS)
    assert {rule.category for rule in RULES} == set(CATEGORIES)


def test_rules_name_guards_and_contexts_that_exist():
    known = set(rulebook().guards) | WORD_GUARDS | {"sourced", "marked", "cited"}
    for rule in RULES:
        assert set(rule.guards) <= known, rule.id
        assert rule.contexts <= set(CONTEXTS), rule.id
        assert rule.suggestion.endswith("."), rule.id


def test_no_expression_repeats_a_repetition_without_bounds():
    for rule in RULES:
        for pattern in (*rule.patterns, *rule.needs, *rule.unless):
            assert not re.search(r"\)[*+]", pattern.expression), pattern.source


def test_a_pattern_that_names_no_word_list_is_refused():
    with pytest.raises(ValueError, match="No word list is called NONSENSE"):
        compile_pattern("CURE ~3 NONSENSE")


def test_rules_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RULES[0].id = "other"  # type: ignore[misc]
