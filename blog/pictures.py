"""The picture library: adding pictures, cutting them around their focal point, taking them out.

The same file is one picture, however often it is added: its digest is its name.
"""

from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from PIL import Image

from blog.models import Picture, Post
from shop.lib import pictures

FOLDER = "blog"
# A list, a phone at double density, a column of text at double density, and no format that saves little.
WIDTHS = (480, 720, 1440)
# Width and height of the cuts that search engines and link previews ask for.
CROPS = {"social": (1200, 630), "16x9": (1200, 675), "4x3": (1200, 900), "1x1": (1200, 1200)}


class PictureInUse(Exception):
    """Posts show the picture. The message names them."""


def add_picture(upload: File[bytes], **fields: Any) -> Picture:
    """Put the picture in `upload` into the library; `fields` are those of Picture (title, alt …).

    Returns the picture that is there already, unchanged, when it is the same. Raises
    shop.lib.pictures.ImageRefused.
    """
    return add_read_picture(pictures.read(upload), **fields)


@transaction.atomic
def add_read_picture(image: Image.Image, *, own_file: bytes = b"", **fields: Any) -> Picture:
    """As `add_picture`, for a file that pictures.read() has looked at already; `own_file`: see store()."""
    stored = pictures.store(image, FOLDER, widths=WIDTHS, formats=("avif",), own_file=own_file)
    picture = Picture.objects.filter(digest=stored.digest).first()
    if picture is not None:
        return picture
    picture = Picture(digest=stored.digest, **fields)
    picture.file.name = stored.name
    picture.width, picture.height = stored.width, stored.height
    picture.renditions = stored.renditions
    picture.crops = _crops(image, stored.digest, (picture.focal_x, picture.focal_y))
    picture.save()
    return picture


def move_focus(picture: Picture) -> None:
    """Cut the picture anew around its focal point, as the row has it now, and save it."""
    with picture.file.open("rb") as file:
        image = pictures.read(File(file, name=picture.file.name))
    before = {crop["name"] for crop in picture.crops.values()}
    picture.crops = _crops(image, picture.digest, (picture.focal_x, picture.focal_y))
    picture.save()
    after = {crop["name"] for crop in picture.crops.values()}
    pictures.remove_after_commit(frozenset(before - after), set)


def delete_picture(picture: Picture) -> None:
    """Take it out of the library, and its files out of the storage once that is committed.

    Raises PictureInUse while a post shows it.
    """
    if posts := uses(picture):
        message = "The picture stands in: " + ", ".join(posts)
        raise PictureInUse(message)
    names = pictures.file_names(picture.file.name or "", picture.renditions)
    names |= {crop["name"] for crop in picture.crops.values()}
    picture.delete()
    pictures.remove_after_commit(names, set)


def uses(picture: Picture) -> list[str]:
    """Return the titles of the posts that show the picture anywhere."""
    return sorted(set(_posts_with(picture).values_list("title", flat=True)))


def is_published(picture: Picture) -> bool:
    """Whether a post shows it that readers see, or will at its time."""
    return _posts_with(picture).filter(status=Post.Status.PUBLISHED).exists()


def _posts_with(picture: Picture) -> QuerySet[Post]:
    shown = Q(main_picture=picture) | Q(social_picture=picture) | Q(body_pictures=picture)
    return Post.objects.filter(shown)


def _crops(image: Image.Image, digest: str, focus: tuple[int, int]) -> dict[str, dict[str, Any]]:
    return {
        ratio: _crop(image, f"{FOLDER}/{digest}-{ratio}-{focus[0]}-{focus[1]}.jpeg", size, focus)
        for ratio, size in CROPS.items()
    }


def _crop(
    image: Image.Image, name: str, size: tuple[int, int], focus: tuple[int, int]
) -> dict[str, Any]:
    width, height = pictures.cut_size(image.size, size)
    # The name says picture, shape and focus: if it is there, it is the same, and need not be cut.
    if not default_storage.exists(name):
        cut = pictures.cut(image, size, focus)
        name = default_storage.save(name, ContentFile(pictures.as_jpeg(cut)))
    return {"format": "jpeg", "width": width, "height": height, "name": name}
