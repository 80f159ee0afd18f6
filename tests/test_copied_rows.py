"""A copied row is the row that it was copied from, with all its columns."""

from datetime import UTC, datetime

import pytest

from pages.models import InfoPage
from tests import copied_rows


@pytest.mark.django_db
def test_copied_rows_keep_their_times_and_rows_saved_later_get_new_ones():
    long_ago = datetime(2012, 1, 12, tzinfo=UTC)
    page = InfoPage.objects.create(slug="faq", title="FAQ", meta_title="FAQ", meta_description="-")
    InfoPage.objects.update(updated_at=long_ago)
    before = list(InfoPage.objects.values())
    copies = copied_rows.take(["pages"])
    InfoPage.objects.all().delete()

    copied_rows.put(copies)

    assert list(InfoPage.objects.values()) == before
    page.save()
    assert InfoPage.objects.get().updated_at > long_ago
