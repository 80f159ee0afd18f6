"""The queue of what is published and does not pass: it follows texts, rules and people."""

from datetime import timedelta

import pytest

from blog import publishing
from claims import desk, nightly, sources
from claims.check import RULES_VERSION
from claims.models import CheckedSubject, StandingFinding
from tests.blog.making import make_published_post
from tests.claims.texts import CLAIM, NOON, OTHER_RULE, RULE, requested, text

pytestmark = pytest.mark.django_db

NEXT_NIGHT = NOON + timedelta(days=1)


@pytest.fixture
def published(monkeypatch):
    """The texts that are published: only those that a test puts there."""
    texts = []
    monkeypatch.setattr(sources, "_sources", {"tests": lambda: iter(texts)})
    return texts


def sentences():
    return sorted(set(StandingFinding.objects.values_list("sentence", flat=True)))


def test_a_published_claim_stands_in_the_queue_with_place_and_suggestion(published):
    published.append(text(f"Red. {CLAIM}"))

    outcome = nightly.check_everything(NOON)

    assert str(outcome) == "1 published things read, 1 checked, 2 findings open"
    row = StandingFinding.objects.get(rule=RULE)
    assert (row.subject, row.field, row.label) == ("tests.page:1", "body", "Page “One”: Body")
    assert (row.sentence, row.category, row.context) == (CLAIM, "cure", "patch")
    assert row.suggestion.startswith("Drop the promise")
    assert row.edit_path == "/admin/tests/page/1/change/"
    assert row.found_at == NOON


def test_what_has_not_changed_is_not_checked_again(published):
    published.extend([text(), text("Round.", subject="tests.page:2")])
    nightly.check_everything(NOON)

    outcome = nightly.check_everything(NEXT_NIGHT)

    assert (outcome.read, outcome.checked, outcome.open) == (2, 0, 2)
    assert set(StandingFinding.objects.values_list("found_at", flat=True)) == {NOON}


def test_a_changed_text_is_checked_and_what_still_stands_keeps_its_date(published):
    published.append(text(f"{CLAIM} Heals MS."))
    nightly.check_everything(NOON)
    published[0] = text(f"Boosts your energy. {CLAIM}", label="Page “Uno”: Body")

    outcome = nightly.check_everything(NEXT_NIGHT)

    assert outcome.checked == 1
    assert sentences() == ["Boosts your energy.", CLAIM]
    old = StandingFinding.objects.get(rule=RULE)
    assert (old.found_at, old.label) == (NOON, "Page “Uno”: Body")
    assert StandingFinding.objects.get(sentence="Boosts your energy.").found_at == NEXT_NIGHT


def test_new_rules_have_everything_checked_again(published):
    published.append(text())
    nightly.check_everything(NOON)
    CheckedSubject.objects.update(rules_version="last year")
    StandingFinding.objects.filter(rule=RULE).update(rule="old", fingerprint="old")

    outcome = nightly.check_everything(NEXT_NIGHT)

    assert outcome.checked == 1
    assert set(StandingFinding.objects.values_list("rule", "found_at")) == {
        (RULE, NEXT_NIGHT),
        (OTHER_RULE, NOON),
    }


def test_a_sentence_that_vanished_leaves_the_queue(published):
    published.extend([text(), text("Heals MS.", subject="tests.page:2")])
    nightly.check_everything(NOON)
    published.pop()

    nightly.check_everything(NEXT_NIGHT)

    assert sentences() == [CLAIM]
    assert list(CheckedSubject.objects.values_list("subject", flat=True)) == ["tests.page:1"]


def test_an_allowed_sentence_is_not_open_until_it_is_taken_back(published):
    published.append(text())
    nightly.check_everything(NOON)
    override = requested()
    assert StandingFinding.objects.open().count() == 2
    asked = StandingFinding.objects.with_requests().get(rule=RULE)

    desk.allow(override, by="ben", now=NOON)
    still_open = [row.rule for row in StandingFinding.objects.open()]
    desk.take_back(override, by="ben", now=NOON)

    assert asked.is_requested is True
    assert still_open == [OTHER_RULE]
    assert StandingFinding.objects.open().count() == 2


def test_one_subject_is_looked_at_right_after_a_change(published):
    published.append(text())
    nightly.check_everything(NOON)

    nightly.look_again("tests.page:1", [text("Heals MS.")], NEXT_NIGHT)
    changed = sentences()
    nightly.look_again("tests.page:1", [], NEXT_NIGHT)

    assert changed == ["Heals MS."]
    assert not StandingFinding.objects.exists()
    assert not CheckedSubject.objects.exists()


def test_the_queue_follows_a_post_that_is_published_and_taken_back():
    post = make_published_post()
    subject = f"blog.post:{post.pk}"
    assert CheckedSubject.objects.filter(subject=subject).exists()
    StandingFinding.objects.create(
        subject=subject, label="Old", field="body", sentence=CLAIM, found_at=NOON
    )

    publishing.unpublish(post, by="anna", now=NEXT_NIGHT, note="To be corrected")

    assert not StandingFinding.objects.filter(subject=subject).exists()
    assert not CheckedSubject.objects.filter(subject=subject).exists()


def test_a_run_that_began_earlier_and_ends_later_loses_nothing(published, monkeypatch):
    published.append(text(CLAIM))
    forget = nightly._forget_what_is_gone

    def overtaken(now):
        # Another run, older than this one, comes to the same texts before this one looks for what is gone.
        monkeypatch.setattr(nightly, "_forget_what_is_gone", forget)
        published[0] = text(f"{CLAIM} Now.")
        nightly.check_everything(NOON)
        forget(now)

    monkeypatch.setattr(nightly, "_forget_what_is_gone", overtaken)
    nightly.check_everything(NEXT_NIGHT)

    assert sentences() == [CLAIM]
    assert CheckedSubject.objects.get().seen_at == NEXT_NIGHT


def test_a_run_reads_in_batches(published, django_assert_num_queries):
    published.extend(text("Round.", subject=f"tests.page:{number:03}") for number in range(250))
    nightly.check_everything(NOON)

    # For each batch: what is known, what was seen; and what is gone, what is open.
    with django_assert_num_queries(3 * 4 + 2):
        outcome = nightly.check_everything(NEXT_NIGHT)

    assert (outcome.read, outcome.checked) == (250, 0)


def test_a_claim_said_twice_in_one_text_stands_once(published):
    published.append(text(f"{CLAIM}\n\nOnce more: it is red.\n\n{CLAIM}"))

    nightly.check_everything(NOON)

    assert StandingFinding.objects.filter(rule=RULE).count() == 1


def test_other_code_is_another_version(tmp_path):
    code = tmp_path / "rules" / "patterns.py"
    code.parent.mkdir()
    code.write_text("old")
    before = nightly.version_of(tmp_path)
    code.write_text("new")

    assert nightly.version_of(tmp_path) != before
    assert nightly.VERSION.startswith(RULES_VERSION)
    assert CheckedSubject._meta.get_field("rules_version").max_length >= len(nightly.VERSION)
