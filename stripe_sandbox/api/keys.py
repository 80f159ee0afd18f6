"""Which API keys the sandbox takes: secret and restricted test keys, never a live one."""

import base64
import binascii
import hashlib
import re

from stripe_sandbox.errors import Unauthorized

LONG_KEY = 20
TEST_KEY = re.compile(r"^(sk|rk)_test_\w+$", re.ASCII)


def check_key(authorization: str) -> str:
    """The account that the test key in the header belongs to.

    Raises Unauthorized, in Stripe's words, when there is none.
    """
    key = _key_in(authorization)
    if not key:
        raise Unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See"
            " https://stripe.com/docs/api#authentication for details, or we can help at"
            " https://support.stripe.com/."
        )
    if key.startswith("pk_"):
        raise Unauthorized(
            "This API call cannot be made with a publishable API key. Please use a secret API key."
            " You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
            code="secret_key_required",
        )
    if not TEST_KEY.match(key):
        hint = ""
        if key.startswith(("sk_live_", "rk_live_")):
            hint = (
                " This is stripe_sandbox: it takes only test keys, and a live key must not be here."
            )
        raise Unauthorized(f"Invalid API Key provided: {_masked(key)}.{hint}")
    return account_of(key)


def account_of(key: str) -> str:
    """Secret and restricted keys of one account share what follows their prefix, up to the next
    underscore: `sk_test_shop`, `rk_test_shop` and `sk_test_shop_2` are one account's."""
    owner = key.split("_")[2]
    return "acct_1" + hashlib.sha256(owner.encode()).hexdigest()[:15]


def _key_in(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _masked(key: str) -> str:
    """Enough to recognise the key, not enough to use it."""
    prefix = re.match(r"^[a-z]{2}_(?:live|test)_", key)
    start = prefix[0] if prefix else key[:3]
    return start + "*" * 8 + (key[-4:] if len(key) > LONG_KEY else "")
