"""A post as data: complete, cheap to take, and good to put back."""

import json

import pytest

from blog import snapshots
from blog.models import Post, PostAuthor, PostReference, Series
from tests.blog.making import (
    add_read_more,
    make_person,
    make_picture,
    make_post,
    make_reference,
    make_tag,
)

pytestmark = pytest.mark.django_db


def make_rich_post():
    series = Series.objects.create(name="From plate to blood", slug="from-plate-to-blood")
    shown = make_picture(title="Carriers", caption="Two carriers.", credit="Jo")
    post = make_post(
        body=f'<p>Text [ref:{{key}}].</p><figure><img src="{shown.get_absolute_url()}" alt="Two cups">'
        "<figcaption>As drawn.</figcaption></figure>",
        authors=[make_person(name="Zoe"), make_person(name="Abe")],
        tags=[make_tag("Dementia", is_disease=True), make_tag("brain fog")],
        series=series,
        series_part=2,
        read_more_heading="Read more about food:",
        social_picture=make_picture(),
    )
    add_read_more(post, "second", "first")
    return post


def test_a_snapshot_holds_everything_in_its_order():
    post = make_rich_post()
    shown = post.body_pictures.get()

    taken = snapshots.take(post)

    assert (taken["schema"], taken["title"], taken["slug"]) == (1, post.title, post.slug)
    assert [row["name"] for row in taken["authors"]] == ["Zoe", "Abe"]
    assert [(row["name"], row["is_disease"]) for row in taken["tags"]] == [
        ("brain fog", False),
        ("Dementia", True),
    ]
    assert taken["questions"] == [
        {"question": "Is it in fruit?", "answer": "<p>No, it is not.</p>"}
    ]
    assert taken["takeaways"] == ["It comes from food of animal origin."]
    assert taken["read_more"] == ["second", "first"]
    assert taken["series"] == {
        "slug": "from-plate-to-blood",
        "name": "From plate to blood",
        "part": 2,
    }
    assert taken["body_pictures"] == [shown.digest]
    assert set(taken["pictures"]) == {
        shown.digest,
        post.main_picture.digest,
        post.social_picture.digest,
    }
    assert taken["pictures"][shown.digest] == {
        "title": "Carriers",
        "alt": "A plate with salmon, two eggs and a glass of milk",
        "is_decorative": False,
        "caption": "Two carriers.",
        "credit": "Jo",
        "license": "own",
    }


def test_a_snapshot_survives_being_stored():
    taken = snapshots.take(make_rich_post())

    assert json.loads(json.dumps(taken)) == taken


def test_taking_costs_the_same_however_much_there_is(django_assert_max_num_queries):
    post = make_rich_post()
    for position in range(20):
        PostReference.objects.create(post=post, reference=make_reference(), position=position)
        PostAuthor.objects.create(post=post, person=make_person(), position=position)
        post.tags.add(make_tag())
    fresh = Post.objects.get()

    with django_assert_max_num_queries(11):
        taken = snapshots.take(fresh)

    assert len(taken["references"]) == 21


def test_many_posts_cost_one_query_each(django_assert_num_queries):
    for _ in range(3):
        make_post()
    posts = list(Post.objects.prefetch_related(*snapshots.PARTS))

    with django_assert_num_queries(3):
        assert len([snapshots.take(post) for post in posts]) == 3


def test_what_was_taken_can_be_put_back():
    post = make_rich_post()
    taken = snapshots.take(post)
    post.title = post.summary = post.body = "Nothing"
    post.main_picture = post.social_picture = post.series = post.series_part = None
    post.save()
    for rows in (post.author_rows, post.reference_rows, post.questions, post.read_more):
        rows.all().delete()
    post.tags.set([make_tag()])
    post.body_pictures.clear()

    assert snapshots.apply(post, taken) == []

    assert snapshots.take(Post.objects.get()) == taken
    assert [picture.digest for picture in post.body_pictures.all()] == taken["body_pictures"]


def test_what_is_gone_stays_gone_and_is_named():
    post = make_rich_post()
    taken = snapshots.take(post)
    post.tags.get(name="brain fog").delete()
    other = make_post(slug="other", series=post.series)
    Post.objects.filter(pk=post.pk).update(slug="moved", series_part=None)
    Post.objects.filter(pk=other.pk).update(slug=taken["slug"], series_part=2)

    lost = snapshots.apply(Post.objects.get(pk=post.pk), taken)

    assert lost == [
        f"address {taken['slug']}",
        "part 2 of From plate to blood",
        f"tag {taken['tags'][0]['slug']}",
    ]
    post.refresh_from_db()
    assert (post.slug, post.series_part) == ("moved", None)
    assert [tag.name for tag in post.tags.all()] == ["Dementia"]


def test_unclean_text_in_a_snapshot_is_cleaned_when_it_is_put_back():
    post = make_post()
    taken = snapshots.take(post) | {
        "body": "<p>Text<script>alert(1)</script></p>",
        "questions": [{"question": "Q?", "answer": "<p onclick='x()'>A</p>"}],
    }

    snapshots.apply(post, taken)

    assert Post.objects.get().body == "<p>Text</p>"
    assert post.questions.get().answer == "<p>A</p>"


def test_what_is_typed_is_described_by_the_pictures_of_the_library(django_assert_num_queries):
    picture = make_picture(alt="A cup")
    typed = snapshots.take(make_post()) | {
        "body": f'<img src="{picture.get_absolute_url()}" alt="">',
        "main_picture": "",
    }

    with django_assert_num_queries(1):
        completed = snapshots.complete(typed)

    assert completed["body_pictures"] == [picture.digest]
    assert [row["alt"] for row in completed["pictures"].values()] == ["A cup"]


@pytest.mark.parametrize(
    ("change", "is_noticed"),
    [
        ({"title": "Other"}, True),
        ({"summary": "Other"}, True),
        ({"body": "<p>Other [ref:r1].</p>"}, True),
        ({"takeaways": ["Other"]}, True),
        ({"questions": []}, True),
        ({"references": []}, True),
        ({"main_picture": "0" * 20}, True),
        ({"slug": "other"}, False),
        ({"tags": []}, False),
        ({"meta_title": "Other"}, False),
        ({"read_more": []}, False),
        ({"pictures": {}}, False),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else str(value),
)
def test_what_counts_as_the_words_that_readers_read(change, is_noticed):
    taken = snapshots.take(make_rich_post())

    changed = snapshots.readers_words(taken) != snapshots.readers_words(taken | change)

    assert changed is is_noticed
