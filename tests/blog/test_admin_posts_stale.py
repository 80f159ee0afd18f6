"""Two people at one post: the second save is refused, shows both texts, and loses nothing."""

import pytest

from blog import publishing
from tests.blog import editor
from tests.blog.making import make_person, make_post
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return editor.staff("ann", "Author")


@pytest.fixture
def bob():
    return editor.staff("bob", "Author")


def test_a_stale_save_changes_nothing_and_shows_both_texts(ann, bob):
    post = make_post()
    mine = editor.opened(ann, post) | {"summary": "Mine is best."}
    mine = editor.add_row(mine, "takeaways", text="And this.")
    editor.save(bob, post, editor.opened(bob, post) | {"summary": "His is better."})
    answer = editor.save(ann, post, mine)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "bob saved this post" in page
    assert "<del>His</del>" in page
    assert "<ins>And this.</ins>" in page
    assert answer.context["adminform"].form["summary"].value() == "Mine is best."
    post.refresh_from_db()
    assert (post.summary, post.version, post.takeaways.count()) == ("His is better.", 2, 1)


def test_mine_goes_on_top_of_theirs_when_i_say_so(ann):
    post = make_post(body="<p>Eggs.</p>")
    mine = editor.opened(ann, post) | {"summary": "Mine is best."}
    # All rows of the post are made anew by this, so those of the form are gone.
    publishing.restore(post, post.revisions.first(), by="bob", now=NOON)
    shown = editor.save(ann, post, mine)
    assert shown.context["stale"].version == 2

    again = editor.fields_of(shown)
    assert editor.save(ann, post, again).status_code == 200
    post.refresh_from_db()
    assert post.version == 2

    assert editor.save(ann, post, again | {"keep_mine_over": "2"}).status_code == 302
    post.refresh_from_db()
    assert (post.summary, post.version) == ("Mine is best.", 3)
    was, now = post.revisions.get(number=1).snapshot, post.revisions.get(number=3).snapshot
    assert now == was | {"summary": "Mine is best."}


def test_keeping_mine_is_refused_again_when_there_is_a_newer_one(ann, bob):
    post = make_post()
    mine = editor.opened(ann, post) | {"summary": "Mine is best."}
    editor.save(bob, post, editor.opened(bob, post))
    shown = editor.fields_of(editor.save(ann, post, mine))
    editor.save(bob, post, editor.opened(bob, post))

    answer = editor.save(ann, post, shown | {"keep_mine_over": "2"})
    assert answer.context["stale"].version == 3
    post.refresh_from_db()
    assert post.version == 3


@pytest.mark.parametrize("version", ["", "x", "9" * 5000])
def test_a_form_that_does_not_say_what_it_was_opened_with_is_refused(ann, version):
    post = make_post()
    data = editor.opened(ann, post) | {"opened_version": version}

    assert editor.save(ann, post, data).context["stale"]
    assert post.revisions.count() == 1


def test_two_of_one_person_are_refused_also_on_top(ann, bob):
    person = make_person()
    post = make_post(authors=[person])
    mine = editor.add_row(editor.opened(ann, post), "author_rows", person=person.pk)
    editor.save(bob, post, editor.opened(bob, post))
    shown = editor.fields_of(editor.save(ann, post, mine))

    answer = editor.save(ann, post, shown | {"keep_mine_over": "2"})
    assert answer.status_code == 200
    assert "duplicate" in answer.content.decode()
    assert post.author_rows.count() == 1
    assert post.revisions.count() == 2
