"""Hostile texts in every field that staff see: on no page of the admin is one more than words.

And of the same pages: who has no permission sees none and changes nothing, nothing is changed by looking,
nothing is taken from another site's form.
"""

import json
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree, html

from accounts.models import User
from blog import preview
from blog.models import ArchivedComment, PostEvent, Revision, Series, Tag
from claims import desk, nightly
from claims.models import Override, StandingFinding
from redirects.models import NotFound, Redirect
from references.models import Reference, Statement
from shop.lib.history_pages import HistoryAdmin
from tests.blog.making import add_read_more, make_published_post, make_tag, save
from tests.claims.texts import requested, text
from tests.factories import NOON, make_staff
from tests.redirects.rows import make_lost, make_redirect
from tests.references.writing import written

pytestmark = [pytest.mark.django_db, pytest.mark.markup]

HOSTILE = "\"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>"
EVIL_ADDRESS = "javascript:alert(1)//"
APPS = {"blog", "claims", "redirects", "references", "search"}
# Names by which code finds rows, and names of accounts, which hold no such signs.
KEPT = {
    *("key", "digest", "fingerprint", "subject", "field", "rule", "category", "context"),
    *("rules_version", "edit_path", "withdrawn_because"),
}
SPOILED = (Override, StandingFinding, NotFound, Redirect, Reference, Statement, PostEvent)


@pytest.fixture
def post():
    """A post with a past, and one row of everything beside it, all of them spoiled."""
    series = Series.objects.create(name="Series", slug="series")
    tags = [make_tag("One"), make_tag("Two")]
    post = make_published_post(tags=tags, series=series, series_part=1, now=NOON)
    add_read_more(post, "another")
    post.summary = "Bacteria make it. Animals eat them. People eat both."
    save(post, public_reason="wording", public_note="Clearer.")
    ArchivedComment.objects.create(post=post, legacy_id=1, text="Thanks")
    desk.allow(requested(), by="ben", now=NOON)
    requested(subject="tests.page:2")
    nightly.look_again("tests.page:3", [text(subject="tests.page:3")], NOON)
    make_redirect("/old/", "/faq/")
    make_lost("/lost", referrer_host="example.org")
    written()
    for model in (*admin.site._registry, *SPOILED):
        if model._meta.app_label in APPS:
            spoil(model)
    for rows in (post.questions, post.takeaways, post.events, post.review_records):
        spoil(rows.model)
    for revision in Revision.objects.all():
        Revision.objects.filter(pk=revision.pk).update(
            snapshot=spoiled(revision.snapshot), note=HOSTILE, public_note=HOSTILE
        )
    post.refresh_from_db()
    return post


def spoil(model):
    """Write past everything that cleans, as a restored backup or a hand in the database could."""
    for row in model._default_manager.all():
        changes = {
            field.attname: _spoiled_value(field, row.pk)
            for field in model._meta.concrete_fields
            if _is_spoiled(field)
        }
        if changes:
            model._default_manager.filter(pk=row.pk).update(**changes)


def _is_spoiled(field):
    is_text = isinstance(field, models.CharField | models.TextField)
    is_kept = field.choices or field.name in KEPT or field.name.endswith("_by")
    return is_text and not is_kept and not isinstance(field, models.SlugField)


def _spoiled_value(field, number):
    if isinstance(field, models.URLField):
        return f"{EVIL_ADDRESS}{number}"
    return f"/{number}-{field.name}{HOSTILE}"[: field.max_length]


