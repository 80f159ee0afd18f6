"""Links that are for the reader of a mail alone are not for staff who look into the outbox."""

import pytest
from django.test import Client
from post_office.models import Email

from outbox.masking import HIDDEN
from reviews import invitations, links
from tests.factories import make_staff
from tests.reviews.makers import NOW, make_invitation, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_staff("post_office.view_email"))
    return client


def pages_of(desk, email):
    own = f"/admin/post_office/email/{email.pk}/"
    shown = desk.get(f"{own}change/"), desk.get(f"{own}html/")
    return "".join(response.content.decode() for response in shown)


@pytest.fixture
def mails():
    """A request with its links, and what its answer brings."""
    invitation = make_invitation()
    assert invitations.send_due(NOW) == "1 asked, 0 reminded"
    review = make_review(invitation=invitation)
    secrets = [
        path.split("/")[3]
        for path in (
            links.invitation_path(invitation),
            links.stop_path(invitation),
            links.own_path(review),
        )
    ]
    return list(Email.objects.order_by("pk")), secrets


def test_staff_do_not_see_the_links_by_which_reviews_are_written_and_changed(desk, mails, settings):
    settings.MAIL_DELIVERY = "send"
    found, secrets = mails
    told = "".join(pages_of(desk, email) for email in found)
    assert [secret for secret in secrets if secret in told] == []
    assert HIDDEN in told


def test_what_is_stored_and_sent_is_whole(desk, mails, settings):
    settings.MAIL_DELIVERY = "send"
    found, secrets = mails
    for email in found:
        pages_of(desk, email)
    stored = "".join(email.message + email.html_message for email in Email.objects.all())
    assert all(secret in stored for secret in secrets)


def test_where_no_mail_is_sent_the_outbox_is_where_mails_are_read(desk, mails):
    found, secrets = mails
    told = "".join(pages_of(desk, email) for email in found)
    assert all(secret in told for secret in secrets)
