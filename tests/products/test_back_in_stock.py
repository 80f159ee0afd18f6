"""One email when a pack is back: asked for twice, sent once, erased in time."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html
from post_office.models import Email

from outbox import resend
from products import back_in_stock, stock
from products.models import BackInStockAlert, StockMovement, Variant
from shop import schedule
from tests.factories import NOON, make_staff, make_variant
from tests.races.at_once import at_once

pytestmark = pytest.mark.django_db

ASK = "/back-in-stock/"
JO = "jo@example.com"


@pytest.fixture
def pack():
    return make_variant(sku="B12-12", on_hand=0)


def receive(pack, packs):
    kind = StockMovement.Kind.RECEIVED
    stock.move(variant_id=pack.pk, kind=kind, quantity=packs, reason="Delivery")


def answers(**changes):
    return {"sku": "B12-12", "email": JO, "consent": "on", **changes}


def link_in(mail, ending=""):
    """The address of the page that a mail leads to, without the host."""
    return re.search(rf"http://localhost:8000(/back-in-stock/[\w-]+/{ending})\s", mail.message)[1]


def confirmed(pack, email=JO, at=NOON):
    back_in_stock.ask(variant=pack, email=email, sender=email, now=at)
    alert = BackInStockAlert.objects.get(variant=pack, email=email, mailed_at=None)
    back_in_stock.confirm(alert.token, now=at)
    Email.objects.all().delete()
    return alert


def test_a_customer_asks_confirms_and_hears_of_it_once(client, pack):
    page = html.fromstring(client.get(f"{ASK}?pack=B12-12").content)
    assert "checked" not in page.get_element_by_id("id_consent").attrib
    assert client.post(ASK, answers()).url == "/back-in-stock/sent/"
    alert = BackInStockAlert.objects.get()
    assert (alert.email, alert.variant, alert.confirmed_at) == (JO, pack, None)
    assert alert.consent_text == back_in_stock.CONSENT_TEXT
    shown = " ".join(page.get_element_by_id("div_id_consent").text_content().split())
    assert alert.consent_text.replace("\n", " ") == shown.replace("*", "")
    assert alert.consent_sha256 == hashlib.sha256(alert.consent_text.encode()).hexdigest()
    path = link_in(Email.objects.get(to=JO))
    # A scanner that opens every link confirms nothing.
    assert "Yes, email me" in client.get(path).content.decode()
    alert.refresh_from_db()
    assert alert.confirmed_at is None
    receive(pack, 5)
    assert back_in_stock.tell(NOON) == 0
    assert "Your wish is noted." in client.post(path, follow=True).content.decode()
    assert [back_in_stock.tell(NOON) for _ in range(3)] == [1, 0, 0]
    mail = Email.objects.order_by("pk").last()
    assert (mail.to, mail.subject) == ([JO], "B12 Patch, 12 patches: back in stock")
    assert "http://localhost:8000/product-information/?pack=B12-12" in mail.message
    stop = f"http://localhost:8000{link_in(mail, 'stop/')}"
    assert mail.headers == {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert stop in mail.html_message
    assert "We have emailed you" in client.get(path).content.decode()


def test_a_mail_program_stops_it_with_one_click_and_all_is_erased(client, pack):
    client.post(ASK, answers())
    alert = BackInStockAlert.objects.get()
    back_in_stock.confirm(alert.token, now=NOON)
    receive(pack, 1)
    back_in_stock.tell(NOON)
    mail = Email.objects.order_by("pk").last()
    Email.objects.filter(pk=mail.pk).update(status=0)
    resend.again(email_id=mail.pk)
    other = confirmed(make_variant(on_hand=0), "other@example.com")
    stop = link_in(mail, "stop/")
    assert "Erase my address" in client.get(stop).content.decode()
    assert BackInStockAlert.objects.count() == 2
    # It comes from the program's own server, without any of our headers.
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "is erased" in answer.content.decode()) == (200, True)
    assert list(BackInStockAlert.objects.all()) == [other]
    assert not Email.objects.filter(to=[JO]).exists()
    assert client.get(stop).status_code == 404


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(client, pack):
    confirmed(pack)
    known, unknown = (
        client.post(ASK, answers(email=email), follow=True)
        for email in ("JO@example.com", "x@y.example")
    )
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert [mail.to for mail in Email.objects.all()] == [["x@y.example"]]
    assert BackInStockAlert.objects.count() == 2


def test_who_asks_again_gets_the_link_again_until_the_day_has_seen_enough(client, pack):
    for number in range(7):
        answer = client.post(ASK, answers(), REMOTE_ADDR=f"10.0.{number}.1")
        assert answer.url == "/back-in-stock/sent/"
    assert Email.objects.count() == back_in_stock.MAILS_PER_DAY
    assert BackInStockAlert.objects.count() == 1


def test_one_network_asks_five_times_an_hour(client, pack):
    for number in range(back_in_stock.ASKED_PER_HOUR):
        client.post(ASK, answers(email=f"jo{number}@example.com"))
    answer = client.post(ASK, answers(email="kim@example.com"))
    assert answer.status_code == 429
    assert html.fromstring(answer.content).get_element_by_id("id_email").value == "kim@example.com"
    assert not Email.objects.filter(to=["kim@example.com"]).exists()
    assert BackInStockAlert.objects.count() == back_in_stock.ASKED_PER_HOUR


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consent": ""}, "consent"),
        ({"email": ""}, "email"),
        ({"email": "jo"}, "email"),
        ({"email": "jo@example.com\nBcc: a@b.example"}, "email"),
        ({"email": "nul\x00@example.com"}, "email"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
        ({"sku": ""}, "sku"),
        ({"sku": "PLENTY"}, "sku"),
        ({"sku": "OFF"}, "sku"),
        ({"sku": "'; drop table"}, "sku"),
        ({"sku": "nul\x00"}, "sku"),
    ],
    ids=str,
)
def test_bad_input_is_said_beside_its_field_and_stores_nothing(client, pack, changes, field):
    make_variant(sku="PLENTY", on_hand=5)
    make_variant(sku="OFF", on_hand=0, is_active=False)
    answer = client.post(ASK, answers(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "no-store" in answer["Cache-Control"]
    assert not BackInStockAlert.objects.exists()
    assert not Email.objects.exists()


def test_other_sites_can_neither_ask_nor_confirm(pack):
    back_in_stock.ask(variant=pack, email=JO, sender="x", now=NOON)
    alert = BackInStockAlert.objects.get()
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post(ASK, answers(email="x@y.example")).status_code == 403
    assert stranger.post(f"{ASK}{alert.token}/").status_code == 403
    alert.refresh_from_db()
    assert (BackInStockAlert.objects.count(), alert.confirmed_at) == (1, None)


@pytest.mark.parametrize("token", ["x", "sent2", "%00", "a" * 300])
def test_a_wrong_link_is_not_found(client, token):
    assert client.get(f"{ASK}{token}/").status_code == 404
    assert client.post(f"{ASK}{token}/").status_code in {302, 404}
    assert client.get(f"{ASK}{token}/stop/").status_code == 404


def test_no_more_mails_than_packs_and_the_longest_waiting_first(pack):
    for number, minutes in enumerate((3, 1, 2)):
        confirmed(pack, f"jo{number}@example.com", NOON + timedelta(minutes=minutes))
    receive(pack, 2)
    assert back_in_stock.tell(NOON) == 2
    told = [mail.to[0] for mail in Email.objects.order_by("pk")]
    assert told == ["jo1@example.com", "jo2@example.com"]
    # Sold out again before the next run: the third one waits on.
    stock.reserve(reference="A1", quantities={pack.pk: 2})
    assert back_in_stock.tell(NOON) == 0
    stock.release(reference="A1")
    assert back_in_stock.tell(NOON) == 1
    assert Email.objects.count() == 3


def test_what_is_off_sale_is_not_announced(pack):
    confirmed(pack)
    receive(pack, 2)
    Variant.objects.update(is_active=False)
    assert back_in_stock.tell(NOON) == 0
    assert not Email.objects.exists()


def test_when_the_mail_cannot_be_written_the_alert_waits_on(pack):
    alert = confirmed(pack)
    receive(pack, 1)
    BackInStockAlert.objects.filter(pk=alert.pk).update(email="no address")  # the outbox refuses it
    with pytest.raises(Exception, match="valid"):
        back_in_stock.tell(NOON)
    alert.refresh_from_db()
    assert (alert.mailed_at, Email.objects.count()) == (None, 0)


def test_addresses_are_erased_in_time_with_the_copies_of_their_mails(pack):
    others = [make_variant(on_hand=0) for _ in range(3)]
    back_in_stock.ask(variant=others[0], email=JO, sender="x", now=NOON)
    mailed = confirmed(pack)
    receive(pack, 1)
    back_in_stock.tell(NOON)
    waits = confirmed(others[1], "kim@example.com")
    back_in_stock.ask(variant=others[0], email=JO, sender="x", now=NOON)

    def left_after(days):
        back_in_stock.forget_old(NOON + timedelta(days=days))
        return list(BackInStockAlert.objects.order_by("pk"))

    assert len(left_after(6)) == 3
    assert left_after(6.1) == [mailed, waits]
    assert left_after(29) == [mailed, waits]
    assert left_after(29.1) == [waits]
    assert not Email.objects.filter(to=[JO]).exists()
    assert left_after(364) == [waits]
    assert left_after(364.1) == []


def test_the_schedule_tells_and_forgets(pack):
    confirmed(pack)
    receive(pack, 50)
    schedule.watch_stock.call_local()
    assert BackInStockAlert.objects.filter(mailed_at__isnull=False).count() == 1
    BackInStockAlert.objects.update(mailed_at=NOON - timedelta(days=400))
    schedule.forget.call_local()
    assert not BackInStockAlert.objects.exists()


def test_the_database_refuses_an_alert_twice_or_without_consent(pack):
    alert = confirmed(pack)
    falsehoods = (
        lambda: BackInStockAlert.objects.create(
            variant=pack, email=JO.upper(), consent_text="x", consent_sha256="x", asked_at=NOON
        ),
        lambda: BackInStockAlert.objects.update(consent_text=""),
        lambda: BackInStockAlert.objects.update(confirmed_at=None, mailed_at=NOON),
    )
    for act in falsehoods:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert list(BackInStockAlert.objects.all()) == [alert]


def test_the_product_page_offers_it_for_sold_out_packs_without_another_question(client, patch):
    with CaptureQueriesContext(connection) as before:
        assert ASK not in client.get("/product-information/").content.decode()
    lost = StockMovement.Kind.LOST
    for pack in patch.variants.exclude(sku="B12-24"):
        stock.move(variant_id=pack.pk, kind=lost, quantity=-pack.available, reason="test")
    with CaptureQueriesContext(connection) as after:
        page = html.fromstring(client.get("/product-information/").content)
    assert len(before) == len(after)
    links = page.xpath(f"//a[starts-with(@href, '{ASK}')]")
    assert [(link.get("href"), link.text) for link in links] == [
        ("/back-in-stock/?pack=B12-04", "Email me when 4 patches are back"),
        ("/back-in-stock/?pack=B12-12", "Email me when 12 patches are back"),
    ]
    form = client.get("/back-in-stock/?pack=B12-12")
    assert form["Cache-Control"] == "public, max-age=60"
    assert not form.cookies
    assert html.fromstring(form.content).get_element_by_id("id_sku").value == "B12-12"


def test_staff_see_how_many_wait_and_nobodys_address(pack):
    confirmed(pack)
    confirmed(pack, "kim@example.com")
    back_in_stock.ask(variant=pack, email="unconfirmed@example.com", sender="x", now=NOON)
    clerk = Client()
    clerk.force_login(make_staff("products.view_variant"))
    for path in ("", f"{pack.pk}/change/"):
        page = clerk.get(f"/admin/products/variant/{path}").content.decode()
        assert "waiting customers" in page.lower()
        assert "@example.com" not in page
    cell = html.fromstring(clerk.get("/admin/products/variant/").content)
    assert cell.xpath("string(//td[contains(@class, 'field-waiting')])") == "2"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_the_same_moment_write_to_each_once():
    pack = make_variant(on_hand=0)
    for number in range(3):
        confirmed(pack, f"jo{number}@example.com")
    receive(pack, 10)
    outcomes = at_once([lambda: back_in_stock.tell(NOON)] * 6)
    assert sum(outcomes) == 3
    assert sorted(mail.to[0] for mail in Email.objects.all()) == [
        f"jo{number}@example.com" for number in range(3)
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_address_that_asks_many_times_at_once_waits_once():
    pack = make_variant(on_hand=0)
    at_once(
        [
            lambda sender=f"10.0.{number}.0": back_in_stock.ask(
                variant=pack, email=JO, sender=sender, now=NOON
            )
            for number in range(back_in_stock.MAILS_PER_DAY)
        ]
    )
    assert BackInStockAlert.objects.count() == 1
    assert Email.objects.count() == back_in_stock.MAILS_PER_DAY
