"""Identifiers with Stripe's prefixes."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    """Unguessable letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id(prefix: str, length: int = 24) -> str:
    """For example `new_id("re_")`. Checkout Sessions carry 58 random characters, the rest 24."""
    return prefix + random_text(length)
