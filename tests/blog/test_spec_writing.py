"""What staff are promised while they write and no other test looks at: issue 4, section 1."""

import pytest
from django.core import serializers
from django_prose_editor.config import allowlist_from_extensions
from lxml import html

from blog.importing.slugs import slug_of
from blog.models import Post, Question
from blog.prose import ATTRIBUTES, EXTENSIONS, TAGS, clean_prose
from blog.rendering.compiling import compiled
from tests.blog import editor
from tests.blog.making import make_picture, make_post, make_reference
from tests.blog.test_readiness_words import article
from tests.factories import NOON

pytestmark = pytest.mark.django_db

EVIL = '<p onclick="x()">Eggs.</p><script>alert(1)</script><img src="https://evil.example/x.png">'


@pytest.fixture
def ann():
    return editor.staff("ann", "Author")


def created(body):
    return Post.objects.create(title="A", slug="a", body=body)


def created_in_bulk(body):
    return Post.objects.bulk_create([Post(title="A", slug="a", body=body)])[0]


def got_or_created(body):
    return Post.objects.get_or_create(slug="a", defaults={"title": "A", "body": body})[0]


def loaded(body):
    row = Post(pk=7, title="A", slug="a", body=body, created_at=NOON, updated_at=NOON)
    fixture = serializers.serialize("json", [row])
    for row in serializers.deserialize("json", fixture):
        row.save()
    return Post.objects.get()


@pytest.mark.parametrize("store", [created, created_in_bulk, got_or_created, loaded])
def test_a_text_is_clean_whoever_stores_it(store):
    post = store(EVIL)

    post.refresh_from_db()
    assert post.body == "<p>Eggs.</p>"
    question = Question.objects.create(post=post, question="What?", answer=EVIL)
    question.refresh_from_db()
    assert question.answer == "<p>Eggs.</p>"


def test_what_got_past_every_save_is_cleaned_again_before_it_is_shown():
    post = created("<p>Eggs.</p>")
    Post.objects.filter(pk=post.pk).update(body=EVIL)
    post.refresh_from_db()

    assert "<script>" in post.body
    assert compiled(post.body).pieces == ("<p>Eggs.</p>",)


def test_the_editor_can_make_nothing_that_the_cleaning_does_not_know():
    """One list of extensions drives the editor. A name that it does not know would raise KeyError here."""
    allowed = allowlist_from_extensions(EXTENSIONS)

    assert allowed["tags"] <= TAGS
    assert TAGS - allowed["tags"] == {"caption"}  # of tables, from imports
    assert {"h1", "script", "iframe", "svg", "style"} & TAGS == set()
    for tag, names in ATTRIBUTES.items():
        assert names <= set(allowed["attributes"][tag])


@pytest.mark.parametrize(
    "src",
    [
        "https://elsewhere.example/x.png",
        "//elsewhere.example/x.png",
        "/media/blog/x.png",
        "data:image/png;base64,AAAA",
        "x",
    ],
)
def test_a_text_shows_pictures_of_the_library_only(src):
    ours = f'<img src="{make_picture().get_absolute_url()}" alt="Eggs">'

    assert clean_prose(f'<p>Two: <img src="{src}" alt="x">{ours}</p>') == f"<p>Two: {ours}</p>"


def test_the_panel_beside_the_text_tells_all_that_was_found(ann):
    post, bare = make_post(), make_picture(alt="", credit="", license="cc-by")
    cited = make_reference()
    body = (
        f"<h2>What is in an egg?</h2><h3></h3>{article('burning tongue', 12, 900)}"
        f'<p>Studies show it. Or [ref:lost]. See <a href="/no-such-page/">this list of foods</a>.</p>'
        f'<figure><img src="{bare.get_absolute_url()}" alt=""></figure><p>B12 cures anemia.</p>'
    )
    data = editor.opened(ann, post) | {"body": body}
    data = editor.add_row(data, "reference_rows", reference=cited.pk)

    answer = ann.post(editor.address("readiness", post.pk), data)

    panel = html.fromstring(answer.content.decode())
    said = " ".join(panel.text_content().split())
    for told in (
        "things to settle",
        "words · 4 minutes to read · reading grade",
        "Claims that we may not make",
        "B12 cures anemia.",
        "burning tongue",
        "12 times in",
        "Studies show it.",
        f"Picture “{bare}”: Say what the picture shows",
        f"Picture “{bare}”: say who made it.",
        "[ref:lost] cites a source that is not among the post's references.",
        f"The reference {cited.key} is cited nowhere",
        "leads to /no-such-page/, where there is nothing",
        "What is in an egg?",
        "(empty)",
    ):
        assert told in said


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        (
            "Sore Burning Tongue, Dry Mouth, and Weird Tastes- What's the Cause?",
            "sore-burning-tongue-dry-mouth-and-weird-tastes-whats-the-cause",
        ),
        ("Sore Tongue: “Is it You’re B12?”", "sore-tongue-is-it-youre-b12"),
        ("Is Pernicious Anemia or MS? Part 3!", "is-pernicious-anemia-or-ms-part-3"),
    ],
)
def test_an_address_is_made_of_a_title_as_the_old_blog_made_it(ann, title, slug):
    editor.save(ann, None, editor.opened(ann) | {"title": title})

    assert Post.objects.get().slug == slug
    assert slug_of(title) == slug
