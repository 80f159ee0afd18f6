"""Importing and exporting in the staff's admin: two steps, one permission, and a note of who did it."""

import io
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.admin import importing as pages
from reviews.models import Review
from tests.factories import make_product, make_staff
from tests.reviews.import_texts import file_of, line
from tests.reviews.makers import make_review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def patch():
    return make_product(slug="b12-patch")


@pytest.fixture
def staff(client):
    user = make_staff("reviews.view_review", "reviews.export_review")
    client.force_login(user)
    return user


def choose(client, text):
    file = SimpleUploadedFile("reviews.csv", text.encode())
    return client.post(reverse("admin:reviews_review_import"), {"file": file})


def confirm(client, text):
    data = {"text": text, "confirmed": "1"}
    return client.post(reverse("admin:reviews_review_import"), data)


def test_first_the_page_says_line_by_line_what_would_be_done(client, staff):
    page = choose(client, file_of(line(), line(date=""))).content.decode()

    assert "1 added, 0 here already, 1 refused" in page
    assert "Nothing is stored yet" in page
    assert "Ada P., 2026-05-03, Trusted Marks: not bought here." in page
    assert "date: this is needed." in page
    assert Review.objects.count() == LogEntry.objects.count() == 0


def test_then_it_is_done_and_noted_who_did_it(client, staff):
    text = file_of(line(text="Two\r\nlines."), line(date=""))
    response = confirm(client, text)

    assert response.status_code == 302
    assert Review.objects.get().current.body == "Two\nlines."
    noted = LogEntry.objects.get()
    assert (noted.user, noted.object_repr) == (staff, "Reviews imported")
    assert "1 added, 0 here already, 1 refused" in noted.change_message


def test_a_file_that_adds_nothing_has_no_second_step(client, staff):
    page = choose(client, file_of(line(date=""))).content.decode()

    assert 'name="confirmed"' not in page
    assert "No line of the file would add a review" in page
    assert "date: this is needed." in page


@pytest.mark.parametrize("act", [choose, confirm])
def test_what_cannot_be_read_is_told_on_the_page(client, staff, act):
    assert "missing: date, stars" in act(client, "a,b\n1,2\n").content.decode()
    assert Review.objects.count() == 0


def test_more_than_one_request_can_take_are_refused(client, staff, monkeypatch):
    monkeypatch.setattr(pages, "MOST_REVIEWS", 2)
    page = confirm(client, file_of(line(), line(name="Bo"), line(name="Cy")))

    assert "more than 2 reviews" in page.content.decode()
    assert Review.objects.count() == 0


def test_the_export_is_sent_and_noted(client, staff):
    make_review()
    response = client.post(reverse("admin:reviews_review_export"))
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))

    assert "people.csv" in archive.namelist()
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith('attachment; filename="reviews-')
    noted = LogEntry.objects.get()
    assert (noted.user, noted.change_message) == (staff, "With email addresses.")


def test_addresses_can_be_left_out_of_it(client, staff):
    make_review()
    response = client.post(reverse("admin:reviews_review_export"), {"without_people": "on"})

    assert b"jo@example.com" not in b"".join(
        archive.read(name)
        for archive in [zipfile.ZipFile(io.BytesIO(response.getvalue()))]
        for name in archive.namelist()
    )
    assert LogEntry.objects.get().change_message == "Without email addresses."


def test_looking_at_the_page_exports_nothing(client, staff):
    page = client.get(reverse("admin:reviews_review_export"))

    assert "people.csv" in page.content.decode()
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("name", ["import", "export"])
def test_both_need_their_permission(client, name):
    client.force_login(make_staff("reviews.view_review", "reviews.moderate_review"))
    address = reverse(f"admin:reviews_review_{name}")

    assert client.get(address).status_code == 403
    assert client.post(address, {"text": file_of(line()), "confirmed": "1"}).status_code == 403
    assert Review.objects.count() == LogEntry.objects.count() == 0


def test_the_list_leads_to_both_for_those_who_may(client, staff):
    page = client.get(reverse("admin:reviews_review_changelist")).content.decode()
    assert reverse("admin:reviews_review_import") in page
    assert reverse("admin:reviews_review_export") in page

    client.force_login(make_staff("reviews.view_review"))
    page = client.get(reverse("admin:reviews_review_changelist")).content.decode()
    assert reverse("admin:reviews_review_import") not in page
