from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from products import stock
from products.models import Ingredient, Product, ProductImage, SaleBlock, Variant
from tests.factories import make_product, make_staff, make_variant

pytestmark = pytest.mark.django_db


def logged_in(*permissions, **fields):
    client = Client()
    client.force_login(make_staff(*permissions, **fields))
    return client


@pytest.fixture
def chief():
    return logged_in(is_superuser=True)


def picture(size=(400, 300), format_="JPEG", name="picture.jpg"):
    buffer = BytesIO()
    Image.new("RGB", size, "red").save(buffer, format_)
    return SimpleUploadedFile(name, buffer.getvalue())


def product_url(product):
    return reverse("admin:products_product_change", args=[product.pk])


def form_data(product, **changes):
    """What the product's page would send unchanged, with `changes` on top."""
    data = {
        name: getattr(product, name)
        for name in (
            *("name", "form", "tagline", "description", "size_text", "wear_text", "directions"),
            *("storage", "shelf_life", "evidence_note", "warnings", "free_from"),
            *("delivery_note", "returns_note"),
        )
    }
    data["is_published"] = "on" if product.is_published else ""
    for prefix, rows in (
        ("variants", product.variants.all()),
        ("ingredients", product.ingredients.all()),
        ("images", product.images.all()),
        ("sale_blocks", product.sale_blocks.all()),
    ):
        data[f"{prefix}-TOTAL_FORMS"] = data[f"{prefix}-INITIAL_FORMS"] = len(rows)
        for number, row in enumerate(rows):
            data[f"{prefix}-{number}-id"] = row.pk
            data[f"{prefix}-{number}-product"] = product.pk
    for number, variant in enumerate(product.variants.all()):
        data |= variant_data(number, variant)
    for number, image in enumerate(product.images.all()):
        data |= {f"images-{number}-alt": image.alt, f"images-{number}-position": image.position}
    return data | changes


def variant_data(number, variant, **changes):
    fields = {
        "sku": variant.sku,
        "name": variant.name,
        "units": variant.units,
        "price_cents": f"{variant.price_cents / 100:.2f}",
        "weight_grams": variant.weight_grams,
        "gtin": variant.gtin,
        "position": variant.position,
        "low_stock_at": variant.low_stock_at,
        "is_active": "on",
        **changes,
    }
    return {f"variants-{number}-{name}": value for name, value in fields.items()}


def added(prefix, product, **fields):
    """The data of one more row in an inline that had none."""
    row = {f"{prefix}-0-{name}": value for name, value in {"product": product.pk, **fields}.items()}
    return {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0, **row}


def test_staff_change_a_price_in_dollars_and_the_history_keeps_it(chief):
    product = make_product()
    make_variant(product=product, price_cents=2400)
    assert 'value="24.00"' in chief.get(product_url(product)).content.decode()
    data = form_data(product) | variant_data(0, product.variants.get(), price_cents="26.50")
    response = chief.post(product_url(product), data)
    assert response.status_code == 302
    variant = product.variants.get()
    assert variant.price_cents == 2650
    assert [row.price_cents for row in variant.history.all()] == [2650, 2400]


def test_saving_without_a_change_changes_no_price(chief):
    product = make_product()
    variant = make_variant(product=product)
    assert chief.post(product_url(product), form_data(product)).status_code == 302
    assert variant.history.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("price_cents", "", "required"),
        ("price_cents", "0", "greater than or equal to 0.01"),
        ("price_cents", "-5", "greater than or equal to 0.01"),
        ("price_cents", "12.345", "no more than 2 decimal places"),
        ("price_cents", "NaN", "Enter a number"),
        ("price_cents", "1e99", "no more than"),
        ("price_cents", "twelve", "Enter a number"),
        ("units", "0", "greater than or equal to 1"),
        ("units", "1001", "less than or equal to"),
        ("weight_grams", "-1", "greater than or equal to 0"),
        ("gtin", "123", "8, 12, 13 or 14 digits"),
        ("sku", "", "required"),
        ("sku", "TAKEN", "already exists"),
    ],
)
def test_a_bad_pack_is_refused_beside_its_field(chief, field, value, says):
    make_variant(sku="TAKEN")
    product = make_product()
    variant = make_variant(product=product)
    data = form_data(product) | variant_data(0, variant, **{field: value})
    response = chief.post(product_url(product), data)
    assert response.status_code == 200
    errors = response.context["inline_admin_formsets"][0].formset.errors[0]
    assert list(errors) == [field]
    assert says in str(errors[field])
    assert variant.history.count() == 1


