"""Labels of insiders: put and taken on record, never by the way."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from post_office.models import Email

from reviews import insiders, labels
from reviews.labels import LabelRefused
from reviews.models import Insider, Review, Source
from tests.reviews.deciding_steps import acts, chain_faults, everything, shown, templates, waiting
from tests.reviews.makers import NOW, make_content, make_review

pytestmark = pytest.mark.django_db
Tie = Insider.Tie


def label(review, tie, **more):
    return labels.label(
        review.pk, tie, **{"actor": "ann", "note": "She told us", "now": NOW, **more}
    )


def test_a_label_stands_beside_the_review_and_in_the_log():
    review = shown()
    assert Review.objects.promotable().filter(pk=review.pk).exists()

    label(review, Tie.FAMILY)

    row = Review.objects.get(pk=review.pk)
    assert row.insider_label == "Family or friend of somebody at the shop"
    assert acts(review)[-1] == (
        "labelled",
        "",
        "ann",
        "no label → Family or friend of somebody at the shop: She told us",
    )
    assert not Review.objects.promotable().filter(pk=review.pk).exists()
    assert row.state == Review.State.SHOWN
    assert chain_faults() == []


def test_taking_a_label_away_needs_a_note_and_is_logged():
    review = shown()
    label(review, Tie.STAFF)
    label(review, "", note="Another Jo")
    assert Review.objects.get(pk=review.pk).insider_label == ""
    assert acts(review)[-1] == ("labelled", "", "ann", "Works for the shop → no label: Another Jo")


@pytest.mark.parametrize(
    ("tie", "note", "message"),
    [("boss", "x", "from the list"), ("staff", "  ", "how we know"), ("", "x", "how it stands")],
)
def test_what_cannot_be_labelled_changes_nothing(tie, note, message):
    review = shown()
    before = everything(review)
    with pytest.raises(LabelRefused, match=message):
        label(review, tie, note=note)
    assert everything(review) == before


@pytest.mark.parametrize("address", ["jo@patches.example", "@patches.example"])
def test_earlier_reviews_of_somebody_who_becomes_known_are_labelled_once(address):
    ours = make_review(make_content(), email="Jo@patches.example")
    known = make_review(make_content(), email="jo@patches.example", tie="sample")
    other = make_review(make_content(), email="jo@notpatches.example")
    row = Insider.objects.create(address=address, tie=Tie.STAFF)

    assert labels.label_all_of(row, actor="ann", now=NOW) == 1
    assert labels.label_all_of(row, actor="ann", now=NOW) == 0

    stands = dict(Review.objects.values_list("pk", "insider_label"))
    assert stands == {
        ours.pk: "Works for the shop",
        known.pk: "Got the product for free",
        other.pk: "",
    }


# --- the author is told ------------------------------------------------------------------------------


def newest_mail():
    mail = Email.objects.order_by("-pk").first()
    return mail.subject, " ".join(mail.message.split()), " ".join(mail.html_message.split())


def test_the_author_reads_which_label_stands_there_and_how_to_object(settings):
    review = shown(stars=1)
    label(review, Tie.FAMILY, note="Her brother Tom works here")

    subject, text, html = newest_mail()

    assert subject == f"A label beside your review number {review.number}"
    for words in (text, html):
        assert "“Family or friend of somebody at the shop”" in words
        assert "Answer this mail and tell us why." in words
        assert f"(number {review.number})" in words
        assert "/reviews/mine/" in words
        assert "Tom" not in words
        assert "ann" not in words
    mail = Email.objects.order_by("-pk").first()
    assert (mail.to, mail.headers["Reply-To"]) == (["jo@example.com"], settings.STAFF_EMAIL)


def test_the_author_is_told_of_another_label_and_of_none():
    review = waiting()
    label(review, Tie.STAFF)
    label(review, Tie.SAMPLE)
    assert "It says: “Got the product for free”." in newest_mail()[1]
    label(review, "")
    for words in newest_mail()[1:]:
        assert "No label stands beside it now." in words
        assert "It says" not in words
        assert "Answer this mail" in words
    assert len(templates(review)) == 3


def test_who_becomes_known_is_told_once():
    review = shown()
    row = Insider.objects.create(address=review.email, tie=Tie.STAFF)
    labels.label_all_of(row, actor="ann", now=NOW)
    labels.label_all_of(row, actor="ann", now=NOW)
    assert templates(review) == [f"A label beside your review number {review.number}"]


def test_the_rules_label_at_receipt_without_another_mail():
    """The author named the tie, or is on the list: the mail of the receipt is the only one."""
    review = make_review(make_content(), tie="family")
    assert review.insider_label
    assert templates(review) == []


ELSEWHERE = {"imported_from": "a market", "imported_date": NOW.date(), "proof": "a link"}


@pytest.mark.parametrize("origin", [{"is_demo": True}, {"source": Source.IMPORT, **ELSEWHERE}])
def test_who_never_wrote_to_us_gets_no_mail_of_a_label(origin):
    review = make_review(make_content(), **origin)
    before = Email.objects.count()
    label(review, Tie.STAFF)
    assert Review.objects.get(pk=review.pk).insider_label == "Works for the shop"
    assert Email.objects.count() == before


def test_a_label_that_is_not_kept_is_told_to_nobody():
    review = shown()
    before = everything(review)
    with transaction.atomic():
        mark = transaction.savepoint()
        label(review, Tie.STAFF)
        transaction.savepoint_rollback(mark)
    assert everything(review) == before


# --- a domain at which anybody may be ----------------------------------------------------------------

FOR_EVERYBODY = (
    *("@gmail.com", "@GoogleMail.com ", "@yahoo.com", "@yahoo.co.uk", "@yahoo.de", "@outlook.com"),
    *("@hotmail.fr", "@live.com", "@live.com.au", "@icloud.com", "@me.com", "@aol.com", "@gmx.net"),
    *("@proton.me", "@protonmail.com", "@web.de", "@mail.com", "@zoho.com", "@comcast.net"),
    *("@verizon.net", "@att.net", "@sbcglobal.net", "@tampabay.rr.com", "@com", "@de", "@co.uk"),
    "@com.au",
)
OF_SOMEBODY = (
    *(
        "@patches.example",
        "@patches.co.uk",
        "@mail.patches.com",
        "@gmail.patches.com",
        "@me.patches.com",
    ),
    *("@live-patches.com", "@notgmail.com", "@yahoo.patches.com", "jo@gmail.com", "jo@yahoo.de"),
)


@pytest.mark.parametrize("address", FOR_EVERYBODY)
def test_a_domain_of_everybody_makes_nobody_ours(address):
    row = Insider(address=address, tie=Tie.STAFF)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert refused.value.message_dict == {"address": [Insider.TOO_WIDE]}
    row.save()  # as a row from before the rule
    assert insiders.label_for(f"jo{row.address}") == ""
    theirs = shown()
    Review.objects.filter(pk=theirs.pk).update(email=f"jo{row.address}")
    before = everything(theirs)
    with pytest.raises(LabelRefused, match="Anybody can have an address there"):
        labels.label_all_of(row, actor="ann", now=NOW)
    assert everything(theirs) == before


@pytest.mark.parametrize("address", OF_SOMEBODY)
def test_the_domain_of_a_company_and_a_whole_address_are_somebodys(address):
    row = Insider(address=address, tie=Tie.STAFF)
    row.full_clean()
    row.save()
    email = address if address[0] != "@" else f"jo{address}"
    assert insiders.label_for(email) == "Works for the shop"


@pytest.mark.parametrize("address", ["@", "jo", "jo@", "@patches", "@two words.com", "gmail.com"])
def test_what_is_no_address_is_refused_at_the_field(address):
    with pytest.raises(ValidationError) as refused:
        Insider(address=address, tie=Tie.STAFF).full_clean()
    assert list(refused.value.message_dict) == ["address"]


def test_a_whole_address_counts_beside_a_row_that_covers_everybody():
    Insider.objects.create(address="@gmail.com", tie=Tie.STAFF)
    Insider.objects.create(address="jo@gmail.com", tie=Tie.FAMILY)
    assert insiders.label_for("jo@gmail.com") == Tie.FAMILY.label
    assert insiders.label_for("di@gmail.com") == ""
