"""Writing and saving: what is stored, what is refused, and that nothing typed is lost."""

import pytest
from django.contrib.admin.models import LogEntry

from blog import publishing
from blog.models import Post
from tests.blog import editor
from tests.blog.making import (
    make_person,
    make_picture,
    make_post,
    make_published_post,
    make_reference,
    make_tag,
)
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return editor.staff("ann", "Author")


@pytest.fixture
def paula():
    return editor.staff("paula", "Publisher")


def test_a_half_finished_draft_is_stored_with_all_its_rows(ann):
    person, source, tag = make_person(), make_reference(), make_tag()
    data = editor.opened(ann) | {"title": "On Eggs", "body": "<p>Eggs.</p>", "tags": [tag.pk]}
    data = editor.add_row(data, "author_rows", person=person.pk)
    data = editor.add_row(data, "reference_rows", reference=source.pk)
    data = editor.add_row(data, "questions", question="Raw?", answer="<p>No.</p>")
    data = editor.add_row(data, "takeaways", text="Second.", position=2)
    data = editor.add_row(data, "takeaways", text="Third.")
    data = editor.add_row(data, "takeaways", text="First.", position=1)
    data = editor.add_row(data, "read_more", slug="on-milk")
    answer = editor.save(ann, None, data)

    post = Post.objects.get()
    assert answer["Location"] == f"{editor.address('change', post.pk)}?saved=1"
    assert (post.slug, post.created_by, post.version) == ("on-eggs", "ann", 1)
    revision = post.revisions.get()
    assert revision.saved_by == "ann"
    assert revision.snapshot["takeaways"] == ["First.", "Second.", "Third."]
    assert revision.snapshot["authors"] == [{"slug": person.slug, "name": person.name}]
    assert revision.snapshot["questions"] == [{"question": "Raw?", "answer": "<p>No.</p>"}]
    assert revision.snapshot["references"][0]["key"] == source.key
    assert LogEntry.objects.get().object_id == str(post.pk)


def test_an_untouched_form_saves_and_changes_no_words(ann):
    post = make_post(body="<p>Eggs.</p>")
    before = post.revisions.get().snapshot
    assert editor.save(ann, post, editor.opened(ann, post)).status_code == 302

    assert post.revisions.count() == 2
    assert post.revisions.first().snapshot == before


