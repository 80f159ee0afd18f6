"""Pictures of the old blog: from a folder with its uploads into the library. Nothing is fetched."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote

from django.core.files.base import File

from blog.importing import debris
from blog.importing.records import Item
from blog.importing.slugs import urlsplit_safely
from blog.models import Picture
from blog.pictures import add_read_picture
from shop.lib import pictures

SUFFIXES = {".jpg", ".jpeg", ".jpe", ".png", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff"}
_SIZE = re.compile(r"(?:-\d+x\d+|-scaled|-rotated|-e\d{10,})+(?=\.\w+\Z)")
_LAST_SIZE = re.compile(r"(?:-\d+x\d+|-scaled|-rotated|-e\d{10,})(?=\.\w+\Z)")
_MEASURES = re.compile(r"-\d+x\d+\.\w+\Z")


class NoPicture(Exception):
    """There is no such picture to show. The text says why."""


@dataclass(frozen=True)
class Attachment:
    """A file of the old blog's library, as its export tells of it."""

    id: int
    url: str
    file: str  # below the uploads, if the export says so
    title: str = ""
    alt: str = ""
    caption: str = ""
    parent: int = 0
    own: dict[str, Any] = field(default_factory=dict)  # fields of our own exports

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, by its name."""
        return PurePosixPath(path_of(self.url or self.file)).suffix.lower() in SUFFIXES


def attachment_of(item: Item, own: dict[str, Any]) -> Attachment:
    """Return what `item` (of the type attachment) says."""
    return Attachment(
        id=item.id,
        url=item["wp:attachment_url"].strip() or item["guid"].strip(),
        file=item.first_meta("_wp_attached_file").strip(),
        title=debris.one_line(item["title"]),
        alt=debris.one_line(item.first_meta("_wp_attachment_image_alt")),
        caption=debris.plain(item["excerpt:encoded"]),
        parent=int(item["wp:post_parent"]) if item["wp:post_parent"].isdecimal() else 0,
        own=own,
    )


class Shelf:
    """Finds the pictures of the old blog, in the library or in the folder `media`, and takes them in.

    A dry run looks at the files and stores nothing; the digests that it gives then are invented.
    """

    def __init__(self, media: Path | None, *, dry_run: bool) -> None:
        self.media = media.resolve() if media else None
        self.dry_run = dry_run
        self.attachments: dict[int, Attachment] = {}
        self.added = 0
        self._by_path: dict[str, Attachment] = {}
        self._by_key: dict[str, Attachment] = {}
        self._by_own_digest: dict[str, Attachment] = {}
        self._found: dict[str, str | NoPicture] = {}
        rows = Picture.objects.values_list("legacy_url", "digest")
        self._in_library = {url: digest for url, digest in rows if url}
        self._digests = {digest for _, digest in rows}

    def add(self, attachment: Attachment) -> None:
        """Let texts find this file."""
        self.attachments[attachment.id] = attachment
        self._by_path.setdefault(_below_uploads(attachment.url), attachment)
        self._by_key.setdefault(_key(attachment.url), attachment)
        if digest := attachment.own.get("digest"):
            self._by_own_digest[str(digest)] = attachment

    def of_post(self, post_id: int) -> list[Attachment]:
        """Return the pictures that were uploaded to a post, as [gallery] without ids shows them."""
        every = self.attachments.values()
        return [each for each in every if each.parent == post_id and each.is_picture and post_id]

    def digest_of(self, url: str, attachment_id: int = 0) -> str:
        """Return the digest of the picture at `url` or with this number. Raises NoPicture."""
        attachment = self.attachments.get(attachment_id) or self._named(url)
        if attachment is None and not url:
            raise NoPicture("the file does not hold it" if attachment_id else "it has no address")
        if attachment is None:
            attachment = Attachment(0, url, "")
        return self.digest(attachment)

    def _named(self, url: str) -> Attachment | None:
        path = _below_uploads(url)
        # A name that ends in a size may be the file's own.
        while path not in self._by_path and (shorter := _LAST_SIZE.sub("", path)) != path:
            path = shorter
        return self._by_path.get(path) or self._by_key.get(_key(url))

    def digest(self, attachment: Attachment) -> str:
        """Return the digest of its picture, which is taken in if it is not there. Raises NoPicture."""
        own = str(attachment.own.get("digest", ""))
        if own in self._digests:
            return own
        name = attachment.url or attachment.file
        if name not in self._found:
            try:
                self._found[name] = self._in_library.get(name[:500]) or self._taken_in(attachment)
            except NoPicture as problem:
                self._found[name] = problem
        result = self._found[name]
        if isinstance(result, NoPicture):
            raise result
        return result

    def own_digest(self, digest: str) -> str:
        """Return the digest that a picture of our own export has here. Raises NoPicture."""
        if digest in self._digests:
            return digest
        if attachment := self._by_own_digest.get(digest):
            return self.digest(attachment)
        raise NoPicture("it is not in the library")

    def _taken_in(self, attachment: Attachment) -> str:
        if not attachment.is_picture:
            raise NoPicture("it is no picture")
        if self.media is None:
            raise NoPicture("its file is not here (say where with --media)")
        path = next(self._files(attachment), None)
        if path is None:
            raise NoPicture("its file is not in the folder of --media")
        try:
            with path.open("rb") as file:
                image = pictures.read(File(file, name=path.name))
                own_file = _own_file(file, attachment)
                if self.dry_run:
                    return _digest_of(own_file or str(path).encode())
                picture = add_read_picture(image, own_file=own_file, **_fields(attachment))
        except (pictures.ImageRefused, OSError) as problem:
            raise NoPicture(str(problem)) from problem
        self.added += picture.digest not in self._digests
        self._digests.add(picture.digest)
        return picture.digest

    def _files(self, attachment: Attachment) -> Iterator[Path]:
        if self.media is None:
            return
        for name in (attachment.file, path_of(attachment.url)):
            parts = [part for part in name.split("/") if part]
            if not parts or any(
                part in {".", ".."} or "\\" in part or "\0" in part for part in parts
            ):
                continue
            for form in _forms(parts, is_own=attachment.id > 0):
                path = self.media.joinpath(*form).resolve()
                # A link in the folder may lead out of it.
                if path.is_relative_to(self.media) and path.is_file():
                    yield path


def path_of(url: str) -> str:
    """Return the decoded path of an address."""
    return unquote(urlsplit_safely(url).path)


def _own_file(file: BinaryIO, attachment: Attachment) -> bytes:
    """Return the file's content if it is the very one that our export names."""
    file.seek(0)
    content = file.read()
    return content if _digest_of(content) == attachment.own.get("digest") else b""


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


def _forms(parts: list[str], *, is_own: bool) -> Iterator[list[str]]:
    own, whole = parts[-1], _SIZE.sub("", parts[-1])
    # Of what the export lists, only WordPress's own changes (scaled, turned, cut) have an original.
    is_whole = is_own and _MEASURES.search(own) is not None
    names = dict.fromkeys([own, whole] if is_whole else [whole, own])
    for start in range(len(parts)):
        for name in names:
            yield [*parts[start:-1], name]


def _below_uploads(url: str) -> str:
    path = path_of(url).lower()
    return path.partition("/uploads/")[2] or path.lstrip("/")


def _key(url: str) -> str:
    return _SIZE.sub("", _below_uploads(url))


def _fields(attachment: Attachment) -> dict[str, Any]:
    name = PurePosixPath(path_of(attachment.url) or attachment.file).stem
    return {
        "title": debris.cut(attachment.title or name, 120),
        "alt": debris.cut(attachment.alt, 300),
        "caption": attachment.caption,
        "license": Picture.License.UNKNOWN,
        "legacy_url": (attachment.url or attachment.file)[:500],
        **attachment.own.get("fields", {}),
    }
