"""A statement that the claims check does not flag holds a review too, and can be let stand by two people."""

from datetime import UTC, datetime

import pytest

from claims import desk
from claims.desk import all_findings
from reviews import readings, screening
from reviews.models import Flag

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CLAIM = "My feet arent numb anymore, but the box is large."
WORDS = screening.Words("", f"Came on a Monday. {CLAIM}", "Ann")


@pytest.mark.django_db
def test_the_author_is_told_their_own_words():
    words = screening.Words("", "R\u00e1pido.\nMe cur\u00f3  la anemia. Me Gusta", "Ann")

    assert (
        screening.screen(words, review_pk=None, now=NOW).holding_claim == "Me cur\u00f3  la anemia."
    )


def test_what_the_check_flags_is_not_read_out_a_second_time():
    words = screening.Words("", "It cured my neuropathy.", "Ann")

    assert [one.field for one in screening.texts_of(words, None)] == ["body", "author_name"]


@pytest.mark.parametrize(
    "claim", [CLAIM, "I had numb toes. Not any more.", "Mes fourmillements ont disparu."]
)
def test_every_reading_is_flagged_and_leads_back_to_the_words(claim):
    (reading,) = readings.of_claims(claim, known=[])
    words = screening.Words("", claim, "Ann")
    found = [
        one for one in all_findings(screening.texts_of(words, None)) if one.text.text == reading
    ]

    assert any(one.finding.category == readings.CATEGORY for one in found)
    assert readings.author_words(reading, claim) in claim
    assert readings.author_words(reading, "Another review.") == ""


@pytest.mark.django_db
def test_two_people_can_let_it_stand():
    screened = screening.screen(WORDS, review_pk=7, now=NOW)
    assert screened.flags[Flag.Kind.CLAIM] == CLAIM
    (one,) = [
        found
        for found in desk.open_findings(screening.texts_of(WORDS, 7))
        if found.text.field == screening.READ and found.finding.category == readings.CATEGORY
    ]
    wanted = {"field": screening.READ, "rule": one.finding.rule, "sentence": one.sentence}
    asked = desk.finding_of(screening.texts_of(WORDS, 7), **wanted)

    override = desk.request_override(asked, reason="He tells of his shoes.", by="ann", now=NOW)
    desk.allow(override, by="ben", now=NOW)

    assert screening.screen(WORDS, review_pk=7, now=NOW).holding_claim == ""
    other = screening.Words(
        "", f"{WORDS.body} It took the tingling out of my feet for good.", "Ann"
    )
    assert screening.screen(other, review_pk=7, now=NOW).holding_claim


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "is_promotable"),
    [
        ("Ich habe Blutarmut und trage es auf dem Arm.", False),
        ("Die Schachtel ist sehr schön und kam schnell.", True),
    ],
)
def test_an_illness_in_another_tongue_is_shown_and_not_quoted(body, is_promotable):
    found = screening.screen(screening.Words("", body, "Uwe"), review_pk=None, now=NOW)

    assert found.holding_claim == ""
    assert found.is_promotable is is_promotable
    told = {} if is_promotable else {Flag.Kind.OTHER_CLAIM: screening.NOT_ENGLISH}
    assert found.flags == told
