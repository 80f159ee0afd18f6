"""Hostile exports: nothing that executes is stored, nothing is read from disk or net, nothing hangs."""

import re

import pytest
from django.apps import apps
from django.db import models

from blog.importing.records import NotAnExport
from blog.models import Person, Post, Tag
from tests.blog.exports import (
    AUTHOR,
    FOOT,
    HEAD,
    cdata,
    comment,
    export,
    imported,
    item,
    meta,
    run,
    term,
)

pytestmark = pytest.mark.django_db
HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href=" &#1; javascript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:x">x</a>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="data:text/html,<script>alert(1)</script>"></object>',
    '<embed src="javascript:alert(1)">',
    '<form action="//evil.example"><input autofocus onfocus=alert(1)></form>',
    '<p style="background:url(javascript:alert(1))" onclick="alert(1)">x</p>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<base href=//evil.example><meta http-equiv=refresh content=0;url=//evil.example><link rel=import href=x>",
    '[caption caption="<script>alert(1)</script>"]<img src=x onerror=alert(1)>[/caption]',
    '[embed]javascript:alert(1)[/embed] [video src="javascript:alert(1)"][/video]',
    '<!-- wp:embed {"url":"javascript:alert(1)"} /--> <!-- wp:html --><script>alert(1)</script><!-- /wp:html -->',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<textarea><script>alert(1)</script></textarea><title><script>alert(1)</script></title>",
    '<a href="//evil.example\\@localhost/">x</a><img src="/blog/pictures/../../order/">',
    "<style>@import '//evil.example/x.css'</style>",
]
EXECUTES = re.compile(
    r"<(?:script|svg|math|iframe|object|embed|form|input|style|base|meta|link|template)\b"
    r"|<[^>]+\son\w+\s*=|<[^>]+(?:href|src)\s*=\s*[\"']?\s*(?:javascript|data|vbscript)",
    re.IGNORECASE,
)


def stored_texts():
    for model in [*apps.get_app_config("blog").get_models(), apps.get_model("redirects.Redirect")]:
        fields = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.values(*fields):
            yield from ((model.__name__, name, str(value)) for name, value in row.items())


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_nothing_that_executes_is_stored(tmp_path, number):
    text = HOSTILE[number]
    terms = term("post_tag", "evil", text) + term("category", "&lt;script&gt;", text)
    fields = {"title": cdata(text), "excerpt": text, "creator": f"eve{text}"}
    fields |= {"comment_status": cdata(text), "post_name": cdata(text), "link": cdata(text)}
    extra = terms + comment(3, text, author=cdata(text), type=cdata(text))
    extra += meta(_yoast_wpseo_title=text, _wp_old_slug=text, own=text)

    report = imported(tmp_path, item(1, text, extra, **fields))

    assert report.errors == 0
    assert Post.objects.count() == 1
    assert [each for each in stored_texts() if EXECUTES.search(each[2])] == []


def test_fields_of_our_own_exports_are_not_trusted(tmp_path):
    evil = "<script>alert(1)</script>"
    own = (
        '{"schema": 1, "meta_title": "EVIL", "takeaways": ["EVIL"], "status": "EVIL", '
        '"questions": [{"question": "EVIL", "answer": "EVIL<p onclick=x>ok</p>"}], '
        '"authors": [{"slug": "e", "name": "EVIL", "bio": "EVIL"}], "legacy": {"a": "EVIL"}, '
        '"references": [{"key": "R 1", "citation": "EVIL"}], "heading_ids": [{"id": "\\">EVIL"}], '
        '"read_more": ["../EVIL"], "main_picture": "../EVIL", "legacy_id": -5, "series": {"slug": "/"}, '
        '"state": {"reviewed_by": {"slug": "doc", "name": "Dr"}, "reviewed_on": "2026-01-01"}}'
    ).replace("EVIL", evil)

    report = imported(tmp_path, item(1, f"<p>x</p>{evil}", meta(_b12_post=own)))

    post = Post.objects.get()
    assert report.errors == 0
    assert post.questions.get().answer == "<p>ok</p>"
    assert [each for each in stored_texts() if EXECUTES.search(each[2])] == []
    assert post.is_unreviewed_import
    assert not Person.objects.filter(slug="doc").exists()


ENTITIES = {
    "billion laughs": '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
    "quadratic blowup": f'<!DOCTYPE rss [<!ENTITY c "{"x" * 50_000}">]>',
    "external entity": '<!DOCTYPE rss [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
    "external document type": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    "document type without entities": "<!DOCTYPE rss [<!ELEMENT rss ANY>]>",
    "parameter entity": '<!DOCTYPE rss [<!ENTITY % c SYSTEM "file:///etc/passwd"> %c;]>',
}


@pytest.mark.parametrize("name", ENTITIES)
def test_entities_are_refused(tmp_path, name):
    head = HEAD.replace("<rss", f"{ENTITIES[name]}<rss", 1)
    path = export(tmp_path, item(1, title="&c;" * 100), head=head)

    with pytest.raises(NotAnExport, match="used for attacks"):
        run(path)

    assert not Post.objects.exists()


# Where the work would grow with the square of the text, these take minutes instead of a second.
SLOW = {
    "unclosed emphasis": "<b>" * 30_000,
    "unclosed lists": "<ul><li>" * 5_000,
    "wrappers": "<div>" * 20_000,
    "comments without end": "<!-- wp:a {" * 20_000,
    "shortcodes without end": "[a x='" * 5_000,
    "shortcodes in each other": "[b_b]" * 4_000 + "[/b_b]" * 4_000,
    "closers without openers": "[a_a x=1]" * 3_000 + "[/b_b]" * 3_000 + "[b_b]",
    "quotes": "<a title='" * 20_000,
    "angle brackets": "<" * 20_000,
    "breaks": "<br>" * 20_000,
    "blank lines": "\n \n" * 20_000,
    "asterisks": "*a\n" * 2_000,
    "spaces": " " * 200_000 + "x",
    "ampersands": "&" * 10_000,
    "more": "<!--more-->" * 5_000,
}


@pytest.mark.markup
@pytest.mark.parametrize("name", SLOW)
def test_no_text_hangs_the_import(tmp_path, name):
    text = SLOW[name]

    report = imported(tmp_path, item(1, text, excerpt=text, title=cdata(text)))

    assert (report.errors, Post.objects.count()) == (0, 1)


def test_numbers_out_of_range_and_nul_do_no_harm(tmp_path):
    huge = "9" * 40
    records = item(1, "a\x00b", comment(huge, parent=huge, date_gmt="9999-99-99"), post_parent=huge)
    records += item(huge, "x", post_date_gmt="99999-01-01", menu_order="-1", post_name="huge")

    report = imported(tmp_path, records)

    assert report.errors == 0
    assert Post.objects.count() == 2
    assert "\x00" not in Post.objects.get(slug="post-1").body


def test_names_of_people_and_tags_are_cut_to_what_can_be_stored(tmp_path):
    long = "long " * 200
    records = item(1, "x", term("post_tag", "t" * 500, long), title=long, creator=long)

    report = imported(tmp_path, records)

    assert report.errors == 0
    assert len(Tag.objects.get().name) <= 120
    assert len(Post.objects.get().title) <= 200


def test_the_login_of_an_author_opens_nothing(tmp_path):
    path = export(tmp_path, item(creator="../../admin"))
    path.write_text(path.read_text().replace(AUTHOR, "").replace(FOOT, FOOT))

    run(path)

    assert Person.objects.get().slug == "admin"
    assert Person.objects.get().user is None
