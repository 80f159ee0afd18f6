import pytest
from django.db.models import Sum
from django.utils import timezone

from orders.demo import FREE_FROM_CENTS, METHODS
from policies.promises import HANDLING_BUSINESS_DAYS, RETURN_WINDOW_DAYS
from products import demo, starter_content
from products.models import Product, ProductImage, SaleBlock, StockMovement, Variant
from shop.lib.money import format_cents

pytestmark = pytest.mark.django_db


def test_the_starter_content_is_true_everywhere_so_nothing_is_on_sale():
    line = starter_content.load(timezone.now())
    product = Product.objects.get(slug="b12-patch")
    assert "not on sale" in line
    assert product.is_published is False
    assert product.is_patch
    assert not product.variants.exists()
    assert product.ingredients.first().name.startswith("Vitamin B12")
    assert product.free_from == ""
    assert [step.title for step in product.direction_steps][:3] == ["Peel", "Place", "Press"]
    assert SaleBlock.objects.filter(country__in=["GB", "DE", "FR"]).count() == 3
    assert not SaleBlock.objects.filter(country="US").exists()
    product.full_clean()
    for block in product.sale_blocks.all():
        block.full_clean()


def test_what_stands_beside_the_price_agrees_with_rates_and_policies():
    starter_content.load(timezone.now())
    product = Product.objects.get()
    _, _, _, (fewest, most), price_cents, _ = METHODS[0]
    days = f"{HANDLING_BUSINESS_DAYS + fewest} to {HANDLING_BUSINESS_DAYS + most} business days"
    assert f"Usually arrives {days} after you order:" in product.delivery_note
    assert (
        f"within {HANDLING_BUSINESS_DAYS}, then takes {fewest} to {most}." in product.delivery_note
    )
    assert f"from {format_cents(FREE_FROM_CENTS).removesuffix('.00')}," in product.delivery_note
    assert f"otherwise {format_cents(price_cents)}." in product.delivery_note
    assert f"{RETURN_WINDOW_DAYS} days" in product.returns_note


def test_loading_it_again_overwrites_nothing():
    starter_content.load(timezone.now())
    product = Product.objects.get()
    product.name = "Our own words"
    product.save()
    product.ingredients.all().delete()
    assert "kept" in starter_content.load(timezone.now())
    product.refresh_from_db()
    assert product.name == "Our own words"
    assert not product.ingredients.exists()


def test_the_demo_can_be_loaded_twice(media):
    demo.load(timezone.now())
    packs = Variant.objects.values_list(
        "sku", "units", "price_cents", "weight_grams", "stock_on_hand"
    )
    first = list(packs)
    assert first == [
        ("B12-04", 4, 2400, 20, 120),
        ("B12-12", 12, 6000, 35, 120),
        ("B12-24", 24, 10800, 60, 120),
    ]
    movements = StockMovement.objects.all()
    assert {(m.kind, m.reason) for m in movements} == {("received", "demo stock")}
    assert movements.aggregate(sum=Sum("quantity"))["sum"] == 360
    pictures = ProductImage.objects.count()
    Variant.objects.filter(sku="B12-04").update(price_cents=2500)
    demo.load(timezone.now())
    assert Variant.objects.get(sku="B12-04").price_cents == 2500
    assert (Variant.objects.count(), StockMovement.objects.count()) == (3, 3)
    assert ProductImage.objects.count() == pictures


def test_demo_prices_stay_out_of_a_real_shop(settings):
    settings.DEMO = False
    with pytest.raises(demo.NotADemo):
        demo.load(timezone.now())
    assert not Product.objects.exists()
