"""Which texts the check knows, and how it finds the texts of one subject again."""

import pytest

from claims import sources
from claims.row_texts import as_words
from pages.models import ContactMessage, InfoPage, PageBlock
from pages.published_texts import ANSWER, FAQ_ITEM, INFO_PAGE, PAGE_BLOCK, STUDY
from policies.models import Policy, PolicyVersion
from policies.published_texts import POLICY_VERSION
from products.models import Product
from products.published_texts import INGREDIENT, PRODUCT, VARIANT
from shop import claims_sources, template_texts
from tests.claims.rows import make_question, make_study
from tests.claims.texts import NOON, text
from tests.factories import make_discount_code, make_product, make_variant


@pytest.fixture
def nothing_registered(monkeypatch):
    monkeypatch.setattr(sources, "_sources", {})
    monkeypatch.setattr(sources, "_resolvers", {})


def words(texts):
    return {one.text for one in texts}


@pytest.mark.usefixtures("nothing_registered")
def test_a_source_and_a_resolver_are_registered_by_name():
    sources.register("one", lambda: [text("One.")])
    sources.register("one", lambda: [text("Two.")])
    sources.register_subject("tests.page", lambda key: [text("Draft.")] if key == "1" else [])

    assert words(sources.published_texts()) == {"Two."}
    assert words(sources.texts_of("tests.page:1")) == {"Draft."}
    assert sources.texts_of("tests.page:2") == []
    assert sources.texts_of("nobody.knows:1") == []

    sources.unregister("one")

    assert list(sources.published_texts()) == []


def test_the_roof_registers_everything_that_is_published():
    assert {rows.prefix for rows in claims_sources.ROWS} == {
        *("products.product", "products.variant", "products.ingredient", "products.productimage"),
        "products.saleblock",
        *("pages.infopage", "pages.pageblock", "pages.faqgroup", "pages.faqitem"),
        *("pages.studytopic", "pages.study", "pages.estimate", "pages.dailyamount"),
        *("pages.foodsource", "pages.contactmessage", "policies.policy", "policies.policyversion"),
        *("orders.discountcode", "orders.shippingmethod"),
        *("blog.tag", "blog.category", "blog.series", "blog.person", "blog.picture"),
        *("references.statement", "reviews.campaign", "reviews.staffreply"),
    }
    assert {rows.prefix for rows in claims_sources.ROWS} | {"blog.post", "template"} == set(
        sources._sources
    )
    # A visitor's review is in no queue of ours; two people may let a sentence of it stand.
    assert set(sources._resolvers) == {*sources._sources, "reviews.review"}


@pytest.mark.django_db
def test_a_product_is_read_by_what_it_is():
    patch = make_product(tagline="Round and red.", slug="cures-anemia")
    tablet = make_product(form=Product.Form.INGESTIBLE, description="See [this](/x/).")
    draft = make_product(is_published=False)
    make_variant(product=tablet, name="60 tablets", on_hand=0)
    patch.ingredients.create(name="Acrylate", purpose="adhesive")

    found = {(one.subject, one.field): one for one in PRODUCT.public()}

    assert found[f"products.product:{patch.pk}", "tagline"].context == "patch"
    assert found[f"products.product:{patch.pk}", "slug"].text == "cures anemia"
    assert found[f"products.product:{tablet.pk}", "description"].text == "See this."
    assert not [subject for subject, _ in found if subject == f"products.product:{draft.pk}"]
    assert {one.context for one in VARIANT.public() if one.text == "60 tablets"} == {"ingest"}
    (glue,) = [one for one in INGREDIENT.public() if one.text == "adhesive"]
    assert glue.edit_path == f"/admin/products/product/{patch.pk}/change/"
    assert words(PRODUCT.of_key(str(draft.pk))) >= {draft.name}


