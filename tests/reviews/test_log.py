"""Whatever is done to the log of reviews behind its guards, reading it through finds it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from reviews import decisions, log, sealing, standing, submitting
from reviews.models import LogEntry, LogHead, Review, ReviewVersion, Source
from shop.lib.append_only import unguard_sql
from shop.lib.hash_chain import START, seal
from tests.reviews.makers import NOW, make_content, make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def entry(sequence):
    return LogEntry.objects.filter(sequence=sequence)


def change(sequence, **values):
    with unguarded(["reviews_logentry"]):
        assert entry(sequence).update(**values) == 1


def doubted_review():
    """One that a person wants withheld: everybody could read it, so it waits for a second one."""
    review = make_review()
    return decisions.withhold(
        review.pk,
        version_id=review.current_id,
        reason="abuse",
        actor="mo",
        note="the last line",
        now=LATER,
    )


@pytest.fixture
def three():
    """Entries: 1, 2 received and shown; 3, 4, 5 received, shown and doubted; 6, 7 received and waiting."""
    return [make_review(), doubted_review(), make_review(source=Source.SITE)]


def rewrite_from(sequence, **values):
    """Do what somebody with all of the database can do: seal every entry anew, and the head."""
    change(sequence, **values)
    before = entry(sequence - 1).first()
    link = before.link if before else START
    for row in LogEntry.objects.filter(sequence__gte=sequence):
        link = seal(link, row.facts())
        change(row.sequence, previous_hash=link.previous_hash, hash=link.hash)
    head = LogHead.objects.get()
    head.advance_to(link, head.last_number)


def test_an_untouched_log_has_no_findings(three):
    assert log.verify() == []
    assert [row.kind for row in LogEntry.objects.all()] == [
        *("received", "shown"),
        *("received", "shown", "waiting"),
        *("received", "waiting"),
    ]
    assert (log.head().sequence, LogHead.objects.get().last_number) == (7, 3)


def test_an_empty_log_has_no_findings():
    assert log.verify() == []
    assert log.head() == START


def test_nothing_is_written_outside_of_a_transaction(transactional_db):
    with pytest.raises(TransactionManagementError):
        log.locked_head()


PUBLIC = {
    "number": 9,
    "kind": "shown",
    "stars": 5,
    "is_verified": False,
    "source": "import",
    "reason": "fake",
    "digest": "0" * 64,
    "at": LATER + timedelta(microseconds=1),
}


@pytest.mark.parametrize("column", PUBLIC)
def test_a_change_of_any_public_fact_breaks_its_hash(three, column):
    change(5, **{column: PUBLIC[column]})
    assert "Number 5 is not what was written: its hash does not fit." in log.verify()


@pytest.mark.parametrize("column", [column for column in PUBLIC if column not in {"at", "reason"}])
def test_a_changed_fact_is_found_even_when_the_whole_chain_is_sealed_anew(three, column):
    rewrite_from(5, **{column: PUBLIC[column]})
    assert log.verify() != []


def test_another_reason_is_found_even_when_the_whole_chain_is_sealed_anew():
    review = make_review(source=Source.SITE)
    acts = {"version_id": review.current_id, "actor": "mo", "note": "the last line", "now": LATER}
    decisions.withhold(review.pk, reason="off_topic", **acts)
    assert log.verify() == []
    rewrite_from(3, reason=PUBLIC["reason"])
    assert log.verify() == ["Review 1: it does not stand as the log says."]


def test_a_moved_moment_of_a_decision_is_found_when_the_chain_is_sealed_anew(three):
    rewrite_from(5, at=PUBLIC["at"])
    assert log.verify() == ["Review 2: it does not stand as the log says."]


@pytest.mark.parametrize("column", ["actor", "note", "salt"])
def test_who_decided_and_why_cannot_be_changed_unseen(three, column):
    change(5, **{column: "somebody else"})
    assert log.verify() == ["Review 2: what entry 5 seals is not what was written."]


def test_an_entry_tied_to_another_review_or_version_is_found(three):
    change(5, review=three[0].pk)
    assert log.verify() == ["Review 2: entry 5 is tied to another review."]
    change(5, review=three[1].pk, version=three[0].current_id)
    assert log.verify() == ["Review 2: entry 5 is about no version of it."]


def test_every_column_of_an_entry_is_sealed_or_compared():
    own = {one.name for one in LogEntry._meta.concrete_fields}
    assert own - {*PUBLIC, "actor", "note", "salt", "review", "version"} == {
        *("id", "sequence", "previous_hash", "hash")
    }


@pytest.mark.parametrize(
    ("sequence", "found"),
    [
        (1, "Number 1 is missing."),
        (5, "Number 5 is missing."),
        (7, "Number 7 is missing."),
    ],
)
def test_a_removed_entry_is_found(three, sequence, found):
    with unguarded(["reviews_logentry"]):
        entry(sequence).delete()
    assert found in log.verify()


def test_a_submission_that_vanished_with_all_its_traces_is_found(three):
    tables = ["reviews_logentry", "reviews_review", "reviews_reviewversion", "reviews_flag"]
    with unguarded(tables):
        LogEntry.objects.filter(number=3).delete()
        Review.objects.filter(number=3).update(current=None)
        for version in ReviewVersion.objects.filter(review__number=3):
            version.flags.all().delete()
            version.delete()
        Review.objects.filter(number=3).delete()
    assert log.verify() == ["Numbers 6 to 7 are missing."]

    noted = log.head()
    LogHead.objects.get().advance_to(entry(5).get().link, 3)
    assert log.verify() == ["The last number is noted as 3, and is 2."]
    LogHead.objects.get().advance_to(entry(5).get().link, 2)
    assert log.verify() == []  # all of it rewritten: only what was noted elsewhere tells
    assert log.verify(noted) == ["Entry 7 was noted and is not there."]


def test_swapped_entries_are_found(three):
    with unguarded(["reviews_logentry"]):
        for old, new in ((4, 100), (5, 4), (100, 5)):
            entry(old).update(sequence=new)
    found = log.verify()
    assert "Number 4 does not continue from number 3." in found
    assert "Number 5 is not what was written: its hash does not fit." in found


def test_a_review_of_another_number_is_found(three):
    with unguarded(["reviews_review"]):
        Review.objects.filter(number=3).update(number=7)
    assert log.verify() == [
        "There is no review 3: the next one is 7.",
        "Review 7: it is not in the log.",
        "The log speaks of review 3, which is not there.",
    ]


def test_an_entry_that_nobody_wrote_is_found(three):
    last = entry(7).get()
    forged = LogEntry(
        **{
            name: getattr(last, name)
            for name in ("number", "stars", "is_verified", "source", "review", "version", "digest")
        },
        kind="shown",
        at=LATER,
    )
    link = seal(last.link, forged.facts())
    forged.sequence, forged.previous_hash, forged.hash = (
        link.sequence,
        link.previous_hash,
        link.hash,
    )
    forged.save()
    assert "Number 7 should be the last, but 8 is." in log.verify()
    LogHead.objects.get().advance_to(link, 3)
    assert log.verify() == [
        "Review 3: what entry 8 seals is not what was written.",
        "Review 3: entry 8 tells 0 stars and should tell 4.",
        "Review 3: it does not stand as the log says.",
    ]


def test_a_chain_written_anew_is_found_by_a_head_noted_elsewhere(three):
    noted = log.head()
    make_review()
    assert log.verify(noted) == []
    rewrite_from(6, at=NOW)
    rewrite_from(6, salt="another")
    digest = sealing.digest_of(entry(6).get(), entry(6).get().version)
    rewrite_from(6, digest=digest)
    assert log.verify() == []
    assert log.verify(noted) == ["Entry 7 has another hash than was noted."]


def test_a_lost_head_is_found(three):
    LogHead.objects.all().delete()
    assert log.verify() == ["Number 0 should be the last, but 7 is."]


def test_lost_guards_are_found(three):
    for table in ("reviews_logentry", "reviews_reviewversion"):
        for statement in unguard_sql(connection.vendor, table):
            with connection.cursor() as cursor:
                cursor.execute(statement)
    found = log.verify()
    assert "The database does not refuse DELETE on reviews_logentry: its trigger is gone." in found
    lost = "The database does not refuse REWRITE on reviews_reviewversion: its trigger is gone."
    assert lost in found


def test_neither_queries_nor_memory_grow_with_the_log(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(log, "CHUNK", 3)
    for _ in range(5):
        make_review()
    # Four guards, the head twice, the chain; the end of the span and its four tables.
    with django_assert_num_queries(12):
        assert log.verify() == []
    monkeypatch.setattr(standing, "SPAN", 2)
    with django_assert_num_queries(12 + 2 * 5):
        assert log.verify() == []


def test_what_is_written_while_the_log_is_read_is_no_fault(three, monkeypatch):
    """An edit between two reads of a span would look like tampering; under the lock it is none."""
    read = standing.faults_in
    looks = []

    def somebody_writes_before_and_during(span):
        if not looks:
            submitting.edit(three[0].pk, make_content(stars=1), now=LATER)
        looks.append(span)
        return ["Review 1: it does not stand as the log says."] if len(looks) == 1 else read(span)

    entries = log._entries

    def somebody_writes_around_the_chain():
        make_review()
        rows = list(entries())
        make_review()
        return iter(rows)

    monkeypatch.setattr(standing, "faults_in", somebody_writes_before_and_during)
    monkeypatch.setattr(log, "_entries", somebody_writes_around_the_chain)
    assert log.verify() == []
    assert len(looks) == 2


def fails_after_all():
    with transaction.atomic():
        make_review()
        raise ZeroDivisionError


def test_a_rolled_back_submission_leaves_no_number_behind():
    first = make_review()
    with pytest.raises(ZeroDivisionError):
        fails_after_all()
    assert [first.number, make_review().number] == [1, 2]
    assert log.verify() == []
