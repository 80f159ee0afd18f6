"""What a Stripe API key says about itself. Prefixes: docs.stripe.com/keys."""

LIVE_PREFIXES = ("sk_live_", "rk_live_")
TEST_PREFIXES = ("sk_test_", "rk_test_")


def is_live(key: str) -> bool:
    """Say whether `key` moves real money."""
    return key.startswith(LIVE_PREFIXES)


def is_secret(key: str) -> bool:
    """Say whether `key` looks like a secret or restricted key, live or test."""
    return key.startswith(LIVE_PREFIXES + TEST_PREFIXES)


def live_key_conflict(key: str, *, debug: bool, demo: bool, api_base: str) -> str:
    """Return why a shop set up so must not start with `key`, empty when it may.

    `api_base` is the address of a Stripe stand-in, empty for Stripe itself.
    """
    if not is_live(key):
        return ""
    reasons = [
        name
        for name, is_set in (("DEBUG", debug), ("DEMO", demo), ("STRIPE_API_BASE", bool(api_base)))
        if is_set
    ]
    if not reasons:
        return ""
    return (
        f"STRIPE_SECRET_KEY is a live key, which takes real money, together with "
        f"{' and '.join(reasons)}. Use a test key (sk_test_… or rk_test_…), or unset {' and '.join(reasons)}."
    )
