"""What a page shows of one product, read from the database in a fixed number of queries."""

from dataclasses import dataclass

from products.models import Ingredient, Product, ProductImage, Variant


@dataclass(frozen=True)
class Details:
    """A published product with everything that its page shows. Prices and stock are of this moment."""

    product: Product
    packs: list[Variant]
    ingredients: list[Ingredient]
    images: list[ProductImage]

    @property
    def is_sold_out(self) -> bool:
        """Whether no pack can be bought now."""
        return not any(pack.is_in_stock for pack in self.packs)

    @property
    def sold_out_packs(self) -> list[Variant]:
        """The packs of which none is left."""
        return [pack for pack in self.packs if not pack.is_in_stock]

    @property
    def lowest_price_cents(self) -> int | None:
        """What the cheapest pack costs, None when there is no pack at all."""
        return min((pack.price_cents for pack in self.packs), default=None)

    @property
    def has_several_prices(self) -> bool:
        """Whether "from" belongs before the lowest price."""
        return len({pack.price_cents for pack in self.packs}) > 1

    @property
    def unit_price_range_cents(self) -> tuple[int, int] | None:
        """The lowest and the highest price of one patch, None when there is no pack at all."""
        prices = [pack.price_per_unit_cents for pack in self.packs]
        return (min(prices), max(prices)) if prices else None

    def chosen(self, sku: str) -> Variant | None:
        """Return the pack with `sku` if it can be bought, else the first that can, else None."""
        can_be_bought = [pack for pack in self.packs if pack.is_in_stock]
        wanted = [pack for pack in can_be_bought if pack.sku == sku]
        return next(iter(wanted + can_be_bought), None)


def details(slug: str) -> Details:
    """Read the published product `slug`. Raises Product.DoesNotExist when there is none."""
    product = Product.objects.published().get(slug=slug)
    return Details(
        product=product,
        packs=list(product.variants.filter(is_active=True)),
        ingredients=list(product.ingredients.all()),
        images=list(product.images.all()),
    )
