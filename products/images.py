"""Pictures of products: the rows, and the files that belong to them (see shop/lib/pictures.py)."""

from PIL import Image

from products.models import ProductImage
from shop.lib import pictures

FOLDER = "products"


def store(image: ProductImage, picture: Image.Image) -> None:
    """Make `picture` (from pictures.read()) the picture of `image`, in all sizes, and save `image`.

    The files that it replaces are removed once the transaction has committed.
    """
    before = ProductImage.objects.filter(pk=image.pk).first()
    stored = pictures.store(picture, FOLDER)
    image.width, image.height = stored.width, stored.height
    image.file.name = stored.name
    image.renditions = stored.renditions
    image.save()
    if before:
        pictures.remove_after_commit(names_of(before) - names_of(image), _names_in_use)


def delete(image: ProductImage) -> None:
    """Delete `image`, and its files once the transaction has committed."""
    names = names_of(image)
    image.delete()
    pictures.remove_after_commit(names, _names_in_use)


def names_of(image: ProductImage) -> frozenset[str]:
    """Return the names of all files of `image` in the storage."""
    return pictures.file_names(image.file.name or "", image.renditions)


def _names_in_use() -> set[str]:
    rows = ProductImage.objects.only("file", "renditions")
    return {name for image in rows for name in names_of(image)}
