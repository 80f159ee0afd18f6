"""The picture library: upload, describe, set the focal point, see where a picture is used."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from blog.models import Picture
from blog.picture_words import alt_problem
from blog.pictures import (
    PictureInUse,
    add_read_picture,
    delete_picture,
    is_published,
    move_focus,
    uses,
)
from blog.published_texts import PICTURE
from claims.form_checks import ClaimsChecked, ClaimsForm
from shop.lib import picture_sources, pictures
from shop.lib.seen_soon import SeenSoon

PREVIEW_WIDTH = 320
THUMBNAIL_WIDTH = 120


class PictureForm(ClaimsForm[Picture]):
    """A picture and its words. The file is checked and decoded here, once."""

    claims_texts = PICTURE
    source_url = forms.URLField(label="Where it comes from", required=False, assume_scheme="https")
    upload = forms.FileField(label="File", required=False, help_text="JPEG, PNG, WebP or AVIF.")

    class Meta:
        model = Picture
        fields = (
            *("title", "alt", "is_decorative", "caption", "credit", "license", "source_url"),
            *("focal_x", "focal_y"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            # Texts name a picture by what is in the file: another file is another picture.
            del self.fields["upload"]

    def clean_upload(self) -> Any:
        """Return the decoded picture. Refuses what cannot be used, with the reason."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        if upload is None:
            message = "Choose a picture."
            raise forms.ValidationError(message, code="required")
        try:
            return pictures.read(upload)
        except pictures.ImageRefused as error:
            raise forms.ValidationError(str(error), code="picture") from error

    def clean(self) -> dict[str, Any]:
        """A picture says in words what it shows, or says that it only decorates."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        alt = " ".join(str(data.get("alt", "")).split())
        data["alt"] = alt
        if data.get("is_decorative") and alt:
            self.add_error("alt", "A picture that only decorates has no alternative text.")
        elif not data.get("is_decorative") and (problem := alt_problem(alt)):
            self.add_error("alt", problem)
        if data.get("license") != Picture.License.OWN and not data.get("credit"):
            self.add_error("credit", "Say who made it: only our own work needs no credit.")
        return data


@admin.register(Picture)
class PictureAdmin(ClaimsChecked[Picture], SeenSoon[Picture]):
    """All pictures that posts can show."""

    form = PictureForm
    list_display = ("thumbnail", "title", "alt", "credit", "license", "added_at")
    list_display_links = ("thumbnail", "title")
    list_filter = ("license", "is_decorative")
    search_fields = ("title", "alt", "credit", "digest")
    readonly_fields = ("preview", "address", "used_in")

    def get_fieldsets(self, request: HttpRequest, obj: Picture | None = None) -> Any:
        """First the file, later what became of it."""
        words = (*("title", "alt", "is_decorative", "caption"), ("credit", "license"), "source_url")
        focus = ("Focal point", {"fields": (("focal_x", "focal_y"),)})
        if obj is None:
            return ((None, {"fields": ("upload", *words)}), focus)
        return (
            (None, {"fields": ("preview", "address", *words)}),
            focus,
            (None, {"fields": ("used_in",)}),
        )

    @admin.display(description="picture")
    def thumbnail(self, picture: Picture) -> SafeString:
        """The picture, very small."""
        return _small(picture, THUMBNAIL_WIDTH, alt="")

    @admin.display(description="picture")
    def preview(self, picture: Picture) -> SafeString:
        """The picture, small."""
        return _small(picture, PREVIEW_WIDTH, alt=picture.alt)

    @admin.display(description="address in texts")
    def address(self, picture: Picture) -> str:
        """How a text shows it."""
        return picture.get_absolute_url()

    @admin.display(description="used in")
    def used_in(self, picture: Picture) -> SafeString | str:
        """The posts that show it."""
        titles = uses(picture)
        return format_html_join(", ", "{}", ((title,) for title in titles)) if titles else "no post"

    def save_model(
        self,
        request: HttpRequest,
        obj: Picture,
        form: PictureForm,
        change: bool,  # noqa: FBT001
    ) -> None:
        """Store a new picture; cut one anew whose focal point moved."""
        if not change:
            fields = {name: form.cleaned_data[name] for name in PictureForm.Meta.fields}
            stored = add_read_picture(form.cleaned_data["upload"], **fields)
            if any(getattr(stored, name) != value for name, value in fields.items()):
                told = f"The library has this picture already, as “{stored}”. Nothing was changed."
                messages.warning(request, told)
            obj.pk, obj._state.adding = stored.pk, False
            return
        if {"focal_x", "focal_y"} & set(form.changed_data):
            move_focus(obj)
        else:
            obj.save()

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        """Delete the picture with its files. A picture in use is not offered for deletion."""
        delete_picture(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> None:
        """Delete the chosen pictures; name those that posts still show."""
        for picture in queryset:
            try:
                delete_picture(picture)
            except PictureInUse as error:
                messages.error(request, f"“{picture}” stays. {error}")

    def has_change_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        """What readers see is changed by those who publish, a picture like the post that shows it."""
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or not is_published(obj):
            return True
        return request.user.has_perm("blog.publish_post")

    def has_delete_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        """A picture that a post shows stays."""
        if obj is not None and uses(obj):
            return False
        return super().has_delete_permission(request, obj)


def _small(picture: Picture, width: int, *, alt: str) -> SafeString:
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="{}">',
        picture_sources.smallest_url(picture),
        width,
        round(width * picture.height / max(picture.width, 1)),
        alt,
    )