def spoiled(value):
    """Return a snapshot with hostile words in it; what names rows stays."""
    if isinstance(value, dict):
        kept = {"slug", "key", "main_picture", "social_picture", "license"}
        return {name: one if name in kept else spoiled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [spoiled(one) for one in value]
    return f"{value} {HOSTILE}" if isinstance(value, str) else value


def paths(post):
    """Every page of the admin of these apps, of one row of each kind."""
    found = ["/admin/", f"/admin/?{urlencode({'q': HOSTILE})}"]
    for model in admin.site._registry:
        if model._meta.app_label in APPS:
            found += _paths_of(model)
    for name in ("publishing_page", "revisions"):
        found.append(reverse(f"admin:blog_post_{name}", args=[post.pk]))
    found.append(f"/admin/blog/post/{post.pk}/revisions/compare/?old=1&new=2")
    asked = {"subject": f"blog.post:{post.pk}", "field": "body", "rule": HOSTILE}
    found.append(f"/admin/claims/override/ask/?{urlencode({**asked, 'sentence': HOSTILE})}")
    return [*found, "/admin/redirects/redirect/import/", "/admin/redirects/redirect/export/"]


def _paths_of(model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    lists = reverse(f"{name}_changelist")
    found = [lists, f"{lists}?{urlencode({'q': HOSTILE})}", reverse(f"{name}_add")]
    row = model._default_manager.order_by("pk").last()
    if row is None:
        return found
    found += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")]
    if isinstance(admin.site.get_model_admin(model), HistoryAdmin):
        found.append(reverse(f"{name}_simple_history", args=[row.pk, row.history.earliest().pk]))
    return found


def faults(markup):
    """Return what of a hostile text has become more than words."""
    page = html.fromstring(markup)
    found = [etree.tostring(each)[:80] for each in page.iter("iframe", "object", "embed", "base")]
    found += page.xpath("//@*[starts-with(local-name(), 'on')]")
    found += page.xpath("//@style | //style | //meta[@http-equiv]")
    found += page.xpath("//img[@src='x']")
    for script in page.iter("script"):
        if script.get("type") in {"importmap", "application/json", "application/ld+json"}:
            json.loads(script.text)
        elif not (script.get("src") or "").startswith(("/static/", "/admin/jsi18n/")):
            found.append(etree.tostring(script)[:80])
    addresses = "//@href | //@src | //@action | //@formaction | //@srcset | //@data-readiness"
    return found + [one for one in page.xpath(addresses) if is_evil(str(one))]


def is_evil(address):
    return address.strip().lower().startswith(("javascript:", "data:", "vbscript:", "//"))


@pytest.fixture
def boss():
    client = Client()
    client.force_login(User.objects.create_superuser("boss", password="x"))
    return client


def test_such_texts_would_be_noticed():
    assert len(faults(f"<html><body><p>{HOSTILE}</p></body></html>")) == 3
    assert faults(f'<p><a href="{EVIL_ADDRESS}">x</a></p>') == [EVIL_ADDRESS]


def test_no_page_of_the_admin_runs_what_stands_in_a_field_or_changes_anything(boss, post):
    shown = 0
    for path in paths(post):
        with CaptureQueriesContext(connection) as queries:
            answer = boss.get(path)
        assert answer.status_code in {200, 403, 404}, path
        written = [one["sql"] for one in queries if is_write(one["sql"])]
        assert written == [], path
        if answer.headers["Content-Type"].startswith("text/html"):
            assert faults(answer.content) == [], path
            shown += "alert(1)" in answer.content.decode()
    # Else this test would look at pages that do not show the texts.
    assert shown > 40


def is_write(sql):
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql


def test_what_is_typed_is_not_run_where_it_is_looked_at(boss, post):
    typed = {
        "title": HOSTILE,
        "body": HOSTILE,
        "summary": f"{HOSTILE} cures anemia",
        "slug": HOSTILE,
    }
    management = {
        f"{prefix}-{name}_FORMS": 0
        for prefix in ("author_rows", "reference_rows", "questions", "takeaways", "read_more")
        for name in ("TOTAL", "INITIAL")
    }
    cell = '"' + HOSTILE.replace('"', '""') + '"'
    csv = f"old,new,kind\n/a,/faq/,{cell}\n{cell},{cell},410\n"
    answers = [
        boss.post(f"/admin/blog/post/{post.pk}/readiness/", {**typed, **management}),
        boss.post(f"/admin/blog/post/{post.pk}/change/", {**typed, **management}),
        boss.post("/admin/redirects/redirect/import/", {"text": csv}),
        boss.post("/admin/redirects/redirect/add/", {"old_path": HOSTILE, "new_path": HOSTILE}),
        boss.post(
            "/admin/blog/tag/",
            {"action": "merge", "_selected_action": Tag.objects.values_list("pk", flat=True)},
        ),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "alert(1)" in answer.content.decode()
        assert faults(answer.content) == []


def test_who_has_no_permission_sees_none_of_it_and_changes_nothing(post):
    stranger = Client()
    stranger.force_login(make_staff())

    for path in paths(post)[2:]:
        assert stranger.get(path).status_code == 403, path
        assert stranger.post(path, {"post": "yes"}).status_code in {403, 405}, path
    for path in posted(post):
        assert stranger.post(path, {"verb": "allow"}).status_code in {403, 404}, path


def test_nothing_is_taken_from_the_form_of_another_site(post, caplog):
    victim = Client(enforce_csrf_checks=True)
    victim.force_login(User.objects.create_superuser("boss", password="x"))

    for path in [*paths(post), *posted(post)]:
        caplog.clear()
        answer = victim.post(path, {"post": "yes"})
        # A view that was reached may refuse it for a reason of its own: that would be luck.
        said_why = [one for one in caplog.records if one.name == "django.security.csrf"]
        assert answer.status_code == (403 if said_why else 405), path


def posted(post):
    """The addresses that only take what is sent to them."""
    override, statement = Override.objects.last(), Statement.objects.get()
    return [
        f"/admin/blog/post/{post.pk}/readiness/",
        "/admin/blog/post/0/readiness/",
        f"/admin/blog/post/{post.pk}/revisions/1/restore/",
        f"/admin/claims/override/{override.pk}/decide/",
        "/admin/claims/standingfinding/check/",
        f"/admin/references/statement/{statement.pk}/decide/",
    ]


def test_visitors_get_the_same_texts_as_words(client, post):
    for path in (
        f"/search/?{urlencode({'q': HOSTILE})}",
        f"/blog/{HOSTILE}/",
        "/research/statements/",
        preview.preview_path(post),
    ):
        assert faults(client.get(path).content) == [], path