@pytest.mark.django_db
def test_pages_that_teach_are_read_as_such_and_shop_pages_as_shop_pages():
    home = InfoPage.objects.create(slug="home", title="Home", lead="A *patch*.")
    about = InfoPage.objects.create(slug="about", title="About")
    PageBlock.objects.create(page=about, key="a", heading="Seen")
    PageBlock.objects.create(page=about, key="b", heading="Hidden", is_published=False)

    contexts = {one.subject: one.context for one in INFO_PAGE.public()}

    assert contexts[f"pages.infopage:{home.pk}"] == "patch"
    assert contexts[f"pages.infopage:{about.pk}"] == "blog"
    blocks = words(PAGE_BLOCK.public())
    assert "Seen" in blocks
    assert "Hidden" not in blocks


@pytest.mark.django_db
def test_a_question_is_read_with_its_answer():
    item = make_question(question="Does it cure anemia?", answer="No. **Nothing** shows that.")

    (found,) = [one for one in FAQ_ITEM.of(item) if one.field == "answer"]

    assert (found.text, found.context) == (
        "Does it cure anemia? No. Nothing shows that.",
        "faq",
    )


@pytest.mark.django_db
def test_each_sentence_on_a_study_names_its_source():
    study = make_study(finding="68 percent were low. So it says.", limits="It was small.")

    found = {one.field: one.text for one in STUDY.of(study)}

    key = study.reference.key
    assert found["finding"] == f"68 percent were low [@{key}]. So it says [@{key}]."
    assert found["limits"] == f"It was small [@{key}]."


@pytest.mark.django_db
def test_a_policy_is_one_subject_over_its_versions_and_old_ones_are_left_out():
    policy = Policy.objects.create(slug="terms", title="Terms", meta_description="All.")
    for version, day in ((1, "2020-01-01"), (2, "2021-01-01"), (3, "2999-01-01")):
        PolicyVersion.objects.create(
            policy=policy,
            version=version,
            effective_from=day,
            body=f"Version {version}.",
            change_note="New words.",
        )

    found = list(POLICY_VERSION.public())

    assert words(found) == {"Version 2.", "Version 3.", "New words."}
    assert {one.subject for one in found} == {f"policies.policyversion:{policy.pk}"}
    assert "Version 1." in words(POLICY_VERSION.of_key(str(policy.pk)))


@pytest.mark.django_db
def test_codes_and_answers_are_read():
    make_discount_code("CUREANEMIA20")
    make_discount_code("OFF", is_active=False)
    ContactMessage.objects.create(
        name="Jo",
        email="jo@example.com",
        topic="product",
        message="Does it?",
        received_at=NOON,
        state="answered",
        answered_at=NOON,
        answer="No.",
    )

    assert words(ANSWER.public()) == {"No."}
    found = words(sources.published_texts())
    assert {"CUREANEMIA20", "No."} <= found
    assert "OFF" not in found


def test_an_address_says_what_its_words_say():
    assert as_words("cures-anemia_now") == "cures anemia now"


def test_templates_are_read_without_their_tags():
    source = (
        '{% load x %}{# nothing #}<p class="a b">Pay {{ total }} now.</p>'
        '{% if a %}<p>Yes</p>{% else %}No{% endif %}{% include "n.html" with text="Not now." only %}'
        '{{ heading|default:"Choose a pack" }}<img alt="A red disc" src="x">'
        "{% comment %}Not shown{% endcomment %}"
    )

    found = template_texts.words_of(source, is_markup=True).split("\n\n")

    assert [line.strip(" |") for line in found] == [
        *("Pay X now.", "Yes", "No X", "A red disc", "Not now.", "Choose a pack"),
    ]


def test_templates_for_visitors_are_read_and_those_for_staff_are_not():
    texts = {one.subject: one for one in template_texts.public()}

    assert "template:emails/orders/order_paid.subject.txt" in texts
    assert texts["template:products/order.html"].context == "patch"
    assert texts["template:pages/faq.html"].context == "faq"
    assert texts["template:pages/about.html"].context == "blog"
    assert not [subject for subject in texts if "admin/" in subject]


@pytest.mark.parametrize("name", ["../manage.py", "no_such.html", "admin/../../manage.py", ""])
def test_only_templates_are_read_as_templates(name):
    assert template_texts.texts_of_key(name) == []
