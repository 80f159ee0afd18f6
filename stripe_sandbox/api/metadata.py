"""Metadata as Stripe merges it: an empty value removes a key, an empty `metadata` all of them."""

from typing import Any

from stripe_sandbox.errors import InvalidRequest

METADATA_KEYS, KEY_LENGTH, VALUE_LENGTH = 50, 40, 500


def without_blanks(params: dict[str, Any]) -> dict[str, Any]:
    """New objects keep no empty metadata; goes into `payment_intent_data` and lines as well."""
    cleaned: dict[str, Any] = {}
    for key, value in params.items():
        if key == "metadata":
            cleaned[key] = {name: text for name, text in (value or {}).items() if text != ""}
        elif isinstance(value, dict):
            cleaned[key] = without_blanks(value)
        elif isinstance(value, list):
            cleaned[key] = [without_blanks(v) if isinstance(v, dict) else v for v in value]
        else:
            cleaned[key] = value
    return cleaned


def merged_metadata(old: dict[str, str] | None, params: dict[str, Any]) -> dict[str, str]:
    """The metadata after an update; raises InvalidRequest beyond Stripe's limits."""
    if "metadata" not in params:
        return old or {}
    if params["metadata"] == "":
        return {}
    merged = {**(old or {}), **params["metadata"]}
    merged = {name: text for name, text in merged.items() if text != ""}
    check_metadata(merged, "metadata")
    return merged


def check_metadata(metadata: dict[str, str] | None, name: str) -> None:
    """Raise InvalidRequest beyond 50 keys, 40 characters in a key or 500 in a value."""
    metadata = metadata or {}
    if len(metadata) > METADATA_KEYS:
        raise InvalidRequest(
            f"Metadata can have up to {METADATA_KEYS} keys, but you passed in {len(metadata)}.",
            param=name,
        )
    for key, value in metadata.items():
        if len(key) > KEY_LENGTH:
            raise InvalidRequest(
                f"Metadata keys can have up to {KEY_LENGTH} characters, but you passed in a key that is"
                f" {len(key)} characters. Invalid key: {key}",
                param=name,
            )
        if len(value) > VALUE_LENGTH:
            raise InvalidRequest(
                f"Metadata values can have up to {VALUE_LENGTH} characters, but you passed in a value that is"
                f" {len(value)} characters. Invalid value: {value}",
                param=f"{name}[{key}]",
            )
