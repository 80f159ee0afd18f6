"""Addresses as the table of redirects knows them: text in, text out."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from django.conf import settings
from django.urls import is_valid_path
from django.utils.encoding import iri_to_uri

LONGEST_PATH = 400
LONGEST_TARGET = 1000
SLASHES = re.compile(r"/{2,}")
DOTS = re.compile(r"/\.{1,2}(/|$)")
MISREAD = re.compile(r"[%?#\\\s]")
# Answered by others; no address below them is looked up or written down.
NOT_OURS = ("/admin", "/static", "/media")


class RedirectRefused(Exception):
    """A redirect cannot be as it was asked for. The text says why, for staff."""


class BadAddress(RedirectRefused):
    """The text is no address that can be looked up or led to."""


class ForeignHost(RedirectRefused):
    """The address is on somebody else's site."""


@dataclass(frozen=True)
class Target:
    """Where a redirect leads. `address` goes into the answer; `key` is its path as key_of() writes it,
    empty for another site and for nowhere.
    """

    address: str
    key: str


NOWHERE = Target("", "")


def key_of(path: str) -> str:
    """Return the one form in which `path` (decoded, from a request or typed) is kept and looked up.

    Letters keep their case; several slashes are one; the slash at the end is left off, so that with and
    without it is the same address. Raises BadAddress.
    """
    text = unicodedata.normalize("NFC", SLASHES.sub("/", path))
    if not text.startswith("/"):
        raise BadAddress("An address here begins with a slash, such as /blog/old-name/.")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} or sign == "\ufffd" for sign in text):
        raise BadAddress("The address holds signs that no address can have.")
    if len(text) > LONGEST_PATH:
        raise BadAddress(f"The address is longer than {LONGEST_PATH} letters.")
    return text.rstrip("/") or "/"


def old_key(text: str) -> str:
    """Return the key of an old address that somebody typed: a path, or all of it with our own host.

    Raises BadAddress, ForeignHost.
    """
    parts = _split(text)
    if "?" in text or "#" in text:
        raise BadAddress("An old address is a path; what follows a ? or # cannot be told apart.")
    key = key_of(unquote(parts.path))
    if key == "/":
        raise BadAddress("The home page cannot be moved.")
    if is_not_ours(key):
        raise BadAddress("Nothing below /admin/, /static/ and /media/ is redirected.")
    return key


def typed(key: str) -> str:
    """Return `key` as it is typed: what would be read otherwise in an address is percent-encoded."""
    return MISREAD.sub(lambda found: quote(found[0]), key)


def target_of(text: str, *, may_leave: bool) -> Target:
    """Return where `text` leads: a path here (query and fragment may follow), or, if a redirect
    `may_leave` the shop, an address that begins with https.

    Raises BadAddress, ForeignHost.
    """
    parts = _split(text, may_leave=may_leave)
    if parts.netloc and not is_ours(parts.netloc):
        return Target(_short_enough(iri_to_uri(text.strip()) or ""), "")
    if DOTS.search(unquote(parts.path)):
        raise BadAddress("Write the address out, without “..” in it.")
    key = key_of(unquote(parts.path or "/"))
    if key == "/admin" or key.startswith("/admin/"):
        raise BadAddress("Visitors cannot go to the admin.")
    path = _with_its_slash(SLASHES.sub("/", parts.path or "/"))
    rest = parts._replace(scheme="", netloc="", path=path).geturl()
    return Target(_short_enough(iri_to_uri(rest) or ""), key)


def with_query(address: str, query: str) -> str:
    """Return `address` with the query string that the visitor came with behind its own."""
    if not query:
        return address
    start, mark, fragment = address.partition("#")
    joint = "&" if "?" in start else "?"
    return f"{start}{joint}{iri_to_uri(query)}{mark}{fragment}"


def is_ours(host: str) -> bool:
    """Say whether `host`, with or without a port, is a name of this shop; "www." makes no difference."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    own = {urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS}
    return name.removeprefix("www.") in {one.lower().removeprefix("www.") for one in own} - {""}


def is_not_ours(key: str) -> bool:
    """Say whether others answer at this key: the admin, static files, uploads."""
    return any(key == start or key.startswith(f"{start}/") for start in NOT_OURS)


def _split(text: str, *, may_leave: bool = False) -> SplitResult:
    text = text.strip()
    if not text:
        raise BadAddress("The address is empty.")
    if text.startswith("//") or "\\" in text or any(sign.isspace() for sign in text):
        raise BadAddress("An address has no spaces and no backslashes, and begins with one slash.")
    try:
        parts = urlsplit(text)
        is_own = not parts.netloc or is_ours(parts.netloc)
    except ValueError as error:
        raise BadAddress("This cannot be read as an address.") from error
    if parts.scheme not in {"", "http", "https"} or (parts.scheme and not parts.netloc):
        raise BadAddress("An address begins with a slash or with https://.")
    if not is_own and not may_leave:
        raise ForeignHost(f"{parts.hostname or 'This'} is another site.")
    if not is_own and (parts.scheme != "https" or "@" in parts.netloc or not parts.hostname):
        raise BadAddress("An address on another site begins with https:// and its host.")
    return parts


def _with_its_slash(path: str) -> str:
    # Else the visitor would be sent on once more, to the address with its slash (APPEND_SLASH).
    plain = unquote(path)
    if plain.endswith("/") or is_valid_path(plain) or not is_valid_path(f"{plain}/"):
        return path
    return f"{path}/"


def _short_enough(address: str) -> str:
    if len(address) > LONGEST_TARGET:
        raise BadAddress(f"The address is longer than {LONGEST_TARGET} letters.")
    return address
