"""The fixed words of our templates, for the claims check: pages, mails, titles of drawings.

They change only with the code, so the check reads each of them once for every version of its rules.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from claims.desk import PublishedText
from claims.plain_text import plain_text

FOLDER = Path(settings.BASE_DIR) / "templates"
# Only staff see these.
NOT_PUBLIC = ("admin/", "registration/", "simple_history/")
# What teaches and sells nothing; the rest belongs to the shop, which sells a patch.
TEACHES = (
    *("blog/", "references/", "search/", "pages/about.html", "pages/research.html", "pages/_stud"),
    *("pages/_amounts", "pages/_foods", "pages/_dot", "components/b12_path.html"),
    *("pictures/b12-path.svg",),
)
ANSWERS = ("pages/faq.html",)
KINDS = {".html", ".txt", ".svg"}

_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
_OTHERWISE = re.compile(r"\{%-?\s*(?:else|elif)\b.*?%\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Words that a tag carries: {% include "…" with text="Nothing is charged yet." only %}.
_QUOTED = re.compile(r"\"([^\"]*)\"")
_CONTENT = re.compile(r"<meta\b[^>]*\bcontent=\"([^\"{}]* [^\"{}]*)\"")


def public() -> Iterator[PublishedText]:
    """Yield the words of every template that visitors or customers read."""
    for path in sorted(FOLDER.rglob("*")):
        name = path.relative_to(FOLDER).as_posix()
        if path.suffix in KINDS and not name.startswith(NOT_PUBLIC):
            yield from texts_of_key(name)


def texts_of_key(name: str) -> list[PublishedText]:
    """Return the words of the template `name`; none for one that there is not, or that says nothing."""
    path = (FOLDER / name).resolve()
    if not path.is_relative_to(FOLDER.resolve()) or not path.is_file():
        return []
    text = words_of(path.read_text(encoding="utf-8"), is_markup=path.suffix != ".txt")
    if not text:
        return []
    return [
        PublishedText(
            subject=f"template:{name}",
            field="text",
            label=f"Template {name}",
            text=text,
            context=_context(name),
        )
    ]


def words_of(source: str, *, is_markup: bool) -> str:
    """Return the fixed words of a template's source; "X" stands for what is filled in.

    What follows `else` is a sentence of its own: it is never shown together with what stands before it.
    """
    source = _COMMENT.sub("", source)
    tags = [*_TAG.findall(source), *_VALUE.findall(source)]
    carried = [words for tag in tags for words in _QUOTED.findall(tag) if " " in words]
    carried += _CONTENT.findall(source)
    text = _VALUE.sub("X", _TAG.sub(" ", _OTHERWISE.sub(" | ", source)))
    text = plain_text(text) if is_markup else text
    return "\n\n".join([text.strip(), *carried]).strip()


def _context(name: str) -> str:
    if name.startswith(ANSWERS):
        return "faq"
    return "blog" if name.startswith(TEACHES) else "patch"
