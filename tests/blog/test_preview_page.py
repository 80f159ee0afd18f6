"""The page behind a link to a draft."""

import pytest
from lxml import html

from blog.models import Post
from blog.preview import preview_path
from tests.blog.making import make_post, make_published_post

pytestmark = pytest.mark.django_db


def test_a_draft_is_shown_to_who_has_the_link_and_kept_by_nobody(client):
    post = make_post(title="Not yet", body="<p>Half a thought [ref:nobody].</p>")

    response = client.get(preview_path(post))

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"
    page = html.fromstring(response.content)
    assert page.findtext(".//h1") == "Not yet"
    assert page.xpath("string(//meta[@name='robots']/@content)") == "noindex"
    assert page.xpath("//link[@rel='canonical'] | //script[@type='application/ld+json']") == []
    shown = " ".join(page.find(".//main").text_content().split())
    assert "Preview: This is a draft." in shown
    assert "Half a thought[nobody?]." in shown
    assert client.get(post.get_absolute_url()).status_code == 404


def test_a_draft_without_people_has_no_empty_list_of_them(client):
    page = html.fromstring(client.get(preview_path(make_post(authors=[]))).content)

    assert page.xpath("//main//*[self::ul or self::ol][not(li)]") == []


def test_an_older_link_shows_the_older_words(client):
    post = make_published_post()
    path = preview_path(post)
    old = post.title
    Post.objects.filter(pk=post.pk).update(title="Other words", version=post.version + 1)

    response = client.get(path)

    assert old in response.content.decode()
    assert "Other words" not in html.fromstring(response.content).findtext(".//h1")


@pytest.mark.parametrize("token", ["1-1.abc.def", "x" * 10, "..........", "0" * 200])
def test_a_made_up_link_is_not_found(client, token):
    assert client.get(f"/blog/preview/{token}/").status_code == 404
