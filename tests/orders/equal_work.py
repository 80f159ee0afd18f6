"""Whether two answers cost the same work: counted in queries, which a clock cannot do."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b|\"s\d+_x\d+\"")


def work_of(act: Callable[[], Any]) -> list[str]:
    """Every query of `act`, in order, with the values taken out."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return [VALUES.sub("?", query["sql"]) for query in queries]
