"""Answers to somebody who sends too often: 429, when it works again, and all that was typed."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse
from django.utils.timezone import localtime

from reviews import visitors
from reviews.forms import ReviewForm
from shop.lib.too_often import TOO_MANY_REQUESTS, retry_after

Page = Callable[[int], HttpResponse]

TOO_OFTEN = (
    "We got several reviews from you or from your network in a short time. Your words are still here. "
    "Please send them again after {time}."
)
PHOTOS_TOO_OFTEN = (
    "We got many photos from your network in the last hour. Your words are still here. Please send them "
    "without a photo, or again after {time}."
)


def too_often(
    form: ReviewForm,
    page: Page,
    refusal: visitors.TooOften,
    *,
    now: datetime,
    words: str = TOO_OFTEN,
) -> HttpResponse:
    """Return `page` with status 429 and the form on it as it was sent; `words` say what was too much."""
    form.refuse(words.format(time=f"{localtime(refusal.opens_at):%B %-d, %-I:%M %p}"))
    return retry_after(page(TOO_MANY_REQUESTS), refusal.opens_at, now=now)


def photo_is_too_often(
    form: ReviewForm, page: Page, *, sender: str, now: datetime
) -> HttpResponse | None:
    """Count a photo before it is read, which is work; return the refusal where there were too many."""
    if "photo" not in form.files:
        return None
    try:
        visitors.admit_photo(sender, now=now)
    except visitors.TooOften as refusal:
        del form.files["photo"]
        form.is_valid()
        return too_often(form, page, refusal, now=now, words=PHOTOS_TOO_OFTEN)
    return None
