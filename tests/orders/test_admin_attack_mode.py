"""Attack mode for staff: what the list says, who may switch it, and that a stale form does nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import attack_mode
from orders.models import AttackMode
from tests.factories import make_staff
from tests.orders.admin_steps import log_in, words_of

pytestmark = pytest.mark.django_db

LIST = "/admin/orders/attackmode/"
SWITCH = f"{LIST}switch/"
SEE, MAY = "orders.view_attackmode", "orders.switch_attackmode"


def make_mode(**fields) -> AttackMode:
    now = timezone.now()
    return AttackMode.objects.create(
        **{
            "is_automatic": True,
            "started_at": now,
            "alarmed_at": now,
            "start_reason": "25 cards declined within 30 minutes",
            **fields,
        }
    )


def make_past(**fields) -> AttackMode:
    fields = {"end_reason": "Quiet for 60 minutes", **fields}
    return make_mode(is_on=False, ended_at=timezone.now(), **fields)


def test_it_is_switched_on_and_off_with_a_reason_and_both_stay_on_record():
    client, user = log_in(SEE, MAY)
    assert "Attack mode is off." in words_of(client.get(LIST))
    assert "Switch attack mode on" in words_of(client.get(SWITCH))

    said = words_of(client.post(SWITCH, {"reason": "Stripe warned us"}, follow=True))

    assert "Attack mode is on." in said
    assert "Stripe warned us" in said
    assert attack_mode.sends_links()
    page = words_of(client.get(SWITCH))
    assert "It has been on since" in page

    said = words_of(client.post(SWITCH, {"reason": "It is over", "is_on": "on"}, follow=True))

    assert "Attack mode is off." in said
    assert not attack_mode.sends_links()
    mode = AttackMode.objects.get()
    assert (mode.started_by, mode.start_reason) == (user, "Stripe warned us")
    assert (mode.ended_by, mode.end_reason) == (user, "It is over")
    said = words_of(client.get(LIST))
    assert f"{user}: Stripe warned us" in said
    assert f"{user}: It is over" in said
    assert " Over " in said


def test_what_went_by_itself_says_so():
    client, _ = log_in(SEE)
    make_past()
    said = words_of(client.get(LIST))
    assert "By itself: 25 cards declined within 30 minutes" in said
    assert "By itself: Quiet for 60 minutes" in said


@pytest.mark.parametrize("typed", ["", "   ", "x" * 201], ids=len)
def test_without_a_reason_nothing_is_switched(typed):
    client, _ = log_in(SEE, MAY)
    page = words_of(client.post(SWITCH, {"reason": typed}))
    assert ("Say why." in page) == (not typed.strip())
    assert "Switch attack mode on" in page
    assert not AttackMode.objects.exists()


@pytest.mark.parametrize("was_on", [True, False])
def test_a_form_from_before_somebody_else_switched_it_does_nothing(was_on):
    client, _ = log_in(SEE, MAY)
    mode = make_past() if was_on else make_mode()
    typed = {"reason": "Too late", **({"is_on": "on"} if was_on else {})}

    said = words_of(client.post(SWITCH, typed, follow=True))

    assert f"Attack mode is {'off' if was_on else 'on'} already." in said
    assert "Too late" not in said
    assert AttackMode.objects.get() == mode


@pytest.mark.parametrize(
    ("permissions", "list_status", "switch_status"),
    [((), 403, 403), ((SEE,), 200, 403), ((MAY,), 403, 200), ((SEE, MAY), 200, 200)],
)
def test_who_may_see_it_and_who_may_switch_it(permissions, list_status, switch_status):
    client, _ = log_in(*permissions)
    page = client.get(LIST)
    assert page.status_code == list_status
    assert (SWITCH in page.content.decode()) == (permissions == (SEE, MAY))
    assert client.get(SWITCH).status_code == switch_status

    answer = client.post(SWITCH, {"reason": "Because"})

    assert answer.status_code == (403 if switch_status == 403 else 302)
    assert AttackMode.objects.exists() == (switch_status == 200)
    if switch_status == 200:
        assert answer["Location"] == (LIST if list_status == 200 else "/admin/")


def test_what_has_been_cannot_be_added_changed_or_deleted():
    client, _ = log_in(SEE, MAY, "orders.change_attackmode", "orders.delete_attackmode")
    mode = make_past()
    for page in (f"{mode.pk}/change/", f"{mode.pk}/delete/", "add/"):
        assert client.post(f"{LIST}{page}", {"post": "yes"}).status_code == 403
    typed = {"action": "delete_selected", "_selected_action": mode.pk, "post": "yes"}
    client.post(LIST, typed)
    assert AttackMode.objects.get() == mode


def test_the_list_asks_as_few_questions_however_long_the_history():
    client, user = log_in(SEE)
    counted = []
    for rows in (1, 5):
        for number in range(rows):
            started_at = timezone.now() - timedelta(days=number)
            make_past(started_at=started_at, started_by=user, ended_by=make_staff())
        with CaptureQueriesContext(connection) as asked:
            assert "25 cards declined" in words_of(client.get(LIST))
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 8


@pytest.mark.parametrize(("demo", "is_idle"), [(True, False), (False, True)])
def test_staff_read_that_it_changes_nothing_in_a_shop_without_mail(settings, demo, is_idle):
    settings.DEMO, settings.MAIL_DELIVERY = demo, "keep"
    client, _ = log_in(SEE)
    make_mode()
    assert ("This shop sends no mail" in words_of(client.get(LIST))) == is_idle
    hint = "on: but this shop sends no mail" if is_idle else "on: payment links go by mail only"
    assert hint in words_of(client.get("/admin/"))


def test_the_desk_sees_it_and_a_manager_switches_it():
    for name, wanted in (("Order desk", {SEE}), ("Manager", {SEE, MAY}), ("Author", set())):
        user = make_staff()
        user.groups.add(Group.objects.get(name=name))
        assert {permission for permission in (SEE, MAY) if user.has_perm(permission)} == wanted
