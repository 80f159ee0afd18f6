"""The panel beside the form: it says what stands in the way, and changes nothing."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.models import Post, Revision
from tests.blog import editor
from tests.blog.making import make_person, make_post, make_published_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return editor.staff("ann", "Author")


def look(client, post, data):
    return client.post(editor.address("readiness", post.pk if post else 0), data)


def test_what_is_typed_is_looked_at_and_nothing_is_written(ann):
    post = make_post()
    data = editor.opened(ann, post) | {"summary": "B12 cures anemia.", "title": ""}
    data = editor.add_row(data, "takeaways", text="Typed, not saved, and it cures anemia too.")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = look(ann, post, data)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<q>B12 cures anemia.</q>" in page
    assert "Typed, not saved" in page
    assert "Give it a title." in page
    assert 'href="#id_title"' in page
    written = [
        one["sql"]
        for one in queries
        if not one["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))
    ]
    assert written == []
    assert len(queries) < 60
    assert Revision.objects.count() == 1
    post.refresh_from_db()
    assert (post.version, post.title.startswith("Where")) == (1, True)


def test_a_post_that_is_not_stored_yet_is_looked_at_too(ann):
    data = editor.opened(ann) | {"title": "On eggs", "body": "<p>B12 cures anemia.</p>"}
    data = editor.add_row(data, "author_rows", person=make_person().pk)
    page = look(ann, None, data).content.decode()

    assert "<q>B12 cures anemia.</q>" in page
    assert "Ask to let this sentence stand" not in page
    assert "Say who wrote it." not in page
    assert not Post.objects.exists()


@pytest.mark.parametrize("nonsense", ["x", "99999999", "-1"])
def test_nonsense_in_the_form_breaks_nothing(ann, nonsense):
    post = make_post()
    names = (
        "tags",
        "main_picture",
        "series",
        "series_part",
        "opened_version",
        "author_rows-0-person",
    )
    data = editor.opened(ann, post) | dict.fromkeys(names, nonsense)

    assert look(ann, post, data).status_code == 200
    assert Revision.objects.count() == 1


def test_without_javascript_a_button_looks_and_saves_nothing(ann):
    post = make_post()
    data = editor.opened(ann, post) | {"summary": "B12 cures anemia.", "_check": "1"}
    answer = editor.save(ann, post, data)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing of it is saved yet." in page
    assert page.count("B12 cures anemia.") >= 2
    assert not answer.context["errors"]
    assert Revision.objects.count() == 1
    assert (
        editor.save(ann, None, editor.opened(ann) | {"title": "A", "_check": "1"}).status_code
        == 200
    )
    assert Post.objects.count() == 1


def test_the_panel_says_who_can_let_a_sentence_stand(ann):
    post = make_post(summary="B12 cures anemia.")
    page = ann.get(editor.address("change", post.pk)).content.decode()

    assert "Claims that we may not make" in page
    assert "/ask/?subject=blog.post" in page


def test_a_sentence_is_listed_once_with_all_that_was_found_in_it(ann):
    post = make_post(summary="Our patch cures multiple sclerosis.")
    answer = ann.get(editor.address("change", post.pk))

    page, (claim,) = answer.content.decode(), answer.context["panel"].claims
    assert page.count("<q>Our patch cures multiple sclerosis.</q>") == 1
    assert [kind for kind, _ in claim.found] == ["Disease treatment", "Cure"]
    assert page.count("Ask to let this sentence stand") == 2
    # The sentence, and the review that is missing.
    assert answer.context["panel"].blocking_count == 2


def test_the_panel_shows_how_search_engines_may_show_the_post(ann):
    post = make_post(slug="on-eggs")
    data = editor.opened(ann, post) | {
        "meta_title": "What eggs hold of vitamin B12, and how much of that people take up",
        "meta_description": "What a trial found.",
    }
    typed = look(ann, post, data).context["panel"].snippet
    assert typed.title == "What eggs hold of vitamin B12, and how much of that people…"
    assert (typed.address, typed.words) == (
        "localhost:8000 › blog › on-eggs",
        "What a trial found.",
    )

    plain = look(ann, post, data | {"meta_title": "", "meta_description": ""})
    assert plain.context["panel"].snippet.title == post.title
    assert plain.context["panel"].snippet.words == post.summary
    assert f'<p class="panel-snippet-title">{post.title}</p>' in plain.content.decode()


@pytest.mark.parametrize("group", ["Reviewer", "Order desk"])
def test_who_may_not_change_a_post_may_not_try_it_out(group):
    client, post = editor.staff("rita", group), make_post()

    assert look(client, post, {"title": "x"}).status_code == 403
    assert look(client, None, {"title": "x"}).status_code == 403


def test_an_author_does_not_try_out_what_is_published(ann):
    assert look(ann, make_published_post(), {"title": "x"}).status_code == 403
    assert ann.get(editor.address("readiness", 0)).status_code == 405


def test_only_the_form_lets_a_script_of_its_own_run(ann):
    post = make_post()
    form = ann.get(editor.address("change", post.pk))
    nonce = form["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]

    assert nonce
    assert re.search(
        rf'<script [^>]*nonce="{re.escape(nonce)}"[^>]*>{{"imports"', form.content.decode()
    )
    assert "unsafe" not in form["Content-Security-Policy"]
    for other in ("publishing_page", "revisions"):
        assert "nonce" not in ann.get(editor.address(other, post.pk))["Content-Security-Policy"]
