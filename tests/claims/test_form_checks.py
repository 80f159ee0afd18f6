"""What staff publish: a claim is refused beside its field; what stood before is only mentioned."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.models import Category, Person, Series, Tag
from blog.published_texts import TAG
from claims import desk, nightly
from claims.models import StandingFinding
from pages.models import (
    ContactMessage,
    DailyAmount,
    Estimate,
    FaqGroup,
    FaqItem,
    FoodSource,
    InfoPage,
    PageBlock,
    StudyTopic,
)
from pages.published_texts import FAQ_ITEM
from policies.models import Policy, PolicyVersion
from products.models import Product
from products.published_texts import PRODUCT, SALE_BLOCK
from tests.blog.making import make_picture
from tests.claims.admin_forms import errors_of, filled_in, path_of
from tests.claims.rows import make_question, make_study
from tests.claims.texts import CLAIM, NOON
from tests.factories import (
    make_discount_code,
    make_product,
    make_shipping,
    make_staff,
    make_variant,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    client = Client()
    client.force_login(make_staff(is_superuser=True, username="chief"))
    return client


def change(client, row, **typed):
    path = path_of(row)
    data = {**filled_in(client, path), **typed}
    return client.post(path, {name: value for name, value in data.items() if value is not None})


def make_page(**fields):
    return InfoPage.objects.create(
        **{"slug": "home", "title": "Home", "meta_title": "M", "meta_description": "D", **fields}
    )


def make_policy_version():
    policy = Policy.objects.create(slug="terms", title="Terms", meta_description="All.")
    return PolicyVersion.objects.create(
        policy=policy, effective_from=date(2999, 1, 1), body="We ship.", change_note="First."
    )


def make_estimate():
    values = {"plot": "fractures", "label": "All", "value": 1, "low": 1, "high": 1}
    return Estimate.objects.create(study=_with_topic(make_study()), **values)


def _with_topic(study):
    study.topics.add(StudyTopic.objects.create(slug="bones", name="Bones"))
    return study


def make_block():
    return PageBlock.objects.create(page=make_page(), key="a", heading="Seen", body="Red.")


def make_variant_row():
    return make_variant(on_hand=0)


def make_ingredient():
    return make_product().ingredients.create(name="Acrylate", purpose="adhesive")


def make_image():
    return make_product().images.create(alt="A disc", file="products/disc.jpg")


def make_sale_block():
    return make_product().sale_blocks.create(country="GB", reason="Red.")


def make_daily_amount():
    study = make_study()
    return DailyAmount.objects.create(group="Adults", micrograms=2, reference=study.reference)


def make_food():
    study = make_study()
    fields = {"serving": "3 ounces", "micrograms": 2, "reference": study.reference}
    return FoodSource.objects.create(name="Clams", **fields)


# What makes the row, what it is edited with, the field as the browser names it.
PLACES = {
    "product": (make_product, None, "tagline"),
    "pack": (make_variant_row, "product", "variants-0-name"),
    "ingredient": (make_ingredient, "product", "ingredients-0-purpose"),
    "picture of a product": (make_image, "product", "images-0-alt"),
    "country without sales": (make_sale_block, "product", "sale_blocks-0-reason"),
    "question": (make_question, None, "answer"),
    "group of questions": (lambda: FaqGroup.objects.create(slug="a", title="A"), None, "title"),
    "page": (make_page, None, "title"),
    "section": (make_block, None, "body"),
    "section on its page": (make_block, "page", "blocks-0-body"),
    "study": (lambda: _with_topic(make_study()), None, "limits"),
    "estimate": (make_estimate, "study", "estimates-0-note"),
    "topic": (lambda: StudyTopic.objects.create(slug="a", name="A"), None, "name"),
    "amount": (make_daily_amount, None, "group"),
    "food": (make_food, None, "note"),
    "policy": (lambda: make_policy_version().policy, None, "meta_description"),
    "version of a policy": (make_policy_version, None, "body"),
    "way of shipping": (make_shipping, None, "promise"),
    "tag": (lambda: Tag.objects.create(slug="a", name="A"), None, "introduction"),
    "category": (lambda: Category.objects.create(slug="a", name="A"), None, "introduction"),
    "series": (lambda: Series.objects.create(slug="a", name="A"), None, "introduction"),
    "person": (lambda: Person.objects.create(slug="a", name="A"), None, "bio"),
    "picture": (make_picture, None, "caption"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_claim_is_refused_beside_its_field(chief, place):
    make, parent, field = PLACES[place]
    row = make()
    page = getattr(row, parent) if parent else row

    refused = change(chief, page, **{field: CLAIM})
    changed = change(chief, page, **{field: "A red disc"})

    assert refused.status_code == 200
    assert CLAIM.rstrip(".") in errors_of(refused)[field]
    assert "ask a second person to let it stand" in errors_of(refused)[field]
    assert CLAIM in refused.content.decode()
    row.refresh_from_db()
    assert getattr(row, field.rpartition("-")[2]) == "A red disc"
    assert changed.status_code == 302


def test_the_name_of_a_discount_code_is_no_way_around(chief):
    code = make_discount_code("TENOFF")

    refused = change(chief, code, code="cureanemia20", percent_basis_points="10")

    assert "“CUREANEMIA20”" in errors_of(refused)["code"]
    code.refresh_from_db()
    assert code.code == "TENOFF"


@pytest.mark.parametrize(
    ("make", "field", "switch"),
    [
        (make_product, "tagline", "is_published"),
        (make_question, "answer", "is_published"),
        (make_block, "body", "is_published"),
        (lambda: _with_topic(make_study()), "limits", "is_published"),
    ],
)
def test_what_nobody_reads_may_be_saved_and_is_checked_when_published(chief, make, field, switch):
    row = make()

    saved = change(chief, row, **{field: CLAIM, switch: None})
    refused = change(chief, row, **{switch: "on"})

    assert saved.status_code == 302
    assert CLAIM.rstrip(".") in errors_of(refused)[field]
    row.refresh_from_db()
    assert (getattr(row, field), getattr(row, switch)) == (CLAIM, False)
    assert not StandingFinding.objects.exists()


def test_a_question_is_not_published_from_the_list_either(chief):
    item = make_question(answer=CLAIM, is_published=False)
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": item.pk,
        "form-0-position": 3,
        "form-0-is_published": "on",
        "_save": "Save",
    }

    response = chief.post(reverse("admin:pages_faqitem_changelist"), data)

    assert CLAIM in str(response.context["cl"].formset.errors[0]["is_published"])
    item.refresh_from_db()
    assert (item.is_published, item.position) == (False, 0)


def test_an_old_version_with_a_claim_is_not_taken_up_again(chief):
    item = make_question(answer=CLAIM)
    old = item.history.get()
    item.answer = "One day."
    item.save()
    path = reverse("admin:pages_faqitem_simple_history", args=[item.pk, old.pk])
    form = chief.get(path).context["adminform"].form
    typed = {field.html_name: field.value() for field in form}

    response = chief.post(path, {**typed, "is_published": "on", "_save": "Revert"})

    assert typed["answer"] == CLAIM
    assert CLAIM in response.context["adminform"].form.errors["answer"][0]
    item.refresh_from_db()
    assert item.answer == "One day."


def test_packs_are_checked_when_their_product_goes_on_sale(chief):
    product = make_product(is_published=False)
    make_variant(product=product, name="Heals MS", on_hand=0)

    refused = change(chief, product, is_published="on")

    assert "“Heals MS”" in errors_of(refused)["variants-0-name"]
    product.refresh_from_db()
    assert product.is_published is False


def test_a_tablet_that_becomes_a_patch_is_read_by_the_rules_of_patches(chief):
    tablet = make_product(form=Product.Form.INGESTIBLE, tagline="Take one serving a day.")

    refused = change(chief, tablet, form="patch")

    assert "one serving" in errors_of(refused)["tagline"]


def test_a_price_is_corrected_while_an_old_sentence_stands_in_the_queue(chief):
    variant = make_variant(product=make_product(tagline=CLAIM), on_hand=0)

    response = change(chief, variant.product, **{"variants-0-price_cents": "55.00"})

    assert response.status_code == 302
    variant.refresh_from_db()
    assert variant.price_cents == 5500
    told = chief.get(response.url).content.decode()
    assert f"These sentences stood before and wait in the queue: “{CLAIM}”" in told
    assert set(StandingFinding.objects.values_list("sentence", flat=True)) == {CLAIM}


def test_the_queue_follows_what_is_saved(chief):
    product = make_product(tagline=CLAIM)
    nightly.look_again(PRODUCT.subject(product), PRODUCT.public_of(product), NOON)
    assert StandingFinding.objects.exists()

    change(chief, product, tagline="Round and red.")

    assert not StandingFinding.objects.exists()


def test_what_is_deleted_beside_its_product_leaves_the_queue(chief):
    product = make_product()
    block = product.sale_blocks.create(country="GB", reason=CLAIM)
    nightly.look_again(SALE_BLOCK.subject(block), SALE_BLOCK.public_of(block), NOON)
    assert StandingFinding.objects.exists()

    response = change(chief, product, **{"sale_blocks-0-DELETE": "on"})

    assert response.status_code == 302
    assert not product.sale_blocks.exists()
    assert not StandingFinding.objects.exists()


@pytest.mark.parametrize("from_the_list", [False, True])
def test_what_is_deleted_leaves_the_queue(chief, from_the_list):
    tag = Tag.objects.create(slug="a", name="A", introduction=CLAIM)
    nightly.look_again(TAG.subject(tag), TAG.public_of(tag), NOON)
    assert StandingFinding.objects.exists()

    if from_the_list:
        data = {"action": "delete_selected", "_selected_action": tag.pk, "post": "yes"}
        chief.post(reverse("admin:blog_tag_changelist"), data)
    else:
        chief.post(reverse("admin:blog_tag_delete", args=[tag.pk]), {"post": "yes"})

    assert not Tag.objects.exists()
    assert not StandingFinding.objects.exists()


def test_the_queue_follows_many_rows_with_as_few_queries_as_one(chief):
    product, counts = make_product(), []
    for countries in ((), ("GB",), ("DE", "FR", "IT", "ES", "NL")):
        for country in countries:
            product.sale_blocks.create(country=country, reason="Red.")
        with CaptureQueriesContext(connection) as queries:
            assert change(chief, product, tagline="Round.").status_code == 302
        counts.append(sum("claims_" in row["sql"] for row in queries))

    assert 0 < counts[1] == counts[2]


def test_a_sentence_that_two_people_let_stand_is_published(chief):
    item = make_question(is_published=False, answer=CLAIM)
    for one in desk.open_findings(FAQ_ITEM.of(item)):
        override = desk.request_override(one, reason="It quotes.", by="anna", now=NOON)
        waiting = errors_of(change(chief, item, is_published="on"))["answer"]
        desk.allow(override, by="ben", now=NOON)

    saved = change(chief, item, is_published="on")

    assert "Somebody asked to let it stand" in waiting
    assert saved.status_code == 302
    item.refresh_from_db()
    assert item.is_published is True


def test_the_refused_form_leads_to_where_an_override_is_asked_for(chief):
    item = make_question()

    refused = change(chief, item, answer=CLAIM)
    found = desk.open_findings(FAQ_ITEM.of(FaqItem(pk=item.pk, question="A?", answer=CLAIM)))[0]

    ask = reverse("admin:claims_override_ask")
    assert f'href="{ask}?subject=pages.faqitem%3A{item.pk}&amp;field=answer' in (
        refused.content.decode()
    )
    assert chief.get(found.ask_path).status_code == 200


def test_a_new_row_has_to_be_saved_before_anybody_asks(chief):
    data = {"name": "A", "slug": "a", "introduction": CLAIM}

    response = chief.post(reverse("admin:blog_tag_add"), data)

    assert CLAIM in errors_of(response)["introduction"]
    assert "To ask for a sentence, save without it first." in response.content.decode()
    assert not Tag.objects.exists()


def test_an_answer_to_a_customer_is_checked(chief):
    message = ContactMessage.objects.create(
        name="Jo", email="jo@example.com", topic="product", message="Does it?", received_at=NOON
    )
    path = reverse("admin:pages_contactmessage_answer", args=[message.pk])

    refused = chief.post(path, {"answer": CLAIM})

    assert CLAIM in refused.context["form"].errors["answer"][0]
    message.refresh_from_db()
    assert message.state == "new"
    assert chief.post(path, {"answer": "It is a red disc."}).status_code == 302
