"""Every review stands as the log says, in each column; and the database refuses what no verb may do."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from orders.models import OrderLine
from reviews import decisions, log, submitting
from reviews.models import Flag, LogEntry, Review, ReviewPhoto, ReviewVersion, Source
from tests.factories import make_paid_order, make_product, make_variant
from tests.reviews.deciding_steps import withhold_by_two
from tests.reviews.makers import NOW, make_content, make_invitation, make_review
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
TABLES = ["reviews_review", "reviews_reviewversion", "reviews_flag", "reviews_logentry"]


def other_line():
    return OrderLine.objects.get(order=make_paid_order(packs={make_variant(): 1}))


def behind_the_guards(rows, **values):
    with unguarded(TABLES):
        assert rows.update(**values) == 1


def change(review, **values):
    behind_the_guards(Review.objects.filter(pk=review.pk), **values)


def change_version(review, place=1, **values):
    behind_the_guards(ReviewVersion.objects.filter(review=review, place=place), **values)


@pytest.fixture
def bought():
    return make_review()


@pytest.fixture
def withheld(bought):
    return withhold_by_two(bought, actor="mo", note="the last line", now=LATER)


STANDING = ["Review 1: it does not stand as the log says."]
COPIES = ["Review 1: what is filtered and sorted by is not what its author wrote."]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"state": "shown", "reason": ""}, STANDING),
        ({"reason": "fake"}, STANDING),
        ({"state_at": NOW}, STANDING),
        ({"stars": 5}, COPIES),
        ({"skin_type": "oily"}, COPIES),
        ({"worn_on": "ear"}, COPIES),
        ({"held": "24"}, COPIES),
        (
            {"written_at": NOW - timedelta(days=30)},
            ["Review 1: it is dated another day than it was written."],
        ),
        (
            {"received_at": NOW - timedelta(days=30)},
            ["Review 1: the log does not begin with when it came."],
        ),
        ({"current": None}, ["Review 1: its current version is not its last one."]),
        ({"photo_state": "shown"}, ["Review 1: its photo does not stand as the log says."]),
        (
            {"photo_state": "withheld", "photo_reason": "abuse"},
            ["Review 1: its photo does not stand as the log says."],
        ),
    ],
    ids=str,
)
def test_a_review_that_was_moved_behind_the_log_is_found(withheld, values, found):
    change(withheld, **values)
    assert log.verify() == found


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("author_name", "Somebody else"),
        ("title", "Wonderful"),
        ("body", "It works like nothing else."),
        ("sticking", 5),
        ("skin_comfort", 5),
        ("ease_of_use", 5),
        ("value", 5),
        ("skin_reacted", False),
    ],
)
def test_a_word_that_its_author_did_not_write_is_found(bought, column, value):
    change_version(bought, **{column: value})
    assert log.verify() == ["Review 1: what entry 1 seals is not what was written."]


def test_stars_that_its_author_did_not_give_are_found_wherever_they_are_changed(bought):
    change_version(bought, stars=5)
    assert log.verify() == [
        "Review 1: what entry 1 seals is not what was written.",
        "Review 1: entry 2 tells 4 stars and should tell 5.",
        *COPIES,
    ]


def test_words_taken_away_without_a_word_in_the_log_are_found(bought):
    ReviewVersion.objects.filter(review=bought).update(author_name="", title="", body="")
    assert log.verify() == ["Review 1: the words of entry 1 are gone, and no entry says so."]
    with transaction.atomic():
        log.write(bought, LogEntry.Kind.ERASED, version=bought.current, now=LATER)
    assert log.verify() == []


def test_an_erasure_that_left_the_words_is_found(bought):
    with transaction.atomic():
        log.write(bought, LogEntry.Kind.ERASED, version=bought.current, now=LATER)
    found = "Review 1: entry 3 says that words were erased, and they are there."
    assert log.verify() == [found]


def test_a_buyer_who_bought_something_else_is_found(bought):
    other = other_line()
    change(bought, order_line=other)
    assert log.verify() == [
        "Review 1: its order line is for another product.",
        "Review 1: its request was for another order line, product or label.",
    ]


def test_a_buyer_who_became_one_afterwards_is_found():
    product = make_product()
    review = make_review(source=Source.SITE, product=product)
    line = OrderLine.objects.get(
        order=make_paid_order(packs={make_variant(product=product, sku="OTHER"): 1})
    )
    change(review, order_line=line, source="import", origin="elsewhere", origin_date=NOW.date())
    found = log.verify()
    assert "Review 1: entry 1 names another source or buyer." in found


def test_a_review_moved_to_another_product_is_found(bought):
    change(bought, product=make_product(slug="another"))
    assert "Review 1: its order line is for another product." in log.verify()


def test_a_version_that_is_in_no_entry_is_found(bought):
    kept = ReviewVersion.objects.get(review=bought)
    kept.pk, kept.place = None, 2
    kept.save(force_insert=True)
    assert "Review 1: it has other versions than the log names." in log.verify()


def test_an_older_version_made_the_current_one_is_found(bought):
    first = bought.current_id
    submitting.edit(bought.pk, make_content(stars=4), now=LATER)
    assert log.verify() == []
    change(bought, current=first)
    assert log.verify() == ["Review 1: its current version is not its last one."]


def test_an_edit_that_nobody_decided_on_is_found(bought):
    with transaction.atomic():
        log.write(bought, LogEntry.Kind.EDITED, version=bought.current, now=LATER)
    found = log.verify()
    assert "Review 1: nobody decided on the words of entry 3." in found
    assert "Review 1: it has other versions than the log names." in found


@pytest.mark.parametrize(
    ("kind", "values", "found"),
    [
        ("withheld", {}, "entry 3 has no listed reason, or one that it must not have."),
        (
            "shown",
            {"reason": "fake"},
            "entry 3 has no listed reason, or one that it must not have.",
        ),
        (
            "withheld",
            {"reason": "rude"},
            "entry 3 has no listed reason, or one that it must not have.",
        ),
        (
            "withheld",
            {"reason": "fake", "note": "x"},
            "entry 3 calls the review of a buyer a fake.",
        ),
        (
            "withheld",
            {"reason": "abuse", "actor": "mo"},
            "entry 3 withholds it and does not say why.",
        ),
    ],
)
def test_a_decision_that_nothing_allows_is_found_though_it_is_sealed(bought, kind, values, found):
    with transaction.atomic():
        log.write(bought, LogEntry.Kind(kind), version=bought.current, now=LATER, **values)
    assert f"Review 1: {found}" in log.verify()


def test_a_move_that_the_states_do_not_know_is_found(bought):
    decisions.withdraw(bought.pk, now=LATER)
    bought.refresh_from_db()
    assert log.verify() == []
    with transaction.atomic():
        log.write(bought, LogEntry.Kind.WITHDRAWN, version=bought.current, now=LATER)
    found = "Review 1: entry 4 makes it withdrawn though it was withdrawn."
    assert log.verify() == [found]


def test_a_review_that_waits_for_nothing_is_found():
    review = make_review(source=Source.SITE)
    with unguarded(TABLES):
        Flag.objects.all().delete()
    assert review.state == "waiting"
    assert log.verify() == ["Review 1: it waits, and no rule has asked for that."]


def test_a_review_withheld_for_a_claim_that_no_rule_found_is_found():
    review = make_review(make_content(body="It cured my diabetes in two weeks, I can tell you."))
    assert (review.state, review.reason) == ("withheld", "unlawful_claim")
    assert log.verify() == []
    with unguarded(TABLES):
        Flag.objects.filter(kind="claim").delete()
    found = "Review 1: it is withheld for a statement that no rule has found."
    assert log.verify() == [found]


# --- photos --------------------------------------------------------------------------------------


@pytest.fixture
def pictured(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_review(make_content(photo=Image.new("RGB", (64, 64), "red")))


def test_a_photo_stands_as_the_log_says(pictured):
    assert log.verify() == []
    version = pictured.current_id
    decisions.show_photo(pictured.pk, version_id=version, actor="mo", now=LATER)
    assert log.verify() == []
    submitting.edit(pictured.pk, make_content(keeps_photo=True), now=LATER)
    assert Review.objects.get().photo_state == "shown"
    assert log.verify() == []
    change(pictured, photo_state="none")
    assert log.verify() == ["Review 1: its photo does not stand as the log says."]


def test_a_photo_withheld_for_another_reason_is_found(pictured):
    decisions.withhold_photo(
        pictured.pk,
        version_id=pictured.current_id,
        reason="abuse",
        actor="mo",
        note="a face",
        now=LATER,
    )
    assert log.verify() == []
    change(pictured, photo_reason="private_data")
    assert log.verify() == ["Review 1: its photo does not stand as the log says."]


def test_another_photo_than_was_sent_is_found(pictured):
    ReviewPhoto.objects.update(digest="0" * 64)
    assert log.verify() == ["Review 1: the photo of version 1 is not the one that came with it."]


# --- what the database refuses -------------------------------------------------------------------


def refused(act):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    return str(error.value)


@pytest.mark.parametrize(
    "column",
    [
        *("number", "product", "order_line", "source", "invitation", "incentive_label"),
        *("received_at", "is_demo", "nonce", "origin", "origin_date", "proof"),
    ],
)
def test_what_never_changes_of_a_review_is_refused_by_the_database(bought, column):
    values = {
        "number": lambda: 77,
        "product": lambda: make_product(slug="another"),
        "order_line": other_line,
        "source": lambda: "import",
        "invitation": make_invitation,
        "received_at": lambda: LATER,
        "is_demo": lambda: True,
        "origin_date": NOW.date,
    }
    value = values.get(column, lambda: "something else")()
    rows = Review.objects.filter(pk=bought.pk)
    assert "update refused" in refused(lambda: rows.update(**{column: value}))
    setattr(bought, column, value)
    assert "update refused" in refused(lambda: bought.save(update_fields=[column]))


def test_bought_here_comes_from_the_order_line_and_cannot_be_set():
    stranger = make_review(source=Source.SITE)
    stranger.is_verified = True
    assert "update refused" in refused(stranger.save)
    assert Review.objects.get().is_verified is False
    Review.objects.update(is_verified=True)  # Django leaves such columns out
    assert Review.objects.get().is_verified is False
    made = Review(number=7, is_verified=True, source=Source.SITE, stars=5)
    made.product, made.received_at, made.state_at, made.written_at = stranger.product, NOW, NOW, NOW
    made.save(force_insert=True)
    assert Review.objects.get(number=7).is_verified is False
    assert make_review().is_verified is True


@pytest.mark.parametrize("model", [Review, ReviewVersion, LogEntry, Flag])
def test_no_row_of_the_record_can_be_deleted(model):
    make_review(source=Source.SITE)
    assert "delete refused" in refused(lambda: model.objects.all()._raw_delete(model.objects.db))


def test_no_entry_and_no_flag_can_be_rewritten(bought):
    rows = LogEntry.objects.filter(sequence=1)
    # It may be emptied: it goes with the words that it quotes.
    assert "rewrite refused" in refused(lambda: rows.update(note="x"))
    for column, value in (("kind", "shown"), ("actor", "mo"), ("salt", "x")):
        assert "update refused" in refused(
            lambda rows=rows, new={column: value}: rows.update(**new)
        )
    make_review(source=Source.SITE)
    assert "update refused" in refused(lambda: Flag.objects.update(kind="links"))


@pytest.mark.parametrize("column", ["author_name", "title", "body"])
def test_words_can_be_emptied_and_never_rewritten(column):
    review = make_review(make_content(title="Holds well"))
    rows = ReviewVersion.objects.filter(review=review)
    assert "rewrite refused" in refused(lambda: rows.update(**{column: "Not mine"}))
    assert rows.update(**{column: ""}) == 1
    assert "rewrite refused" in refused(lambda: rows.update(**{column: "Not mine"}))
    for fixed in ("stars", "sticking", "place", "links_removed"):
        assert "update refused" in refused(lambda name=fixed: rows.update(**{name: 3}))
