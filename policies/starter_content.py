"""The first version of every policy, loaded once: `policies/content/*.toml`."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from policies.models import Policy, PolicyVersion

CONTENT = Path(__file__).parent / "content"


@transaction.atomic
def load(now: datetime) -> str:
    """Add each policy that is missing, with version 1. What exists is left as it is.

    `now` is taken for the sake of the shared command; the versions carry their own first day.
    """
    added = [data["title"] for data in _files() if _load_policy(data)]
    return f"policies: {len(added)} added, the others kept"


def _files() -> list[dict[str, Any]]:
    return [tomllib.loads(file.read_text("utf-8")) for file in sorted(CONTENT.glob("*.toml"))]


def _load_policy(data: dict[str, Any]) -> bool:
    """Return whether the first version was added."""
    policy, _ = Policy.objects.get_or_create(
        slug=data["slug"],
        defaults={"title": data["title"], "meta_description": data["meta_description"]},
    )
    if policy.versions.exists():
        return False
    PolicyVersion.objects.create(
        policy=policy,
        effective_from=data["effective_from"],
        change_note=data["change_note"],
        body=data["body"].strip() + "\n",
    )
    return True
