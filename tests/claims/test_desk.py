"""Which findings are open, and what two people may do about one."""

import pytest
from django.db import IntegrityError, transaction

from claims import desk
from claims.models import Override
from tests.claims.texts import CLAIM, NOON, OTHER_RULE, RULE, requested, text

pytestmark = pytest.mark.django_db


def rules_of(found):
    return [one.finding.rule for one in found]


def test_an_open_finding_tells_its_sentence_and_place(django_assert_num_queries):
    words = f"Round, red and small. {CLAIM} It costs $24."

    with django_assert_num_queries(1):
        found = desk.open_findings([text(words)])

    assert rules_of(found) == [RULE, OTHER_RULE]
    assert {one.sentence for one in found} == {CLAIM}
    assert found[0].text.label == "Page “One”: Body"
    assert found[0].override_state == ""


def test_texts_without_findings_need_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert desk.open_findings([text("Round, red and small.")]) == []


def test_a_sentence_that_waits_is_open_and_says_so():
    requested()

    found = desk.open_findings([text()])

    assert [one.override_state for one in found] == ["requested", ""]


def test_an_allowed_sentence_is_covered_for_that_rule_in_that_place_only():
    desk.allow(requested(), by="ben", now=NOON)

    assert rules_of(desk.open_findings([text()])) == [OTHER_RULE]
    moved = text(f"New words before.\n\nThe  patch cures anemia. {'More. ' * 3}", field="lead")
    assert rules_of(desk.open_findings([moved])) == [OTHER_RULE]
    assert RULE in rules_of(desk.open_findings([text("The patch cures all anemia.")]))
    assert RULE in rules_of(desk.open_findings([text(subject="tests.page:2")]))


def test_what_is_allowed_of_a_tablet_is_not_allowed_of_a_patch():
    ingest = {"context": "ingest"}
    tablet = desk.open_findings([text(**ingest)])
    for one in tablet:
        asked = desk.request_override(one, reason="It is a drug.", by="anna", now=NOON)
        desk.allow(asked, by="ben", now=NOON)

    assert tablet
    assert desk.open_findings([text(**ingest)]) == []
    assert {*rules_of(tablet)} <= {*rules_of(desk.open_findings([text()]))}


def test_a_question_that_is_allowed_gets_no_other_answer():
    harmless, sold = "Sick of anemia? Read on.", "Sick of anemia? Our patch helps."
    for one in desk.open_findings([text(harmless)]):
        assert one.sentence == harmless
        asked = desk.request_override(one, reason="It asks.", by="anna", now=NOON)
        desk.allow(asked, by="ben", now=NOON)

    assert desk.open_findings([text(f"Red.\n\n{harmless} It is small.")]) == []
    assert {one.sentence for one in desk.open_findings([text(sold)])} == {sold}


def test_what_stands_before_an_abbreviation_belongs_to_the_sentence():
    said = "As Prof. Doe put it, our patch cures anemia."

    assert {one.sentence for one in desk.open_findings([text(f"Red. {said} Round.")])} == {said}


@pytest.mark.parametrize("name", ["anna", "Anna"])
def test_nobody_allows_what_they_asked_for(name):
    override = requested(by="anna")

    with pytest.raises(desk.SamePerson):
        desk.allow(override, by=name, now=NOON)

    override.refresh_from_db()
    assert (override.state, override.decided_by) == ("requested", "")


@pytest.mark.parametrize("state", ["approved", "withdrawn"])
def test_the_database_refuses_one_person_in_bulk_as_well(state):
    override = requested(by="anna")
    taken_back = {"taken_back_by": "ben", "taken_back_at": NOON} if state == "withdrawn" else {}

    with pytest.raises(IntegrityError, match="override_by_two_people"), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(
            state=state, decided_by="anna", decided_at=NOON, **taken_back
        )

    override.refresh_from_db()
    assert override.state == "requested"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "approved"}, "override_decided_by_somebody"),
        ({"state": "approved", "decided_by": "ben"}, "override_decided_by_somebody"),
        ({"decided_by": "ben", "decided_at": NOON}, "override_decided_by_somebody"),
        ({"reason": ""}, "override_has_reason"),
        (
            {"state": "withdrawn", "decided_by": "ben", "decided_at": NOON},
            "override_taken_back_by_somebody",
        ),
        ({"taken_back_by": "ben", "taken_back_at": NOON}, "override_taken_back_by_somebody"),
    ],
)
def test_the_database_refuses_a_decision_by_nobody(values, constraint):
    override = requested()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(**values)


def test_whoever_asked_may_refuse_and_it_covers_nothing():
    desk.refuse(requested(by="anna"), by="anna", now=NOON)

    assert RULE in rules_of(desk.open_findings([text()]))


def test_what_is_taken_back_counts_again_and_both_names_stay():
    override = requested(by="anna")
    desk.allow(override, by="ben", now=NOON)

    desk.take_back(override, by="anna", now=NOON)

    assert RULE in rules_of(desk.open_findings([text()]))
    assert (override.decided_by, override.taken_back_by) == ("ben", "anna")


def test_a_decision_is_made_once():
    override = requested(by="anna")
    same = Override.objects.get()
    desk.refuse(override, by="ben", now=NOON)

    for decide in (desk.allow, desk.refuse, desk.take_back):
        with pytest.raises(desk.AlreadyDecided):
            decide(same, by="carl", now=NOON)

    same.refresh_from_db()
    assert (same.state, same.decided_by) == ("refused", "ben")


def test_a_sentence_is_asked_about_once_until_it_is_refused():
    override = requested(by="anna")
    with pytest.raises(desk.AlreadyRequested):
        requested(by="ben")
    desk.allow(override, by="ben", now=NOON)
    found = desk.all_findings([text()])[0]
    with pytest.raises(desk.AlreadyRequested):
        desk.request_override(found, reason="Again", by="carl", now=NOON)
    assert Override.objects.count() == 1

    desk.take_back(override, by="ben", now=NOON)
    requested(by="carl")

    assert [one.state for one in Override.objects.order_by("pk")] == ["withdrawn", "requested"]


def test_a_finding_is_found_by_its_field_rule_and_sentence():
    texts = [text(f"It is red. {CLAIM}"), text("Round.", field="title")]

    found = desk.finding_of(texts, field="body", rule=RULE, sentence="The patch  cures anemia. ")

    assert found is not None
    assert (found.sentence, found.finding.rule) == (CLAIM, RULE)


@pytest.mark.parametrize(
    "asked",
    [
        {"sentence": "The patch is red."},
        {"rule": "no-such-rule"},
        {"field": "no_such_field"},
    ],
)
def test_nobody_invents_a_finding(asked):
    wanted = {"field": "body", "rule": RULE, "sentence": CLAIM, **asked}

    assert desk.finding_of([text()], **wanted) is None


def test_a_sentence_not_saved_yet_counts_where_the_rule_flags_it_by_itself():
    texts = [text("Round and red.")]

    found = desk.finding_of(texts, field="body", rule=RULE, sentence=CLAIM)

    assert found is not None
    assert (found.text.subject, found.sentence) == ("tests.page:1", CLAIM)
    assert desk.finding_of([], field="body", rule=RULE, sentence=CLAIM) is None


def test_what_is_allowed_already_need_not_be_asked_about():
    desk.allow(requested(), by="ben", now=NOON)

    assert desk.finding_of([text()], field="body", rule=RULE, sentence=CLAIM) is None
