"""Fields of the review forms: words that everybody will read, ratings, the photo."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MinLengthValidator, RegexValidator
from PIL import Image

from reviews import wording
from shop.lib import pictures

# What cannot be seen in a line, and what turns the direction of what follows it.
one_line = RegexValidator(
    r"^[^\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]*\Z", "Please write this on one line."
)
CHOOSE_AGAIN = "Please choose the photo again: browsers hand us a file only once."
STARS = (
    (1, "Very poor"),
    (2, "Poor"),
    (3, "Neither good nor poor"),
    (4, "Good"),
    (5, "Very good"),
)
SCALE = (("", "No answer"), *((number, str(number)) for number in range(1, 6)))
YES_NO = (("", "No answer"), ("no", "No"), ("yes", "Yes"))


class PublicWords(forms.CharField):
    """Words that everybody will read: no private data in them; without `links_allowed` no web addresses.

    Web addresses in a review itself are taken out when it is stored (reviews.submitting).
    """

    def __init__(
        self, *, links_allowed: bool = False, fewest_letters: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.links_allowed = links_allowed
        if fewest_letters:
            message = f"Please write a little more: {fewest_letters} letters or more."
            self.validators.append(MinLengthValidator(fewest_letters, message))

    def to_python(self, value: Any) -> str:
        """Count a line break as one letter, as the browser does; it sends two."""
        text = super().to_python(value)
        return str(text).replace("\r\n", "\n").replace("\r", "\n").strip()

    def validate(self, value: str) -> None:
        """Refuse private data, and where there is no place for them web addresses."""
        super().validate(value)
        if private := wording.private_data(value):
            message = f"Please leave out {private}: everybody can read this."
            raise ValidationError(message)
        if not self.links_allowed and wording.without_links(value)[1]:
            message = "Please leave out web addresses."
            raise ValidationError(message)


class Scale(forms.TypedChoiceField):
    """A rating from 1 to 5 that may be left open. The words say what both ends mean."""

    def __init__(self, label: str, lowest: str, highest: str) -> None:
        super().__init__(
            label=label,
            choices=SCALE,
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            help_text=f"1: {lowest}. 5: {highest}.",
            error_messages={"invalid_choice": "Please choose a number from 1 to 5."},
        )


class PhotoField(forms.FileField):
    """A photo, read and checked; the cleaned value is a picture without any metadata, or None."""

    def __init__(self) -> None:
        super().__init__(
            label="Photo",
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
            help_text=_photo_help(),
            error_messages={
                "empty": "The file is empty. Please choose another one.",
                "invalid": "The file did not arrive. Please choose it again.",
            },
        )

    def clean(self, data: Any, initial: Any = None) -> Image.Image | None:
        """Return the picture. Raises ValidationError with what is wrong with the file."""
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        if (upload.size or 0) > settings.IMAGE_MAX_BYTES:
            message = (
                f"The file is larger than {_most_megabytes()} MB. Please choose a smaller one."
            )
            raise ValidationError(message)
        try:
            return pictures.read(upload)
        except pictures.ImageRefused as refused:
            raise ValidationError(str(refused)) from refused


def _photo_help() -> str:
    return (
        f"JPEG, PNG, WebP or AVIF, {_most_megabytes()} MB at most. We remove place, time and camera "
        "from the file. Please show no faces and no papers with names."
    )


def _most_megabytes() -> str:
    return f"{settings.IMAGE_MAX_BYTES / 1e6:g}"