def test_stock_cannot_be_changed_as_a_field(chief):
    product = make_product()
    variant = make_variant(product=product, on_hand=10)
    changes = {"variants-0-stock_on_hand": 99, "variants-0-stock_reserved": 5}
    assert chief.post(product_url(product), form_data(product, **changes)).status_code == 302
    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (10, 0)


def test_an_uploaded_picture_is_stored_in_all_sizes_and_shown(chief, media):
    product = make_product()
    row = {"upload": picture(name="<evil>.php"), "alt": "A red patch", "position": 1}
    response = chief.post(
        product_url(product), form_data(product) | added("images", product, **row)
    )
    assert response.status_code == 302
    image = product.images.get()
    assert (image.width, image.height, image.alt) == (400, 300, "A red patch")
    assert {rendition["width"] for rendition in image.renditions} == {320, 400}
    assert default_storage.exists(image.file.name)
    assert "evil" not in image.file.name
    page = chief.get(product_url(product)).content.decode()
    assert 'width="160" height="120" alt="A red patch"' in page


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"alt": "A patch"}, "upload", "Choose a picture."),
        ({"upload": picture(), "alt": ""}, "alt", "required"),
        ({"upload": picture(), "alt": "   "}, "alt", "required"),
        ({"upload": picture((50, 50)), "alt": "A patch"}, "upload", "50 × 50"),
        ({"upload": picture(format_="GIF"), "alt": "A patch"}, "upload", "JPEG, PNG, WebP or AVIF"),
        ({"upload": SimpleUploadedFile("a.jpg", b"text"), "alt": "A patch"}, "upload", "JPEG, PNG"),
        ({"upload": SimpleUploadedFile("a.jpg", b""), "alt": "A patch"}, "upload", "empty"),
    ],
    ids=["missing", "no alt", "blank alt", "small", "gif", "text", "empty"],
)
def test_a_bad_picture_is_refused_beside_its_field(chief, media, fields, field, says):
    product = make_product()
    for value in fields.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    data = form_data(product) | added("images", product, position=1, **fields)
    response = chief.post(product_url(product), data)
    assert response.status_code == 200
    errors = response.context["inline_admin_formsets"][2].formset.errors[0]
    assert list(errors) == [field]
    assert says in str(errors[field])
    assert not ProductImage.objects.exists()
    assert not list(media.rglob("*.*"))


def test_words_of_a_picture_change_without_a_new_file(chief, media):
    row = {"upload": picture(), "alt": "Before", "position": 1}
    product = make_product()
    chief.post(product_url(product), form_data(product) | added("images", product, **row))
    before = product.images.get()
    data = form_data(product, **{"images-0-alt": "After"})
    assert chief.post(product_url(product), data).status_code == 302
    after = product.images.get()
    assert (after.alt, after.file.name, after.renditions) == (
        "After",
        before.file.name,
        before.renditions,
    )


def test_a_new_picture_comes_last_unless_it_is_given_a_place(chief, media):
    product = make_product()
    for alt, position in (("First", 3), ("Second", 0), ("Third", 0), ("In front", 1)):
        row = {"upload": picture(), "alt": alt, "position": position}
        data = form_data(product) | added("images", product, **row)
        assert chief.post(product_url(product), data).status_code == 302
    found = list(product.images.values_list("alt", "position"))
    assert found == [("In front", 1), ("First", 3), ("Second", 4), ("Third", 5)]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_picture_takes_its_files_along(chief, media):
    product = make_product()
    row = {"upload": picture(), "alt": "A patch", "position": 1}
    chief.post(product_url(product), form_data(product) | added("images", product, **row))
    assert list(media.rglob("*.avif"))
    data = form_data(product, **{"images-0-DELETE": "on"})
    assert chief.post(product_url(product), data).status_code == 302
    assert not ProductImage.objects.exists()
    assert not list(media.rglob("*.*"))


