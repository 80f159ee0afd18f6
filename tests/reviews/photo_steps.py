"""Steps of tests about the files of photos: what an author and staff do, and what lies where."""

from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from reviews import decisions, submitting
from reviews.models import Review, ReviewPhoto
from shop.lib import pictures
from tests.reviews.makers import NOW, make_content, make_review


def files() -> set[str]:
    """The names of all files in the storage."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def content_of(wanted: set[str]) -> dict[str, bytes]:
    """What is in these files, by the last part of their names."""
    root = Path(settings.MEDIA_ROOT)
    return {name.rpartition("/")[2]: (root / name).read_bytes() for name in wanted}


def picture(color="teal"):
    return Image.new("RGB", (400, 300), color)


def waiting_photo(color="teal", **origin) -> Review:
    return make_review(make_content(photo=picture(color), photo_alt="My arm"), **origin)


def show(review, actor="ann"):
    row = Review.objects.get(pk=review.pk)
    return decisions.show_photo(row.pk, version_id=row.current_id, actor=actor, now=NOW)


def withhold(review, actor="bo"):
    row = Review.objects.get(pk=review.pk)
    return decisions.withhold_photo(
        row.pk, version_id=row.current_id, reason="abuse", note="a word", actor=actor, now=NOW
    )


def shown_photo(color="teal") -> Review:
    review = waiting_photo(color)
    show(review)
    return review


def edit(review, **fields):
    return submitting.edit(review.pk, make_content(**fields), now=NOW)


def names(review, place=None):
    """Return the names of all files that its versions, or one of them, point to."""
    rows = ReviewPhoto.objects.filter(version__review=review)
    rows = rows if place is None else rows.filter(version__place=place)
    return {name for row in rows for name in pictures.file_names(row.file.name, row.renditions)}


def fresh(review) -> Review:
    return Review.objects.select_related("current__photo").get(pk=review.pk)


def put_at_old_names(*reviews):
    """Let photos lie where they lay before, all in the same files."""
    for row in ReviewPhoto.objects.filter(version__review__in=reviews):
        old = {name: f"reviews/{name.rpartition('/')[2]}" for name in names(row.version.review)}
        for name, target in old.items():
            if not default_storage.exists(target):
                default_storage.save(
                    target, ContentFile(content_of({name})[target.rpartition("/")[2]])
                )
            default_storage.delete(name)
        row.file.name = old[row.file.name]
        row.renditions = [{**one, "name": old[one["name"]]} for one in row.renditions]
        row.save()
