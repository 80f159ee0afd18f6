"""Answers that stand beside the product: which, in what order, and under which rules."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from claims.desk import open_findings
from pages import starter_content
from pages.models import FaqGroup, FaqItem
from pages.published_texts import FAQ_ITEM
from pages.questions import shown_on_product
from references.models import Reference
from tests.factories import NOON
from tests.pages.page_content import json_ld, visible_text
from tests.pages.question_steps import new_item

pytestmark = pytest.mark.django_db

STARTERS = ["more-than-one", "shower", "fell-off", "when-does-it-ship", "return-window"]


def test_published_rows_with_the_box_ticked_stand_there_in_the_order_of_the_faq(
    django_assert_num_queries,
):
    late = FaqGroup.objects.create(slug="late", title="Late", position=9)
    early = FaqGroup.objects.create(slug="early", title="Early", position=1)
    for slug, fields in {
        "four": {"group": late, "position": 2},
        "three": {"group": late, "position": 1},
        "one": {"group": early, "position": 7},
        "hidden": {"group": early, "is_published": False},
        "not-ticked": {"group": early, "on_product_page": False},
    }.items():
        new_item(**{"slug": slug, "on_product_page": True, "answer": "**So.**", **fields}).save()
    with django_assert_num_queries(1):
        shown = shown_on_product()
    assert [one.slug for one in shown] == ["one", "three", "four"]
    assert shown[0].answer == "<p><strong>So.</strong></p>\n"


def test_the_product_page_shows_them_and_says_where_to_ask(client, shop, settings):
    settings.PRIMARY_PRODUCT_SLUG = shop.slug
    markup = client.get("/product-information/").content.decode()
    text = visible_text(markup)
    for slug in STARTERS:
        assert f'<details class="faq-item" id="question-{slug}">' in markup
    assert markup.count("<details") >= len(STARTERS)
    assert "A short shower is fine if the edge lies flat." in text
    assert '<a class="btn btn-secondary" href="/ask/">Ask us a question</a>' in markup
    assert '<a href="/faq/">All answers</a>' in markup


def test_machines_read_the_product_there_and_the_questions_on_their_own_page(
    client, shop, settings
):
    settings.PRIMARY_PRODUCT_SLUG = shop.slug
    kinds = {
        entry["@type"] for entry in json_ld(client.get("/product-information/").content.decode())
    }
    assert "Product" in kinds
    assert "FAQPage" not in kinds
    faq = {entry["@type"] for entry in json_ld(client.get("/faq/").content.decode())}
    assert "FAQPage" in faq


def test_without_any_of_them_the_page_still_says_where_to_ask(client, shop, settings):
    settings.PRIMARY_PRODUCT_SLUG = shop.slug
    FaqItem.objects.update(on_product_page=False)
    markup = client.get("/product-information/").content.decode()
    assert "faq-item" not in markup
    assert 'href="/ask/">Ask us a question</a>' in markup


def test_what_we_start_with_says_nothing_there_that_a_shop_page_may_not_say(texts):
    ticked = FaqItem.objects.on_product_page()
    assert [item.slug for item in ticked] == STARTERS
    for item in ticked:
        assert {text.context for text in FAQ_ITEM.of(item)} == {"patch"}
        assert open_findings(FAQ_ITEM.of(item)) == []


def test_what_staff_untick_stays_so(texts):
    item = FaqItem.objects.get(slug="shower")
    item.on_product_page = False
    item.save()
    starter_content.load(NOON)
    item.refresh_from_db()
    assert not item.on_product_page


def test_a_row_beside_the_product_cites_no_source():
    Reference.objects.create(key="r5", citation="Board. B12. 1998.")
    item = new_item(answer="Enough is known [@r5].")
    item.group.save()
    item.full_clean()
    item.on_product_page = True
    with pytest.raises(ValidationError, match="The product page cites no source"):
        item.full_clean()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            "Vitamin B12 is needed to make red blood cells [@r5].",
            "The product page cites no source",
        ),
        ("Only food, tablets and shots count as a supplement.", "supplement"),
        ("As [claim:one] says.", "cite no statement and no study"),
    ],
)
def test_the_box_is_not_ticked_where_the_stricter_rules_refuse_the_answer(
    admin_client, answer, words
):
    Reference.objects.create(key="r5", citation="Board. B12. 1998.")
    item = new_item(answer=answer)
    item.save()
    url = reverse("admin:pages_faqitem_change", args=[item.pk])
    data = {
        "group": item.group_id,
        "slug": item.slug,
        "question": item.question,
        "answer": answer,
        "position": 1,
        "is_published": "on",
    }
    page = admin_client.post(url, {**data, "on_product_page": "on"})
    assert page.status_code == 200
    assert words in page.content.decode()
    item.refresh_from_db()
    assert not item.on_product_page
    assert User.objects.get().is_superuser


def test_the_first_page_of_the_reviews_shows_them_too_and_a_filtered_one_does_not(client, shop):
    markup = client.get("/reviews/").content.decode()
    assert '<details class="faq-item" id="question-shower">' in markup
    assert markup.index('id="question-shower"') > markup.index('id="skin-report"')
    assert "question-shower" not in client.get("/reviews/?stars=1").content.decode()