@pytest.mark.parametrize("country", ["", "XX", "EU", "gb", "Germany", "ZZ"])
def test_a_country_that_is_none_is_refused(chief, country):
    product = make_product()
    data = form_data(product) | added("sale_blocks", product, country=country, reason="why")
    response = chief.post(product_url(product), data)
    assert response.status_code == 200
    assert list(response.context["inline_admin_formsets"][3].formset.errors[0]) == ["country"]
    assert not SaleBlock.objects.exists()


def test_a_country_is_blocked_once(chief):
    product = make_product()
    data = form_data(product) | added("sale_blocks", product, country="GB", reason="why")
    assert chief.post(product_url(product), data).status_code == 302
    SaleBlock.objects.get(product=product, country="GB")
    twice = {
        "sale_blocks-TOTAL_FORMS": 2,
        "sale_blocks-0-country": "GB",
        "sale_blocks-0-reason": "why",
        "sale_blocks-1-product": product.pk,
        "sale_blocks-1-country": "GB",
        "sale_blocks-1-reason": "again",
    }
    assert chief.post(product_url(product), form_data(product, **twice)).status_code == 200
    assert SaleBlock.objects.count() == 1


def test_a_pack_with_books_cannot_be_deleted(chief):
    product = make_product()
    make_variant(product=product)
    response = chief.post(product_url(product), form_data(product, **{"variants-0-DELETE": "on"}))
    assert response.status_code == 200
    assert Variant.objects.count() == 1
    delete = reverse("admin:products_product_delete", args=[product.pk])
    assert chief.post(delete, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["stockmovement", "reservation"])
def test_records_are_only_read(chief, model):
    variant = make_variant()
    stock.reserve(reference="A1", quantities={variant.pk: 1})
    row = {
        "stockmovement": variant.movements.get(),
        "reservation": variant.reservations.get(),
    }[model]
    change = reverse(f"admin:products_{model}_change", args=[row.pk])
    delete = reverse(f"admin:products_{model}_delete", args=[row.pk])
    assert chief.get(reverse(f"admin:products_{model}_changelist")).status_code == 200
    assert chief.get(change).status_code == 200
    assert chief.post(change, {"quantity": 5}).status_code == 403
    assert chief.post(delete, {"post": "yes"}).status_code == 403
    assert chief.get(reverse(f"admin:products_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", ["stockmovement", "reservation", "variant", "product"])
def test_lists_ask_as_much_for_many_rows_as_for_one(chief, model):
    url = reverse(f"admin:products_{model}_changelist")

    def one_more(number):
        variant = make_variant()
        stock.reserve(reference=f"A{number}", quantities={variant.pk: 1})

    one_more(0)
    chief.get(url)
    with CaptureQueriesContext(connection) as few:
        chief.get(url)
    for number in range(1, 6):
        one_more(number)
    with CaptureQueriesContext(connection) as many:
        chief.get(url)
    assert len(many) == len(few)


def test_the_slug_stays_what_the_settings_call_the_product(chief):
    product = make_product(slug="b12-patch")
    chief.post(product_url(product), form_data(product, slug="other"))
    product.refresh_from_db()
    assert product.slug == "b12-patch"
    assert Ingredient.objects.count() == 0


def test_a_new_product_can_be_written(chief):
    chief.get(reverse("admin:products_product_add"))
    data = {"name": "Tablets", "slug": "tablets", "form": "ingestible", "tagline": "Tablets."}
    for prefix in ("variants", "ingredients", "images", "sale_blocks"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert chief.post(reverse("admin:products_product_add"), data).status_code == 302
    assert Product.objects.get(slug="tablets").is_published is False
