"""The shape of the original blog's posts, whole: question headings, open lists, call-outs, credits."""

import re

import pytest
from django.core.management import call_command

from blog import firewall
from blog.models import ArchivedComment, Category, Picture, Post
from redirects.models import Redirect
from tests.blog.exports import NOW, WXR, run
from tests.blog.test_import_pictures import picture_file

pytestmark = pytest.mark.django_db
FILE = WXR / "two-long-posts.xml"


@pytest.fixture
def report(tmp_path):
    picture_file(tmp_path / "2012/01/legs.jpg")
    picture_file(tmp_path / "2011/11/stair.jpg", "red")
    return run(FILE, media=tmp_path)


@pytest.fixture
def ms(report) -> Post:
    return Post.objects.get(legacy_id=9637)


@pytest.fixture
def bones(report) -> Post:
    return Post.objects.get(legacy_id=9120)


def test_the_open_list_ends_and_nothing_after_it_is_indented(ms):
    headings = re.findall(r"<h2>(.*?)</h2>", ms.body)

    assert headings == [
        "What is MS?",
        "What is B12 deficiency?",
        "What are the symptoms of multiple sclerosis?",
        "Which tests diagnose vitamin B12 deficiency?",
    ]
    assert re.findall(r"<(ol|ul)>(.*?)</\1>", ms.body) == [
        (
            "ol",
            "<li>(a) food without B12,</li><li>(b) trouble with taking it up,</li>"
            "<li>(c) some medicines.</li>",
        ),
        ("ul", "<li>blurred sight in one eye</li><li>numb patches</li>"),
        ("ul", "<li>trouble with walking</li>"),
    ]


def test_call_outs_stand_alone(ms):
    assert re.findall(r"<p>(\* .*?)</p>", ms.body) == [
        "* both conditions touch the cover of nerves, in different ways",
        "* both conditions can make people tired",
    ]


def test_spaces_and_quotes_are_even(ms, bones):
    assert "\u00a0" not in ms.body + bones.body
    assert "&nbsp;" not in ms.body + bones.body
    assert "the body’s own defenses" in ms.body


def test_read_more_becomes_links_of_ours_also_to_a_post_that_is_not_here_yet(ms, bones):
    assert ms.read_more_heading == "Read more about telling them apart:"
    assert [row.slug for row in ms.read_more.all()] == ["vitamin-b12-and-your-bones", "four-causes"]
    assert [row.slug for row in bones.read_more.all()] == ["how-do-you-tell-the-difference"]
    assert "Read more" not in ms.body + bones.body


def test_sources_stay_and_the_way_into_the_shop_does_not(ms, report):
    assert re.findall(r'href="(.*?)"', ms.body) == [
        "http://www.ncbi.nlm.nih.gov/pubmed/1",
        "https://www.ninds.nih.gov/x",
    ]
    assert "The shop’s patch is no test, and neither is this." in ms.body
    assert firewall.sale_traces(ms.body) == []
    about = "post 9637 how-do-you-tell-the-difference"
    assert report.lines[:2] == [
        f"{about}: link removed, nothing there: http://www.b12patch.com/order.html",
        f"{about}: links into the shop removed",
    ]


def test_pictures_come_with_their_captions_and_credits(ms, bones):
    assert bones.body.count("<figure>") == ms.body.count("<figure>") == 1
    assert "<figcaption>A stair</figcaption>" in bones.body
    assert Picture.objects.get(posts_shown_in=bones).credit == "starling"
    assert "credits" not in bones.body


def test_dates_summary_and_meta_texts_are_found(ms, bones):
    assert bones.publish_at.isoformat() == "2011-11-07T15:30:00+00:00"
    assert bones.summary == (
        "Bones look dead, and they are not. They are rebuilt all your life- by cells that need a lot."
    )
    assert ms.meta_description.startswith("Two conditions that begin alike")
    assert bones.legacy["sticky"] == "1"


def test_the_address_below_a_category_leads_on(ms, bones):
    assert dict(Redirect.objects.values_list("old_path", "new_path")) == {
        "/blog/autoimmune-disease/how-do-you-tell-the-difference": (
            "/blog/how-do-you-tell-the-difference/"
        )
    }
    assert '<a href="/blog/how-do-you-tell-the-difference/">this post</a>' in bones.body


def test_categories_and_comments_are_there(ms, bones):
    assert Category.objects.get(slug="bones").parent.name == "Body & Nerves"
    assert ArchivedComment.objects.get().text == "I’d ask for both tests."
    assert list(Post.objects.listed(NOW)) == [ms, bones]


def test_it_comes_back_the_same_from_our_export(tmp_path, ms, bones, settings):
    before = [(post.slug, post.body, post.publish_at) for post in (ms, bones)]
    call_command("export_wxr", str(tmp_path / "ours.xml"))
    Post.objects.all().delete()

    call_command("import_wxr", str(tmp_path / "ours.xml"), media=settings.MEDIA_ROOT)

    after = Post.objects.order_by("-publish_at")
    assert [(post.slug, post.body, post.publish_at) for post in after] == before
