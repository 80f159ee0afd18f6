"""Metadata as Stripe merges it: an empty value removes a key, an empty `metadata` all of them."""

from typing import Any

from stripe_sandbox.api.session_rules import check_metadata


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
