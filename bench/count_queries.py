"""Count what pages ask of the database, in a process with the shop's settings.

Reads {"paths": […], "cart": "…"} from standard input, prints one JSON object.
"""

import json
import os
import sys
from collections import Counter
from typing import Any

import django


def count(path: str, cart: str) -> dict[str, Any]:
    """Return status, statements, repeated ones and bytes of a second visit to `path`."""
    from django.db import connection  # noqa: PLC0415 (after setup)
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1", headers={"Cookie": cart})
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path)
    statements = Counter(query["sql"] for query in asked.captured_queries)
    return {
        "status": response.status_code,
        "queries": statements.total(),
        "repeated": statements.total() - len(statements),
        "bytes": len(response.content),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    django.setup()
    wanted = json.load(sys.stdin)
    sys.stdout.write(json.dumps({path: count(path, wanted["cart"]) for path in wanted["paths"]}))
