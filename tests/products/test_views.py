import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from products import stock
from products.models import Ingredient, Product, StockMovement, Variant
from tests.factories import make_variant

pytestmark = pytest.mark.django_db

PAGES = ("/product-information/", "/order/")
PRODUCT = "/product-information/"
# The product, its packs, ingredients and pictures; beside it the reviews with their figures, the questions.
MOST_QUERIES = {PRODUCT: 7, "/order/": 4}
# What a text about a patch must not speak of (21 USC 321(ff)(2)(A)(i); facts on health, 3.2 and 4.12).
FORBIDDEN = (
    r"\benerg",
    r"\bboost",
    r"\bmood\b",
    r"\bnerves?\b",
    r"\bfatigue",
    r"\btired",
    r"bloodstream",
    r"\babsor",
    r"\bdeficien",
    r"\bdisease",
    r"\bcure",
    r"\bheal(th benefit|s)\b",
    r"\bserving",
    r"supplement facts",
    r"these? statements?",
    r"guarantee",
)


def words(response):
    """The visible words of a page, white space made one."""
    main = html.fromstring(response.content).get_element_by_id("main")
    return " ".join(main.text_content().split())


def sell_out(*variants):
    for variant in variants:
        lost = StockMovement.Kind.LOST
        stock.move(variant_id=variant.pk, kind=lost, quantity=-variant.available, reason="test")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_for_everybody(client, patch, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert b"csrf" not in response.content
    asked = [query["sql"] for query in queries]
    assert all(sql.startswith("SELECT") for sql in asked)
    assert len(set(asked)) == len(asked) <= MOST_QUERIES[path]


@pytest.mark.parametrize("path", PAGES)
def test_more_rows_cost_no_more_queries(client, patch, path):
    with CaptureQueriesContext(connection) as before:
        client.get(path)
    for number in range(5):
        make_variant(product=patch, position=9, sku=f"MORE-{number}")
        Ingredient.objects.create(product=patch, name=f"Ingredient {number}")
    with CaptureQueriesContext(connection) as after:
        client.get(path)
    assert len(after) == len(before)


@pytest.mark.parametrize("path", PAGES)
def test_every_pack_can_be_put_in_the_cart_by_a_plain_form(client, patch, path):
    form = html.fromstring(client.get(path).content).forms[0]
    assert (form.method, form.action) == ("POST", "/cart/add/")
    choices = form.xpath(".//input[@type='radio']")
    assert [choice.get("value") for choice in choices] == ["B12-04", "B12-12", "B12-24"]
    assert [choice.get("data-price-cents") for choice in choices] == ["2400", "6000", "10800"]
    assert {choice.get("name") for choice in choices} == {"sku"}
    assert dict(form.form_values()) == {"sku": "B12-04", "quantity": "1"}
    # Only the script can keep a total true, so the page brings none.
    assert form.xpath(".//*[@data-live-total]")[0].text is None
    quantity = form.inputs["quantity"]
    assert (quantity.get("min"), quantity.get("max")) == ("1", "20")


@pytest.mark.parametrize("path", PAGES)
def test_a_link_can_choose_the_pack_and_nonsense_is_ignored(client, patch, path):
    sell_out(Variant.objects.get(sku="B12-24"))
    for asked, chosen in [("B12-12", "B12-12"), ("B12-24", "B12-04"), ("<b>", "B12-04")]:
        form = html.fromstring(client.get(path, {"pack": asked}).content).forms[0]
        assert form.fields["sku"] == chosen


def test_prices_are_read_afresh(client, patch):
    text = words(client.get(PRODUCT))
    assert "From $24.00 $4.50 to $6.00 a patch" in text
    Variant.objects.filter(sku="B12-04").update(price_cents=2_600)
    assert "From $26.00 $4.50 to $6.50 a patch" in words(client.get(PRODUCT))


def test_a_sold_out_pack_says_so_and_cannot_be_chosen(client, patch):
    sell_out(Variant.objects.get(sku="B12-04"))
    response = client.get(PRODUCT)
    radio = html.fromstring(response.content).get_element_by_id("pack-B12-04")
    assert radio.get("disabled") is not None
    assert radio.get("checked") is None
    assert "Sold out" in " ".join(radio.getparent().text_content().split())
    assert html.fromstring(response.content).forms[0].fields["sku"] == "B12-12"


@pytest.mark.parametrize("path", PAGES)
def test_packs_promised_to_others_count_as_sold(client, patch, path):
    for variant in patch.variants.all():
        stock.reserve(reference=variant.sku, quantities={variant.pk: variant.available})
    response = client.get(path)
    assert response.status_code == 200
    assert not html.fromstring(response.content).forms
    assert "Sold out: We have no packs left right now." in words(response)
    assert "Add to cart" not in words(response)


@pytest.mark.parametrize("path", PAGES)
def test_a_pack_that_is_not_active_is_not_shown(client, patch, path):
    Variant.objects.filter(sku="B12-24").update(is_active=False)
    assert "24 patches" not in words(client.get(path))


@pytest.mark.parametrize("path", PAGES)
def test_a_product_without_any_pack_is_shown_without_a_form(client, patch, path):
    Variant.objects.update(is_active=False)
    response = client.get(path)
    assert not html.fromstring(response.content).forms
    assert "$" not in words(response).replace("$39", "").replace("$5.99", "")


@pytest.mark.parametrize("path", PAGES)
def test_what_is_not_on_sale_is_not_found(client, patch, path):
    Product.objects.update(is_published=False)
    assert client.get(path).status_code == 404
    Product.objects.update(slug="another", is_published=True)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_only_read(client, patch, path):
    assert client.post(path).status_code == 405


def test_a_patch_is_never_called_a_supplement_and_claims_nothing(client, patch):
    for path in PAGES:
        text = words(client.get(path)).lower()
        assert "not a dietary supplement; not approved by fda as a drug" in text
        assert text.count("supplement") == text.count("not a dietary supplement")
        assert not [pattern for pattern in FORBIDDEN if re.search(pattern, text)]
    assert "Ingredients per patch" in words(client.get(PRODUCT))


def test_the_page_holds_all_facts(client, patch):
    text = words(client.get(PRODUCT))
    for row in patch.ingredients.all():
        assert row.name in text
        assert row.amount in text
    for line in (*patch.warning_lines, patch.storage, patch.size_text, patch.delivery_note):
        assert line in text
    for step in patch.direction_steps:
        assert step.title in text
        assert step.text in text
    assert "how much is in the patch, not how much reaches you" in text
    assert "Nobody has reviewed this product here yet" in text


def test_what_staff_write_cannot_bring_in_html(client, patch):
    evil = "<script>alert(1)</script> ![x](https://example.com/x.png) [y](javascript:alert(1))"
    Product.objects.update(
        tagline=evil, description=evil, evidence_note=evil, warnings=evil, directions=evil
    )
    content = client.get(PRODUCT).content.decode()
    assert "<script>alert" not in content
    assert 'src="https://example.com' not in content
    assert 'href="javascript:' not in content


def test_an_ingestible_is_not_treated_as_a_patch(client, patch):
    Product.objects.update(form=Product.Form.INGESTIBLE)
    text = words(client.get(PRODUCT))
    assert "Ingredients per tablet" in text
    assert "not approved by FDA" not in text


def test_the_sitemap_names_both_pages_while_the_product_is_on_sale(patch):
    from products.sitemaps import ProductSitemap

    sitemap = ProductSitemap()
    found = [(sitemap.location(item), sitemap.lastmod(item)) for item in sitemap.items()]
    assert found == [(PRODUCT, patch.updated_at), ("/order/", patch.updated_at)]
    Product.objects.update(is_published=False)
    assert sitemap.items() == []


def test_no_migration_is_missing():
    call_command("makemigrations", "products", check=True, dry_run=True, verbosity=0)
