"""The checks and the starter posts agree: what we wrote with care has nothing that blocks but signatures."""

import tomllib

import pytest

from blog import readiness
from blog.models import Post
from tests.blog.starter_texts import FILES, ROOT, SLUGS, pictures, read
from tests.factories import NOON

pytestmark = pytest.mark.django_db

TAGS = {
    row["name"]: row
    for row in tomllib.loads((ROOT / "blog/content/tags.toml").read_text("utf-8"))["tag"]
}


def snapshot_of(slug, post):
    digests = {row["file"]: f"{place:020x}" for place, row in enumerate(pictures(post), start=1)}
    body = post["body"]
    for file, digest in digests.items():
        body = body.replace(f"picture:{file}", f"/blog/pictures/{digest}/")
    return {
        **{name: post[name] for name in ("title", "summary", "meta_title", "meta_description")},
        **{name: post[name] for name in ("takeaways", "read_more", "read_more_heading")},
        "slug": slug,
        "body": body,
        "left_out_of_contents": "\n".join(post["left_out_of_contents"]),
        "authors": [],
        "categories": [{"slug": name, "name": name} for name in post["categories"]],
        "tags": [TAGS[name] for name in post["tags"]],
        "references": [{"key": key, "citation": key} for key in post["references"]],
        "questions": post["faq"],
        "series": None,
        "main_picture": digests[post["picture"]["file"]],
        "social_picture": "",
        "body_pictures": [digests[row["file"]] for row in post.get("pictures", [])],
        "pictures": {
            digests[row["file"]]: {
                "title": row["file"],
                "alt": row["alt"],
                "is_decorative": False,
                "caption": row.get("caption", ""),
                "credit": "Drawn for this shop",
                "license": "own",
            }
            for row in pictures(post)
        },
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_starter_post_lacks_nothing_but_people(path):
    Post.objects.bulk_create(Post(slug=slug, title=slug) for slug in SLUGS)
    post = Post.objects.get(slug=path.stem)

    found = readiness.look_at(snapshot_of(path.stem, read(path)), post=post, now=NOON)

    # What the claims check says of them, tests/blog/test_starter_posts.py asks.
    blocking = [problem for problem in found.blocking if problem.code != "claim"]
    assert [problem.code for problem in blocking] == ["no_author", "no_review"]
    assert {problem.code for problem in found.problems if problem.level == "warns"} <= {
        "unpublished_post"
    }
