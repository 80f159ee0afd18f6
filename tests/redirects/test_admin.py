"""Redirects and lost addresses in the admin."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from redirects import known_paths
from redirects.models import NotFound, Redirect
from tests.factories import make_staff
from tests.orders.admin_steps import words_of
from tests.redirects.rows import GONE, PERMANENT, TEMPORARY, make_lost, make_redirect, ways

pytestmark = pytest.mark.django_db

REDIRECTS, LOST = "/admin/redirects/redirect/", "/admin/redirects/notfound/"
KEEPER = tuple(f"redirects.{verb}_redirect" for verb in ("view", "add", "change", "delete"))
THERE, ALSO_THERE = "/order-status/", "/cart/"


def log_in(*permissions):
    user = make_staff(*permissions)
    browser = Client()
    browser.force_login(user)
    return browser, user


@pytest.fixture
def keeper():
    return log_in(*KEEPER, "redirects.view_notfound", "redirects.change_notfound")[0]


def send(browser, page="add/", **typed):
    data = {"old_path": "/old/", "new_path": THERE, "kind": PERMANENT, "note": "", **typed}
    return browser.post(REDIRECTS + page, data)


def test_staff_make_a_redirect_and_visitors_are_led():
    browser, user = log_in(*KEEPER)
    response = send(browser, note="Printed on the leaflet")

    assert response.status_code == 302
    row = Redirect.objects.get()
    assert (row.old_path, row.new_path, row.source) == ("/old", THERE, "staff")
    assert (row.created_by, row.note) == (user.get_username(), "Printed on the leaflet")
    assert row.history.get().history_user == user
    assert "Visitors see it within a minute." in words_of(browser.get(REDIRECTS))
    assert Client().get("/old/")["Location"] == THERE


def test_staff_may_lead_to_another_site(keeper):
    send(keeper, new_path="https://example.org/b12/")

    assert ways() == {"/old": "https://example.org/b12/"}


def test_a_redirect_to_an_old_address_leads_to_its_end(keeper):
    make_redirect("/middle/", THERE)
    send(keeper, new_path="/middle/")

    assert ways()["/old"] == THERE


@pytest.mark.parametrize(
    ("typed", "field", "reason"),
    [
        ({"old_path": "old"}, "old_path", "begins with a slash"),
        ({"old_path": "/old/?p=1"}, "old_path", "what follows a ? or #"),
        ({"old_path": THERE}, "old_path", "There is a page at this address"),
        ({"old_path": "/known/"}, "old_path", "There is a redirect from this address already"),
        ({"old_path": "/back/", "new_path": "/end/"}, "new_path", "would lead back to itself"),
        ({"new_path": "/old/"}, "new_path", "There is no page at this address."),
        ({"new_path": "/nowhere/"}, "new_path", "There is no page at this address."),
        ({"new_path": "/gone/"}, "new_path", "The page at this address is gone."),
        ({"new_path": "//example.org/"}, "new_path", "begins with one slash"),
        ({"new_path": "http://example.org/"}, "new_path", "begins with https://"),
        ({"new_path": ""}, "new_path", "Give the new address"),
        ({"kind": GONE}, "new_path", "leave this empty"),
        ({"kind": "perhaps"}, "kind", "not one of the available choices"),
    ],
)
def test_what_cannot_be_gets_a_word_beside_its_field_and_changes_nothing(
    keeper, typed, field, reason
):
    make_redirect("/known/", THERE)
    make_redirect("/end/", "/back/")
    make_redirect("/gone/")
    before = ways()
    response = send(keeper, **typed)
    form = response.context["adminform"].form

    assert response.status_code == 200
    assert list(form.errors) == [field]
    assert reason in form.errors[field][0]
    assert form["new_path"].value() == typed.get("new_path", THERE)
    assert ways() == before


def test_both_addresses_are_looked_at_when_both_are_wrong(keeper):
    form = send(keeper, old_path="old", new_path="/nowhere/").context["adminform"].form

    assert list(form.errors) == ["old_path", "new_path"]
    assert (form["old_path"].value(), form["new_path"].value()) == ("old", "/nowhere/")


def test_a_redirect_is_changed_but_its_old_address_stays(keeper):
    row = make_redirect("/old/", THERE)
    send(keeper, f"{row.pk}/change/", old_path="/other/", new_path=ALSO_THERE, kind=TEMPORARY)

    assert ways() == {"/old": ALSO_THERE}
    row.refresh_from_db()
    assert (row.kind, row.target_key, row.history.count()) == (TEMPORARY, "/cart", 2)


def test_a_moved_page_may_be_gone_later_and_come_back(keeper):
    row = make_redirect("/old/", THERE)
    send(keeper, f"{row.pk}/change/", new_path="", kind=GONE)
    assert Client().get("/old/").status_code == 410

    send(keeper, f"{row.pk}/change/", new_path=THERE)
    assert ways() == {"/old": THERE}
    response = keeper.post(f"{REDIRECTS}{row.pk}/delete/", {"post": "yes"})
    assert (response.status_code, ways()) == (302, {})
    assert Redirect.history.filter(id=row.pk).first().history_type == "-"


def test_the_history_tells_who_led_where_and_an_earlier_way_can_be_taken_again(keeper):
    row = make_redirect("/old/", THERE)
    send(keeper, f"{row.pk}/change/", new_path=ALSO_THERE, note="The cart is better")
    earlier = f"{REDIRECTS}{row.pk}/history/{row.history.earliest().pk}/"
    page = keeper.get(f"{REDIRECTS}{row.pk}/history/")
    assert page.status_code == 200
    assert "The cart is better" in words_of(page)
    assert keeper.get(earlier).status_code == 200

    keeper.post(earlier, {"new_path": THERE, "kind": PERMANENT, "note": ""})
    assert ways() == {"/old": THERE}
    assert row.history.count() == 3


def test_who_may_only_look_changes_nothing():
    row = make_redirect("/old/", THERE)
    make_lost("/lost")
    browser, _ = log_in("redirects.view_redirect", "redirects.view_notfound")

    assert browser.get(REDIRECTS).status_code == browser.get(LOST).status_code == 200
    assert browser.get(f"{REDIRECTS}{row.pk}/change/").status_code == 200
    assert browser.get(f"{REDIRECTS}import/").status_code == 403
    assert send(browser).status_code == 403
    assert send(browser, f"{row.pk}/change/", new_path=ALSO_THERE).status_code == 403
    for text in (words_of(browser.get(REDIRECTS)), words_of(browser.get(LOST))):
        assert "Import from CSV" not in text
        assert "Make a redirect" not in text
        assert "Ignore" not in text.replace("Ignored", "")
    assert ways() == {"/old": THERE}


def test_somebody_else_sees_none_of_it():
    browser, _ = log_in("orders.view_order")

    for page in (REDIRECTS, LOST, f"{REDIRECTS}import/", f"{REDIRECTS}export/"):
        assert browser.get(page).status_code == 403


def test_a_lost_address_is_made_a_redirect_and_leaves_the_list(keeper, monkeypatch):
    monkeypatch.setattr(known_paths, "_sources", [lambda: [THERE]])
    make_lost("/order-statis", hits=7, referrer_host="localhost")
    make_lost("/rare?", hits=1)
    page = keeper.get(LOST)
    text = words_of(page)

    assert text.index("/order-statis") < text.index("/rare?")
    assert "localhost (our own page)" in text
    links = re.findall(r'href="(/admin/redirects/redirect/add/[^"]+)"', page.content.decode())
    assert [html.unescape(link) for link in links] == [
        f"{REDIRECTS}add/?old_path=%2Forder-statis&new_path=%2Forder-status%2F",
        f"{REDIRECTS}add/?old_path=%2Frare%253F&new_path=",
    ]
    form = keeper.get(html.unescape(links[0])).context["adminform"].form
    assert (form["old_path"].value(), form["new_path"].value()) == ("/order-statis", THERE)
    send(keeper, old_path=form["old_path"].value(), new_path=form["new_path"].value())
    assert [row.path for row in NotFound.objects.all()] == ["/rare?"]


def lost_on(browser, query=""):
    return [row.path for row in browser.get(LOST + query).context["cl"].result_list]


def test_an_ignored_address_leaves_the_list_and_can_come_back(keeper):
    rows = [make_lost("/one", hits=2), make_lost("/two")]
    chosen = {"_selected_action": [rows[0].pk]}
    keeper.post(LOST, {"action": "ignore", **chosen})
    assert lost_on(keeper) == ["/two"]
    assert lost_on(keeper, "?state=ignored") == ["/one"]
    assert lost_on(keeper, "?state=all") == ["/one", "/two"]

    keeper.post(f"{LOST}?state=ignored", {"action": "stop_ignoring", **chosen})
    assert lost_on(keeper) == ["/one", "/two"]


def test_dead_links_of_our_own_are_told_from_others(keeper):
    for path, host in (("/a", "localhost"), ("/b", "example.org"), ("/c", "")):
        make_lost(path, referrer_host=host)

    assert lost_on(keeper, "?linked=own") == ["/a"]
    assert lost_on(keeper, "?linked=others") == ["/b"]
    assert lost_on(keeper, "?linked=none") == ["/c"]


def queries_of(browser, page):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(page).status_code == 200
    return len(queries)


def test_the_lists_ask_as_much_for_many_rows_as_for_few(keeper):
    def both():
        return queries_of(keeper, LOST), queries_of(keeper, REDIRECTS)

    make_lost("/lost-0")
    make_redirect("/old-0/", THERE)
    few = both()
    for number in range(1, 20):
        make_lost(f"/lost-{number}")
        make_redirect(f"/old-{number}/", THERE)
    assert both() == few


def upload(browser, text, **fields):
    file = SimpleUploadedFile("redirects.csv", text.encode("cp1252"))
    return browser.post(f"{REDIRECTS}import/", {"file": file, **fields})


def test_a_file_is_looked_at_and_then_imported(keeper):
    make_redirect("/before/", "/a/")
    response = upload(keeper, f"old;new\n/a/;{THERE}\n/café/;{THERE}\n")
    text = words_of(response)

    assert "2 added, 0 changed, 0 same, 0 refused. Nothing is stored yet." in text
    assert "2 added /a → /order-status/ (301)" in text
    assert "/before leads on to /order-status/" in text
    assert ways() == {"/before": "/a/"}
    kept = re.search(r'name="text" value="([^"]+)"', response.content.decode())
    data = {"text": html.unescape(kept[1]), "confirmed": "1"}
    done = keeper.post(f"{REDIRECTS}import/", data, follow=True)
    assert "The file is imported: 2 added, 0 changed" in words_of(done)
    assert ways() == {"/a": THERE, "/before": THERE, "/café": THERE}


def test_a_file_with_a_refused_line_changes_nothing_even_when_confirmed(keeper):
    text = f"old,new\n/a/,{THERE}\n/b/,/nowhere/\n"
    shown = words_of(upload(keeper, text))
    assert "Line 3, refused: /b/. There is no page at /nowhere/." in shown
    assert "1 added, 0 changed, 0 same, 1 refused." in shown

    keeper.post(f"{REDIRECTS}import/", {"text": text, "confirmed": "1"})
    assert ways() == {}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "Choose a file."),
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x00")}, "This is no CSV file."),
        ({"text": "who,what"}, "The first line must name the columns"),
        ({"text": "who,what", "confirmed": "1"}, "The first line must name the columns"),
    ],
)
def test_what_is_no_file_of_redirects_gets_a_word(keeper, data, problem):
    response = keeper.post(f"{REDIRECTS}import/", data)

    assert response.status_code == 200
    assert problem in words_of(response)


def test_all_or_some_are_downloaded(keeper):
    rows = [make_redirect("/a/", THERE), make_redirect("/b/")]
    everything = keeper.get(f"{REDIRECTS}export/")
    assert everything["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="redirects.csv"' in everything["Content-Disposition"]
    assert len(everything.content.splitlines()) == 3

    some = keeper.post(REDIRECTS, {"action": "download_csv", "_selected_action": [rows[1].pk]})
    assert some.content.decode().splitlines()[1:] == ["/b,,gone,staff,,0,,ana"]


def test_old_addresses_are_searched_and_sorted_into_kinds(keeper):
    make_redirect("/a/", THERE)
    make_redirect("/b/")

    def found(query):
        return [row.old_path for row in keeper.get(REDIRECTS + query).context["cl"].result_list]

    assert found("?q=order-status") == ["/a"]
    assert found("?kind__exact=gone") == ["/b"]
    assert found("?source__exact=csv") == []