def test_rows_are_taken_out_and_put_in_another_order(ann):
    post = make_post(authors=[make_person(name="One"), make_person(name="Two")])
    data = editor.opened(ann, post)
    data |= {"author_rows-0-position": 2, "author_rows-1-position": 1, "questions-0-DELETE": "on"}
    assert editor.save(ann, post, data).status_code == 302

    snapshot = post.revisions.first().snapshot
    assert [row["name"] for row in snapshot["authors"]] == ["Two", "One"]
    assert snapshot["questions"] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": ""}, "This field is required."),
        ({"slug": "tag"}, "is an address of the blog itself"),
        ({"slug": "2012"}, "is an address of the blog itself"),
        ({"slug": "on-milk"}, "Another post has this address."),
        ({"series_part": "2"}, "Choose the series, or leave the part empty."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(ann, change, told):
    make_post(slug="on-milk", title="On milk")
    data = editor.opened(ann) | {"title": "On eggs", "body": "<p>Typed words.</p>", **change}
    answer = editor.save(ann, None, data)

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert "Typed words." in answer.content.decode()
    assert Post.objects.count() == 1


def test_a_place_in_a_series_is_given_once(ann):
    from blog.models import Series

    series = Series.objects.create(name="Basics", slug="basics")
    first = make_post(series=series, series_part=1)
    data = editor.opened(ann) | {"title": "On eggs", "series": series.pk, "series_part": "1"}

    answer = editor.save(ann, None, data)
    told = f"“{first}” is part 1 of Basics."
    assert answer.context["adminform"].form.errors == {"series_part": [told]}


def test_what_was_taken_out_of_the_text_is_said(ann):
    ours = make_picture().get_absolute_url()
    body = (
        f'<p>Kept.</p><img src="{ours}" alt="x"><img src="https://elsewhere.example/x.png">'
        '<script>alert(1)</script><h1>Big</h1><p><a href="javascript:x">link</a></p>'
    )
    data = editor.opened(ann) | {"title": "On eggs", "body": body}
    answer = ann.post(editor.ADD, data, follow=True)

    told = [str(message) for message in answer.context["messages"]]
    assert "Removed: 1 picture from elsewhere. Posts show pictures of the library only." in told
    assert "Removed with what was in it: script." in told
    assert "Formatting that posts do not have was removed, its words stay: h1." in told
    assert any(one.startswith("Removed: 1 link to something") for one in told)
    stored = Post.objects.get().body
    assert stored == f'<p>Kept.</p><img src="{ours}" alt="x">Big<p><a>link</a></p>'


def test_a_published_post_is_saved_with_a_reason_only(paula):
    post = make_published_post()
    data = editor.opened(paula, post) | {"summary": "Bacteria make it, and nobody else."}
    refused = editor.save(paula, post, data)

    assert refused.status_code == 200
    assert set(refused.context["adminform"].form.errors) == {"public_reason", "public_note"}
    assert "nobody else." in refused.content.decode()
    post.refresh_from_db()
    assert (post.version, post.summary) == (
        1,
        "Bacteria make it. Animals take it up. People get it from food.",
    )

    said = {"public_reason": "correction", "public_note": "Nobody else makes it."}
    assert editor.save(paula, post, data | said).status_code == 302
    post.refresh_from_db()
    assert post.summary == "Bacteria make it, and nobody else."
    assert post.events.first().note == "Correction. Nobody else makes it."


def test_a_published_post_stays_ready_and_the_problem_stands_beside_its_field(paula):
    post = make_published_post()
    data = editor.opened(paula, post) | {"meta_title": "", "takeaways-0-text": "B12 cures anemia."}
    answer = editor.save(paula, post, data)

    form = answer.context["adminform"].form
    assert form.errors["meta_title"] == ["Write the meta title."]
    assert any("B12 cures anemia." in error for error in form.non_field_errors())
    assert post.takeaways.get().text == "It comes from food of animal origin."
    assert post.revisions.count() == 1
    assert not LogEntry.objects.exists()


def test_only_publishers_change_what_was_published(ann, paula):
    post = make_published_post()
    shown = ann.get(editor.address("change", post.pk))
    assert shown.status_code == 200
    assert not shown.context["has_change_permission"]
    assert "<p>Vitamin B12 is made by bacteria." in shown.content.decode()

    data = editor.opened(paula, post) | {"title": "Mine"}
    assert editor.save(ann, post, data).status_code == 403
    publishing.unpublish(post, by="paul", now=NOON, note="Wrong")
    assert editor.save(ann, post, data).status_code == 403
    post.refresh_from_db()
    assert post.title != "Mine"


def test_only_drafts_that_nobody_signed_are_deleted():
    boss = editor.staff("boss")
    draft, seen, handed_in = make_post(), make_published_post(), make_post()
    publishing.submit(handed_in, by="ann", now=NOON)
    url = editor.address("delete", seen.pk)
    assert boss.post(url, {"post": "yes"}).status_code == 403
    chosen = {
        "action": "delete_selected",
        "_selected_action": [seen.pk, handed_in.pk],
        "post": "yes",
    }
    assert boss.post(editor.address("changelist"), chosen).status_code == 403
    assert Post.objects.count() == 3

    assert boss.post(editor.address("delete", draft.pk), {"post": "yes"}).status_code == 302
    assert set(Post.objects.all()) == {seen, handed_in}


def test_a_browser_without_scripts_gets_whole_lists_and_empty_rows(ann):
    person, tag = make_person(), make_tag("Milk")
    plain = ann.get(editor.ADD, {"plain": "1"})
    page = plain.content.decode()
    assert f'<option value="{tag.pk}">Milk</option>' in page
    data = editor.fields_of(plain) | {"title": "On milk", "tags": [tag.pk]}
    data |= {"author_rows-2-person": person.pk}
    answer = ann.post(f"{editor.ADD}?plain=1", data)

    post = Post.objects.get()
    assert answer["Location"] == f"{editor.address('change', post.pk)}?plain=1"
    assert [row.person for row in post.author_rows.all()] == [person]
    assert not post.questions.exists()
