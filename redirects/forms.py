"""Forms of staff: one redirect, and a file of them."""

from typing import Any

from django import forms

from redirects import csv_file, living_pages, table
from redirects.addresses import NOWHERE, RedirectRefused, Target, old_key, target_of
from redirects.models import Redirect
from redirects.pointers import Kind, Pointer
from redirects.table import Wish
from shop.lib.file_forms import FileThenTextForm


class RedirectForm(forms.ModelForm[Redirect]):
    """One redirect. What it asks for is in `wish` when it is valid."""

    wish: Wish

    class Meta:
        model = Redirect
        fields = ("old_path", "new_path", "kind", "note")
        error_messages = {
            "old_path": {
                "unique": "There is a redirect from this address already. Change that one."
            }
        }
        help_texts = {
            "old_path": "A path such as /blog/old-name/, with or without the slash at the end.",
            "new_path": "A path such as /blog/new-name/, or https://… of another site. "
            "Empty for a page that is gone.",
            "note": "For colleagues.",
        }

    def clean_old_path(self) -> str:
        """Bring the old address into its form; refuse that of a page that is there."""
        try:
            key = old_key(self.cleaned_data["old_path"])
        except RedirectRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if living_pages.is_there(key):
            raise forms.ValidationError("There is a page at this address: nobody would be led on.")
        return key

    def clean(self) -> dict[str, Any]:
        """The new address is there, fits the kind, and leads to no loop."""
        cleaned = super().clean() or {}
        if "new_path" not in cleaned or "kind" not in cleaned:
            return cleaned
        kind = Kind(cleaned["kind"])
        try:
            target = self._target(cleaned["new_path"], kind)
            if old := cleaned.get("old_path") or self.instance.old_path:
                self.wish = Wish(old, Pointer(target, kind), cleaned.get("note", ""))
                table.check(self.wish)
        except RedirectRefused as refusal:
            self.add_error("new_path", str(refusal))
        else:
            cleaned["new_path"] = target.address
        return cleaned

    def _target(self, text: str, kind: Kind) -> Target:
        if kind == Kind.GONE:
            if text:
                raise RedirectRefused("What is gone leads nowhere: leave this empty.")
            return NOWHERE
        if not text:
            raise RedirectRefused("Give the new address, or say that the page is gone.")
        target = target_of(text, may_leave=True)
        following = table.lookup(target.key) if target.key else None
        if following is None and not living_pages.leads_somewhere(target):
            raise RedirectRefused("There is no page at this address.")
        if following and following.kind == Kind.GONE:
            raise RedirectRefused("The page at this address is gone.")
        return target


class ImportForm(FileThenTextForm):
    """Redirects as CSV."""

    most_bytes = csv_file.MOST_BYTES

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        most = f"At most {csv_file.MOST_BYTES // 1000} KB and {csv_file.MOST_LINES:,} lines."
        self.fields["file"].help_text = most

    def text_of(self, data: bytes) -> str:
        """Read UTF-8 or Windows-1252."""
        try:
            return csv_file.decode(data)
        except csv_file.UnreadableFile as error:
            raise forms.ValidationError(str(error)) from error
