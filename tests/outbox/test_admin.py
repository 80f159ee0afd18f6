"""The outbox for staff: to be read and sent again, never to be edited."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from post_office.models import STATUS, Attachment, Email, EmailTemplate, Log

from outbox import resend
from tests.orders.admin_steps import log_in, words_of

pytestmark = pytest.mark.django_db

OUTBOX = "/admin/post_office/email/"
SEE, SEND = "post_office.view_email", "post_office.change_email"


def make_mail(status: int = STATUS.queued, **fields) -> Email:
    return Email.objects.create(
        **{
            "from_email": "Shop <shop@example.com>",
            "to": ["jo@example.com"],
            "subject": "Your order",
            "message": "Thank you.",
            "html_message": "<p onclick='x()'>Thank you.</p><script>alert(1)</script>",
            "headers": {"Reply-To": "staff@example.com"},
            "status": status,
            **fields,
        }
    )


def fail(email: Email, message: str = "550 mailbox unavailable") -> None:
    email.status = STATUS.failed
    email.save()
    Log.objects.create(
        email=email, status=STATUS.failed, exception_type="SMTPError", message=message
    )


def again(client, email):
    return client.post(f"{OUTBOX}{email.pk}/again/", follow=True)


def test_a_mail_that_waits_is_called_kept_where_no_mail_is_sent():
    make_mail()
    client, _ = log_in(SEE)
    words = words_of(client.get(OUTBOX))
    assert "Every mail is kept here instead" in words
    assert "Kept" in words


def test_a_mail_that_waits_is_called_waiting_where_mail_is_sent(settings):
    settings.MAIL_DELIVERY = "send"
    make_mail()
    client, _ = log_in(SEE)
    words = words_of(client.get(OUTBOX))
    assert "kept" not in words.lower()
    assert "Waiting" in words


def test_the_list_says_what_went_wrong():
    fail(make_mail())
    client, _ = log_in(SEE)
    words = words_of(client.get(OUTBOX))
    assert "SMTPError: 550 mailbox unavailable" in words
    assert "jo@example.com" in words


@pytest.mark.parametrize(("state", "count"), [("waiting", 2), ("failed", 1), ("sent", 1), ("x", 4)])
def test_mails_are_found_by_state(state, count):
    for status in (STATUS.queued, STATUS.requeued, STATUS.failed, STATUS.sent):
        make_mail(status)
    client, _ = log_in(SEE)
    assert client.get(OUTBOX, {"state": state}).context["cl"].result_count == count


def test_mails_are_found_by_recipient():
    make_mail()
    make_mail(to=["ana@example.org"])
    client, _ = log_in(SEE)
    assert client.get(OUTBOX, {"q": "ana@example"}).context["cl"].result_count == 1


def test_more_mails_cost_no_more_queries():
    fail(make_mail())
    client, _ = log_in(SEE)
    with CaptureQueriesContext(connection) as few:
        client.get(OUTBOX)
    for _ in range(10):
        fail(make_mail())
    with CaptureQueriesContext(connection) as many:
        client.get(OUTBOX)
    assert len(many) == len(few) <= 8


def test_a_mail_is_read_as_text_and_its_html_as_source_only():
    email = make_mail()
    client, _ = log_in(SEE)
    page = client.get(f"{OUTBOX}{email.pk}/change/")
    html = page.content.decode()
    assert "Thank you." in html
    assert "staff@example.com" in html
    assert "<script>alert(1)</script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_html_is_shown_shut_away_from_the_admin():
    email = make_mail()
    client, _ = log_in(SEE)
    page = client.get(f"{OUTBOX}{email.pk}/html/")
    policy = page["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "allow-" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "no-referrer"


def test_a_mail_without_html_has_no_such_page():
    email = make_mail(html_message="")
    client, _ = log_in(SEE)
    assert client.get(f"{OUTBOX}{email.pk}/html/").status_code == 404


@pytest.mark.parametrize("page", ["change", "html"])
def test_the_outbox_needs_its_permission(page):
    email = make_mail()
    client, _ = log_in("orders.view_order")
    assert client.get(OUTBOX).status_code == 403
    assert client.get(f"{OUTBOX}{email.pk}/{page}/").status_code == 403
    assert client.get(f"{OUTBOX}999999/{page}/").status_code == 403


def test_a_mail_is_not_edited_added_or_deleted(admin_client):
    email = make_mail()
    url = f"{OUTBOX}{email.pk}"
    assert admin_client.post(f"{url}/change/", {"subject": "Other"}).status_code == 405
    assert admin_client.get(f"{OUTBOX}add/").status_code == 403
    assert admin_client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    email.refresh_from_db()
    assert email.subject == "Your order"


def test_post_offices_own_pages_are_gone(admin_client):
    for model in (Attachment, EmailTemplate, Log):
        assert not admin.site.is_registered(model)
    email = make_mail()
    assert admin_client.post(f"{OUTBOX}{email.pk}/resend/").status_code in {302, 404}
    email.refresh_from_db()
    assert email.status == STATUS.queued


# Sending again


def test_a_failed_mail_is_put_back_with_all_its_tries():
    email = make_mail()
    fail(email)
    Email.objects.filter(pk=email.pk).update(number_of_retries=8)
    client, _ = log_in(SEE, SEND)
    again(client, email)
    email.refresh_from_db()
    assert (email.status, email.number_of_retries) == (STATUS.queued, 0)
    assert email.scheduled_time is None
    assert Email.objects.count() == 1


def test_a_sent_mail_goes_out_as_a_copy_and_stays_on_record():
    email = make_mail(STATUS.sent)
    client, _ = log_in(SEE, SEND)
    again(client, email)
    copy = Email.objects.exclude(pk=email.pk).get()
    assert (copy.status, copy.to, copy.message) == (STATUS.queued, email.to, email.message)
    assert copy.headers == email.headers
    email.refresh_from_db()
    assert email.status == STATUS.sent


def test_pressing_twice_makes_one_copy():
    email = make_mail(STATUS.sent)
    client, _ = log_in(SEE, SEND)
    again(client, email)
    page = again(client, email)
    assert "A copy of this mail is waiting to be sent already." in words_of(page)
    assert Email.objects.count() == 2


def test_a_mail_that_waits_is_not_sent_twice():
    email = make_mail()
    with pytest.raises(resend.NotPossible):
        resend.again(email_id=email.pk)
    client, _ = log_in(SEE, SEND)
    assert "Send again" not in words_of(client.get(f"{OUTBOX}{email.pk}/change/"))


def test_sending_again_needs_its_permission_and_a_post():
    email = make_mail(STATUS.sent)
    client, _ = log_in(SEE)
    assert again(client, email).status_code == 403
    data = {"action": "send_again", "_selected_action": [email.pk]}
    client.post(OUTBOX, data)
    allowed, _ = log_in(SEE, SEND)
    assert allowed.get(f"{OUTBOX}{email.pk}/again/").status_code == 405
    assert Email.objects.count() == 1


def test_many_mails_are_sent_again_from_the_list():
    failed, sent, waiting = make_mail(), make_mail(STATUS.sent), make_mail(subject="Other")
    fail(failed)
    client, _ = log_in(SEE, SEND)
    chosen = [failed.pk, sent.pk, waiting.pk]
    page = client.post(OUTBOX, {"action": "send_again", "_selected_action": chosen}, follow=True)
    failed.refresh_from_db()
    assert failed.status == STATUS.queued
    assert "Other: This mail is waiting to be sent already." in words_of(page)


@pytest.mark.parametrize("page", ["change", "html"])
def test_a_number_beyond_the_databases_reach_is_not_found(admin_client, page):
    assert admin_client.get(f"{OUTBOX}{'9' * 30}/{page}/").status_code == 404
