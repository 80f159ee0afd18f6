"""The form of an import in two steps: choose a file, look at what it would do, send its text once more."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class FileThenTextForm(forms.Form):
    """A file, or its text once more when what it would do has been looked at. Valid: `text` holds it."""

    most_bytes: int

    file = forms.FileField(required=False, label="CSV file")
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def text_of(self, data: bytes) -> str:
        """Return the text of the file; `data` is its beginning, at most `most_bytes` and one more.

        Raises ValidationError with what is wrong, for staff.
        """
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Take the text out of the file."""
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if not isinstance(upload, UploadedFile):
            if not cleaned.get("text") and not self.errors:
                self.add_error("file", "Choose a file.")
            return cleaned
        try:
            cleaned["text"] = self.text_of(upload.read(self.most_bytes + 1))
        except forms.ValidationError as error:
            self.add_error("file", error)
        return cleaned
