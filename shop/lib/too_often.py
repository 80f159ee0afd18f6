"""What an answer to somebody who tried too often carries besides its page."""

import math
from datetime import datetime

from django.http import HttpResponse

TOO_MANY_REQUESTS = 429


def retry_after(response: HttpResponse, opens_at: datetime, *, now: datetime) -> HttpResponse:
    """Say in `response`, a page with status 429, how many seconds are left until `opens_at`."""
    response["Retry-After"] = str(max(1, math.ceil((opens_at - now).total_seconds())))
    return response
