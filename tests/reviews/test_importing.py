"""What an import does: numbers, the log, the rules, and who counts as a buyer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from post_office.models import Email

from orders.models import OrderLine, Shipment
from reviews import erasing, importing, log, submitting
from reviews.importing import Outcome
from reviews.models import Flag, Review, ReviewVersion, SafetyCase, Source
from tests.factories import make_paid_order, make_product, make_variant
from tests.reviews.import_texts import file_of, line
from tests.reviews.makers import NOW, make_content, make_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def patch():
    return make_product(slug="b12-patch")


def carry_out(*lines, now=NOW):
    return importing.carry_out(file_of(*lines), now=now)


def shipped_line(product, **order):
    variant = make_variant(product=product)
    row = OrderLine.objects.get(order=make_paid_order(packs={variant: 2}, **order))
    OrderLine.objects.filter(pk=row.pk).update(quantity_shipped=1)
    return row


def buyer(row, **cells):
    return line(order_number=row.order.number, email="JO@example.com", **cells)


def test_an_imported_review_has_a_number_a_log_its_origin_and_waits(patch):
    done = carry_out(line())

    review = Review.objects.get()
    assert [entry.kind for entry in review.log.all()] == ["received", "waiting"]
    assert (review.number, review.product, review.source) == (1, patch, Source.IMPORT)
    assert (review.origin, review.origin_date) == ("Trusted Marks", date(2026, 5, 3))
    assert review.proof == "https://marks.example/r/1"
    assert (review.state, review.is_verified, review.is_demo) == ("waiting", False, False)
    assert list(review.current.flags.values_list("kind", flat=True)) == [Flag.Kind.UNVERIFIED]
    assert done.summary == "1 added, 0 here already, 0 refused"
    assert log.verify() == []


def test_its_day_is_the_day_that_it_names_in_the_shops_zone():
    carry_out(line())

    review = Review.objects.get()
    assert review.written_at == datetime(2026, 5, 3, 16, tzinfo=UTC)  # noon in New York
    assert review.received_at == NOW


def test_one_of_today_is_not_of_later_today():
    morning = datetime(2026, 11, 20, 13, tzinfo=UTC)
    carry_out(line(date="2026-11-20"), now=morning)

    assert Review.objects.get().written_at == morning


def test_a_day_that_has_not_begun_in_the_shops_zone_is_refused():
    night = datetime(2026, 11, 21, 3, tzinfo=UTC)  # the evening of the 20th in New York
    assert carry_out(line(date="2026-11-21"), now=night).count(Outcome.REFUSED) == 1


def test_a_dry_run_says_the_same_and_stores_nothing():
    lines = [line(), line(name="Bo"), line(), line(stars=8)]
    dry = importing.plan(file_of(*lines), now=NOW)

    assert (Review.objects.count(), log.head().sequence) == (0, 0)
    assert dry.summary == carry_out(*lines).summary == "2 added, 1 here already, 1 refused"
    assert [one.number for one in dry.lines] == [2, 3, 4, 5]


def test_a_dry_run_forecasts_the_words_as_they_are_stored_without_links():
    lines = [line(text="It fell off, see www.one.com"), line(text="It fell off, see www.two.com")]
    dry = importing.plan(file_of(*lines), now=NOW)

    assert dry.summary == carry_out(*lines).summary == "1 added, 1 here already, 0 refused"


def test_the_same_file_twice_adds_nothing():
    lines = [line(), line(name="Bo"), line(date="2026-05-04"), line(source="Elsewhere")]
    carry_out(*lines)
    again = carry_out(*lines)

    assert again.summary == "0 added, 4 here already, 0 refused"
    assert (Review.objects.count(), ReviewVersion.objects.count()) == (4, 4)


def test_words_that_differ_in_capitals_and_signs_alone_are_the_same():
    carry_out(line(text="It fell off, sadly."))
    assert carry_out(line(text="it FELL off sadly")).count(Outcome.SAME) == 1


def test_words_in_other_letters_are_told_apart():
    lines = [line(text="Пластырь держится."), line(text="Отклеился сразу.")]

    assert carry_out(*lines).count(Outcome.ADDED) == 2
    assert carry_out(*lines).count(Outcome.SAME) == 2


def test_an_erased_review_does_not_come_back_with_its_file():
    carry_out(line())
    erasing.erase(Review.objects.get().pk, actor="ann", now=NOW)
    done = carry_out(line())

    assert done.lines[0].outcome == Outcome.REFUSED
    assert "review 1" in done.lines[0].words
    assert Review.objects.count() == 1


def test_what_stopped_in_the_middle_goes_on():
    carry_out(line())
    done = carry_out(line(), line(name="Bo"))

    assert [one.outcome for one in done.lines] == [Outcome.SAME, Outcome.ADDED]
    assert sorted(Review.objects.values_list("number", flat=True)) == [1, 2]


def test_number_and_address_of_a_shipped_order_make_a_buyer(patch):
    row = shipped_line(patch)
    done = carry_out(buyer(row))

    review = Review.objects.get()
    assert (review.order_line, review.is_verified, review.state) == (row, True, "shown")
    assert f"bought here, order {row.order.number}" in done.lines[0].words


@pytest.mark.parametrize(
    "cells",
    [
        {"email": "ada@example.com"},
        {"email": ""},
        {"order_number": "NO-SUCH"},
        {"order_number": ""},
    ],
)
def test_number_or_address_alone_make_no_buyer(patch, cells):
    carry_out({**buyer(shipped_line(patch)), **cells})

    review = Review.objects.get()
    assert (review.order_line, review.is_verified, review.state) == (None, False, "waiting")


def test_an_order_that_has_not_shipped_makes_no_buyer(patch):
    row = shipped_line(patch)
    OrderLine.objects.update(quantity_shipped=0)
    carry_out(buyer(row))

    assert not Review.objects.get().is_verified


def test_an_order_of_another_product_makes_no_buyer():
    carry_out(buyer(shipped_line(make_product())))

    assert not Review.objects.get().is_verified


def test_one_order_line_makes_one_buyer(patch):
    row = shipped_line(patch)
    lines = [buyer(row), buyer(row, text="I say it again in other words.")]
    dry = importing.plan(file_of(*lines), now=NOW)
    carry_out(*lines)

    assert [one.is_verified for one in Review.objects.order_by("number")] == [True, False]
    assert ["bought here, order" in one.words for one in dry.lines] == [True, False]


def test_no_column_makes_a_buyer_or_shows_a_review():
    cells = {"is_verified": "yes", "verified": "1", "state": "shown", "order_line": "1"}
    done = carry_out(line(**cells, incentive_label="x", is_demo="1", insider_label="y"))

    review = Review.objects.get()
    assert (review.is_verified, review.state, review.is_demo) == (False, "waiting", False)
    assert (review.incentive_label, review.insider_label) == ("", "")
    assert "verified" in done.unknown


def test_the_rules_hold_for_imported_words():
    words = "It cured my diabetes. See https://bad.example/now for more."
    carry_out(line(text=words), line(text="I got a rash that itched for two days."))

    claim, reaction = Review.objects.order_by("number")
    assert (claim.state, claim.reason) == ("withheld", "unlawful_claim")
    assert "bad.example" not in claim.current.body
    assert reaction.state == "shown"
    assert SafetyCase.objects.get().review == reaction


def test_nobody_is_mailed_who_wrote_elsewhere(patch):
    words = "It cured my diabetes."
    carry_out(buyer(shipped_line(patch)), line(email="ada@example.com", text=words))

    assert Review.objects.exclude(email="").count() == 2
    assert not Email.objects.filter(to__in=["JO@example.com", "ada@example.com"]).exists()


def test_a_product_that_is_not_there_is_refused():
    done = carry_out(line(product="no-such"), line(product="b12-patch"))

    assert [one.outcome for one in done.lines] == [Outcome.REFUSED, Outcome.ADDED]
    assert "no-such" in done.lines[0].words


def test_an_import_takes_no_place_of_a_buyer_whom_we_ask(patch):
    invitation = make_invitation(patch)
    OrderLine.objects.update(quantity_shipped=1)
    carry_out(buyer(invitation.order_line))
    origin = submitting.Origin(
        product=patch, source=Source.REQUEST, email="jo@example.com", invitation=invitation
    )
    submitting.receive(make_content(), origin, now=NOW + timedelta(hours=1))

    told = Review.objects.order_by("number").values_list("source", "is_verified")
    assert list(told) == [("import", False), ("request", True)]


def test_nor_of_one_whom_we_are_about_to_ask(patch):
    row = shipped_line(patch)
    parcel = Shipment.objects.create(
        order=row.order, carrier="usps", shipped_at=NOW - timedelta(days=30)
    )
    carry_out(buyer(row))
    assert not Review.objects.get().is_verified

    Shipment.objects.filter(pk=parcel.pk).update(shipped_at=NOW - timedelta(days=400))
    carry_out(buyer(row, text="Other words, so that it is another review of that buyer."))
    assert Review.objects.filter(is_verified=True).count() == 1


def test_an_order_of_two_packs_makes_one_buyer(patch):
    packs = {make_variant(product=patch): 1, make_variant(product=patch): 1}
    first, _ = OrderLine.objects.filter(order=make_paid_order(packs=packs)).order_by("pk")
    OrderLine.objects.update(quantity_shipped=1)
    both = buyer(first), buyer(first, text="The other pack, and I say it in other words.")
    carry_out(*both)
    carry_out(buyer(first, text="Once more, a third text from the very same order."))

    assert Review.objects.count() == 3
    assert Review.objects.filter(is_verified=True).count() == 1


def test_a_name_that_holds_a_number_or_an_address_is_refused():
    done = carry_out(line(name="Jo 212-555-0123"), line(name="Jo www.buy.com"))

    assert [one.outcome for one in done.lines] == [Outcome.REFUSED, Outcome.REFUSED]
    assert not Review.objects.exists()


def test_private_data_waits_also_beside_a_reaction():
    carry_out(line(text="It left a red rash on my arm. Mail me at jo@evil.example about it."))

    assert Review.objects.get().state == "waiting"


def test_the_command_reports_each_line_and_stores_nothing_when_dry(tmp_path, capsys):
    path = tmp_path / "reviews.csv"
    path.write_text(file_of(line(), line(date="")), encoding="utf-8-sig")

    call_command("import_reviews", path, "--dry-run")
    assert Review.objects.count() == 0
    assert "Line 2, added: Ada P., 2026-05-03" in capsys.readouterr().out

    call_command("import_reviews", path)
    told = capsys.readouterr().out
    assert "Line 2, added: Review 1. Ada P." in told
    assert "Line 3, refused: date: this is needed." in told
    assert told.endswith("1 added, 0 here already, 1 refused.\n")


def test_the_command_says_why_a_file_cannot_be_read(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_reviews", path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_reviews", tmp_path / "none.csv")
