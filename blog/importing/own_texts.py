"""Fields of our own exports on their way into a snapshot: pictures may have other digests here."""

from collections.abc import Callable
from typing import Any

from blog import wording
from blog.importing.attachments import NoPicture, Shelf
from blog.importing.elements import written
from blog.importing.own import OwnPost
from blog.prose import PICTURE_SRC, clean_prose

Note = Callable[[str], None]


def with_our_pictures(body: str, shelf: Shelf, note: Note) -> str:
    """Return a text of ours that shows the same pictures here; those that are not there are left out."""
    body = clean_prose(body)
    here: dict[str, str] = {}
    for digest in dict.fromkeys(PICTURE_SRC.findall(body)):
        try:
            here[digest] = shelf.own_digest(digest)
        except NoPicture as problem:
            note(f"picture {digest} left out: {problem}")
    if len(here) < len(set(PICTURE_SRC.findall(body))):
        body = _without_others(body, here)
    return PICTURE_SRC.sub(lambda found: f"/blog/pictures/{here[found[1]]}/", body)


def _without_others(body: str, here: dict[str, str]) -> str:
    root = wording.parsed(body)
    for image in list(root.iter("img")):
        found = PICTURE_SRC.fullmatch(image.get("src") or "")
        if found and found[1] not in here:
            figure = next(image.iterancestors("figure"), image)
            figure.drop_tree()
    return clean_prose(written(root))


def snapshot_fields(ours: OwnPost, shelf: Shelf, note: Note) -> dict[str, Any]:
    """Return the parts of a snapshot that only our exports have."""
    leading = {}
    for name in ("main_picture", "social_picture"):
        digest = getattr(ours, name)
        try:
            leading[name] = shelf.own_digest(digest) if digest else ""
        except NoPicture as problem:
            leading[name] = ""
            note(f"{name.replace('_', ' ')} left out: {problem}")
    series = ours.series
    return {
        **ours.texts,
        **leading,
        "references": [
            {"key": row["key"], "citation": row["citation"]} for row in ours.references if row
        ],
        "questions": list(ours.questions),
        "takeaways": list(ours.takeaways),
        "read_more": list(dict.fromkeys(ours.read_more)),
        "series": {name: series[name] for name in ("slug", "name", "part")} if series else None,
    }
