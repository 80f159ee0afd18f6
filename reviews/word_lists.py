"""The lists of expressions in reviews/words: what people write, as data. One expression a line, joined by "or"."""

import hashlib
import re
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


@cache
def expression(name: str, key: str) -> re.Pattern[str]:
    """Return the list `key` of the file `name`.toml as one expression. Raises KeyError for an unknown list."""
    return re.compile("|".join(f"(?:{one})" for one in _lists(name)[key]), re.IGNORECASE)


@cache
def each(name: str, key: str) -> tuple[re.Pattern[str], ...]:
    """Return the expressions of a list one by one. Raises KeyError for an unknown list."""
    return tuple(re.compile(one, re.IGNORECASE) for one in _lists(name)[key])


@cache
def version() -> str:
    """Return what changes with every change of a list, in 16 letters."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def plain(text: str) -> str:
    """Return `text` with straight quotes, as the lists are written."""
    return text.translate(_QUOTES)


_QUOTES = str.maketrans(dict.fromkeys("‘’‛′`´", "'") | dict.fromkeys("“”„‟″", '"'))


@cache
def _lists(name: str) -> dict[str, list[str]]:
    return dict(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))
