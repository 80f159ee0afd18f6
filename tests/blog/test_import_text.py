"""What becomes of the HTML of old posts: pure cases, one text in, one text out."""

import pytest

from blog.importing.attachments import Attachment, Shelf
from blog.importing.content import Old, converted
from blog.importing.links import OldAddresses
from blog.prose import clean_prose

pytestmark = [pytest.mark.django_db, pytest.mark.markup]
UPLOADS = "http://old.example/blog/wp-content/uploads"
DIGEST = "0123456789abcdef0123"
FIGURE = f'<figure><img src="/blog/pictures/{DIGEST}/" alt="{{}}">{{}}</figure>'


def converting(text: str) -> tuple[str, list[str]]:
    shelf = Shelf(None, dry_run=True)
    shelf._in_library[f"{UPLOADS}/2012/01/tongue.jpg"] = DIGEST
    shelf.add(
        Attachment(7, f"{UPLOADS}/2012/01/tongue.jpg", "2012/01/tongue.jpg", "T", "A tongue", "Cap")
    )
    addresses = OldAddresses("http://old.example/blog", frozenset({"old.example"}))
    addresses.add(3, "http://old.example/blog/2012/01/12/ms/", "ms-or-b12", is_public=True)
    addresses.tags = {"b-12": "b-12"}
    notes: list[str] = []
    result = converted(Old(text, 1, shelf, addresses, notes.append))
    assert clean_prose(result.html) == result.html
    return result.html, notes


CASES = {
    "blank lines are paragraphs": ("One\ntwo\r\n\r\nThree", "<p>One<br>two</p><p>Three</p>"),
    "headings fit below the title": (
        "<h1>A</h1>x<h4><strong>B</strong></h4>y",
        "<h2>A</h2><p>x</p><h3>B</h3><p>y</p>",
    ),
    "headings that begin too low come up": (
        "<h4>A</h4>x<h5>B</h5>y<h6>C</h6>",
        "<h2>A</h2><p>x</p><h3>B</h3><p>y</p><h3>C</h3>",
    ),
    "bold and italic": ("<b>a</b> <i>b</i> <u>c</u>", "<p><strong>a</strong> <em>b</em> c</p>"),
    "wrappers go": (
        '<div class="x"><span style="color:red">a</span><div>b<font size=3>c</font></div>d</div>',
        "<p>a</p><p>bc</p><p>d</p>",
    ),
    "two breaks are a paragraph": ("<p>a<br><br />b<br></p>", "<p>a</p><p>b</p>"),
    "empty paragraphs go": ("a\n\n&nbsp;\n\n<p>&nbsp;</p><p></p>b", "<p>a</p><p>b</p>"),
    "a list that was never closed": (
        "<ul>\n<li>a</li>\n<li>b</li>\n\nAfter it\n\n<h2>H</h2>",
        "<ul><li>a</li><li>b</li></ul><p>After it</p><h2>H</h2>",
    ),
    "items that were never closed": (
        "<ol>\n<li>a\n<li>b\n\nAfter it",
        "<ol><li>a</li><li>b</li></ol><p>After it</p>",
    ),
    "a heading ends an open list": (
        "<ul><li>a\n<h3>H</h3>\ntext",
        "<ul><li>a</li></ul><h2>H</h2><p>text</p>",
    ),
    "lists in lists": (
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    ),
    "bold that was never closed": ("<b>a\n\nb", "<p><strong>a</strong></p><p>b</p>"),
    "a quotation": (
        "<blockquote>a\n\nb<cite>C</cite></blockquote>",
        "<blockquote><p>a</p><p>b<em>C</em></p></blockquote>",
    ),
    "a table": (
        "<table><tr><th>a</th></tr><tr><td><p>b</p></td></tr></table>",
        "<table><tbody><tr><th>a</th></tr><tr><td>b</td></tr></tbody></table>",
    ),
    "words and their meanings": (
        "<dl><dt>A</dt><dd>b</dd></dl>",
        "<p><strong>A</strong></p><p>b</p>",
    ),
    "a list of nothing": ('<ul class="wp-block-social-links">\n</ul>a', "<p>a</p>"),
    "code keeps its lines": ("<pre>a\nb\n\nc &lt;d&gt;</pre>", "<p>a<br>b</p><p>c &lt;d&gt;</p>"),
    "Windows-1252 in Unicode": ("don\x92t \x93go\x94 5 \x96 6", "<p>don’t “go” 5 – 6</p>"),
    "UTF-8 read as Windows-1252": ("donâ€™t, cafÃ©", "<p>don’t, café</p>"),
    "UTF-8 read as Latin-1": ("It\u00e2\u0080\u0099s 20\u00c2\u00b0", "<p>It’s 20°</p>"),
    "spoiled twice": ("Donâ€™t, Itâ\x80\x99s, thatÃ¢â‚¬â„¢s", "<p>Don’t, It’s, that’s</p>"),
    "references to signs that are none": ("a&#11;b&#1;c&#xFFFE;d", "<p>abcd</p>"),
    "foreign words stay": ("Ça va, Ângela? À bientôt", "<p>Ça va, Ângela? À bientôt</p>"),
    "odd spaces": (
        "One.\u00a0\u00a0Two.&nbsp;Three 5\u00a0mg",
        "<p>One. Two. Three 5\u00a0mg</p>".replace("\u00a0", "&nbsp;"),
    ),
    "invisible signs": ("a\u200bb\u00adc\ufeff", "<p>abc</p>"),
    "call-outs stand alone": (
        "Text\n*both conditions\nmore",
        "<p>Text</p><p>* both conditions</p><p>more</p>",
    ),
    "marks of the block editor": (
        '<!-- wp:heading {"level":3} --><h3>H</h3><!-- /wp:heading -->\n\n'
        "<!-- wp:list --><ul><!-- wp:list-item --><li>a</li><!-- /wp:list-item --></ul><!-- /wp:list -->",
        "<h2>H</h2><ul><li>a</li></ul>",
    ),
    "columns": (
        '<!-- wp:columns --><div class="wp-block-columns"><!-- wp:column --><div><p>a</p></div>'
        "<!-- /wp:column --><!-- wp:column --><div><p>b</p></div><!-- /wp:column --></div><!-- /wp:columns -->",
        "<p>a</p><p>b</p>",
    ),
    "buttons": (
        '<!-- wp:buttons --><div><!-- wp:button --><div><a class="wp-block-button__link" '
        'href="https://x.example/">Go</a></div><!-- /wp:button --></div><!-- /wp:buttons -->',
        '<p><a href="https://x.example/">Go</a></p>',
    ),
    "a table with its caption": (
        "<!-- wp:table --><figure><table><tbody><tr><td>1</td></tr></tbody></table>"
        "<figcaption>T</figcaption></figure><!-- /wp:table -->",
        "<table><caption>T</caption><tbody><tr><td>1</td></tr></tbody></table>",
    ),
    "words beside a table and its caption": (
        "<figure>a<table><tr><td>1</td></tr></table><figcaption>T</figcaption>b</figure>",
        "<p>a</p><table><caption>T</caption><tbody><tr><td>1</td></tr></tbody></table><p>b</p>",
    ),
    "a caption of nothing": (
        "<figure><table><tr><td>1</td></tr></table><figcaption></figcaption></figure>",
        "<table><tbody><tr><td>1</td></tr></tbody></table>",
    ),
    "a caption around its table": (
        "<figure><figcaption>a<table><tr><td>b</td></tr></table></figcaption></figure>",
        "<p>a</p><table><tbody><tr><td>b</td></tr></tbody></table>",
    ),
    "a text that is half blocks": (
        "Old\n\ntext\n\n<!-- wp:paragraph -->\n<p>New</p>\n<!-- /wp:paragraph -->",
        "<p>Old</p><p>text</p><p>New</p>",
    ),
    "an address on its own line": (
        "a\n\nhttp://youtu.be/abc\n\nb",
        '<p>a</p><p><a href="http://youtu.be/abc">http://youtu.be/abc</a></p><p>b</p>',
    ),
    "brackets that are words": (
        "See [1] and [sic] [see below]",
        "<p>See [1] and [sic] [see below]</p>",
    ),
    "a shortcode shown as text": ("Write [[gallery]]", "<p>Write [gallery]</p>"),
    "a link to an old post": (
        '<a href="http://www.old.example/blog/2012/01/12/ms#more-3">x</a> <a href="/blog/?p=3">y</a>',
        '<p><a href="/blog/ms-or-b12/">x</a> <a href="/blog/ms-or-b12/">y</a></p>',
    ),
    "a link to the second page of a post": (
        '<a href="/blog/2012/01/12/ms/2/">x</a> <a href="/blog/2012/01/12/ms/amp/">y</a>',
        '<p><a href="/blog/ms-or-b12/">x</a> <a href="/blog/ms-or-b12/">y</a></p>',
    ),
    "a link to a tag": (
        '<a href="http://old.example/blog/tag/b-12/">x</a>',
        '<p><a href="/blog/tag/b-12/">x</a></p>',
    ),
    "the address of an old post on its own line": (
        "http://old.example/blog/2012/01/12/ms/",
        "<p>[post:ms-or-b12]</p>",
    ),
    "a break in preformatted text is a line": (
        "<pre>a<br>b<br><br>c<br></pre>",
        "<p>a<br>b</p><p>c</p>",
    ),
    "marks and links in preformatted text": (
        '<pre>\n<b>a</b>\n<a href="http://x.example/">b\nc</a>\nd</pre>',
        '<p><strong>a</strong><br><a href="http://x.example/">b<br>c</a><br>d</p>',
    ),
    "short quotations keep their marks": (
        "He said <q>yes <b>and</b> no</q>.",
        "<p>He said “yes <strong>and</strong> no”.</p>",
    ),
    "bold in bold, and bold nothing": (
        "<b>a<b> b</b></b> <strong></strong><i><br></i>c",
        "<p><strong>a b</strong> <br>c</p>",
    ),
    "breaks at the edges of cells": (
        "<table><tr><td><br>a<br>b<br><br></td><td><br></td></tr></table>",
        "<table><tbody><tr><td>a<br>b</td><td></td></tr></tbody></table>",
    ),
    "a break in bold at the end of an item": (
        "<ul><li>a<b>\n</b></li><li>b<i><br></i></li></ul>",
        "<ul><li>a</li><li>b</li></ul>",
    ),
    "a file with its button": (
        '<p><a href="http://x.example/a.pdf">A</a>'
        '<a class="wp-block-file__button" href="http://x.example/a.pdf">Download</a></p>',
        '<p><a href="http://x.example/a.pdf">A</a></p>',
    ),
    "a link within the page": ('<a name="top"></a><a href="#top">up</a>', "<p>up</p>"),
    "a smiley": ('a <img class="wp-smiley" src="/s.gif" alt=":)">', "<p>a :)</p>"),
    "a counting pixel": ('a<img src="http://x.example/p.gif" width="1" height="1">', "<p>a</p>"),
}


@pytest.mark.parametrize("name", CASES)
def test_repaired(name):
    old, new = CASES[name]

    assert converting(old) == (new, [])


LOSSES = {
    "an unknown shortcode": (
        '[su_box title="x"]in <b>it</b>[/su_box] [contact-form-7 id="3"]',
        "<p>in <strong>it</strong></p>",
        ["shortcode [su_box] removed, its text kept", "shortcode [contact-form-7] removed"],
    ),
    "a link to nothing": (
        '<a href="http://old.example/blog/gone/">x</a>',
        "<p>x</p>",
        ["link removed, nothing there: http://old.example/blog/gone/"],
    ),
    "links that ask for what is not here": (
        '<a href="/blog/?p=99">x</a> <a href="/blog/?cat=3">y</a> <a href="/blog/?utm_source=z">z</a>',
        '<p>x y <a href="/blog/">z</a></p>',
        [
            "link removed, nothing there: /blog/?p=99",
            "link removed, nothing there: /blog/?cat=3",
        ],
    ),
    "a form": ("a<form><label>Name</label></form>", "<p>a</p>", ["form left out"]),
    "tabs side by side, and marks within a word": (
        "[tab_row]One[/tab_row][tab_row]Two[/tab_row] H[sub]2[/sub]O",
        "<p>One</p><p>Two H2O</p>",
        [
            "shortcode [tab_row] removed, its text kept",
            "shortcode [tab_row] removed, its text kept",
            "shortcode [sub] removed, its text kept",
        ],
    ),
    "code of a page builder": (
        "[vc_column_text]a[/vc_column_text][vc_raw_html]JTNDcCUzRQ==[/vc_raw_html]",
        "<p>a</p>",
        [
            "shortcode [vc_column_text] removed, its text kept",
            "shortcode [vc_raw_html] removed: it holds code",
        ],
    ),
    "sound of another site": (
        '<audio controls src="https://x.example/a.mp3"></audio>',
        '<p><a href="https://x.example/a.mp3">https://x.example/a.mp3</a></p>',
        ["audio made a link: https://x.example/a.mp3"],
    ),
    "a film in an old player": (
        '<object><param name="movie" value="x"><embed src="http://www.youtube.com/v/abc-DEF&hl=en"></object>',
        '<p><a href="https://www.youtube.com/watch?v=abc-DEF">'
        "https://www.youtube.com/watch?v=abc-DEF</a></p>",
        ["object made a link: https://www.youtube.com/watch?v=abc-DEF"],
    ),
    "a link into the shop": (
        '<a href="http://localhost:8000/order/">x</a>',
        "<p>x</p>",
        ["links into the shop removed"],
    ),
    "a picture that is not here": (
        f'<img src="{UPLOADS}/2013/x.jpg" alt="A scan">',
        "<p>(Picture: A scan)</p>",
        ["picture x.jpg left out: its file is not here (say where with --media)"],
    ),
    "a picture that is not here, close to words": (
        f'a <b><img src="{UPLOADS}/2013/x.jpg" alt="A scan"></b>of a tongue',
        "<p>a <strong>(Picture: A scan) </strong>of a tongue</p>",
        ["picture x.jpg left out: its file is not here (say where with --media)"],
    ),
    "a picture that was never named": (
        f'a<img src="{UPLOADS}/2013/x-1.jpg" alt="Media_from_phone">',
        "<p>a</p>",
        ["picture x-1.jpg left out: its file is not here (say where with --media)"],
    ),
    "a picture without an address": (
        'a<img width="240">',
        "<p>a</p>",
        ["picture left out: it has no address"],
    ),
    "a frame from YouTube": (
        '<iframe width="5" src="//www.youtube.com/embed/abc-DEF_123?rel=0"></iframe>',
        '<p><a href="https://www.youtube.com/watch?v=abc-DEF_123">'
        "https://www.youtube.com/watch?v=abc-DEF_123</a></p>",
        ["iframe made a link: https://www.youtube.com/watch?v=abc-DEF_123"],
    ),
    "struck words": ("a <del>b</del> c", "<p>a c</p>", ["struck text left out: “b”"]),
    "a block that only WordPress can draw": (
        '<!-- wp:block {"ref":12} /-->a<!-- wp:latest-posts /-->',
        "<p>a</p>",
        ["block “block” left out: it has no text of its own"],
    ),
    "too many wrappers": (
        "<div>" * 500 + "a\n\nb",
        "<p>a</p><p>b</p>",
        ["elements nested too deeply: only the words kept"],
    ),
    "a film of the old blog": (
        f'[video mp4="{UPLOADS}/f.mp4"][/video]a',
        "<p>a</p>",
        [f"iframe left out: {UPLOADS}/f.mp4"],
    ),
    "a film that is only a number": (
        "[wpvideo aBcD1234 w=680]\n\na",
        "<p>a</p>",
        ["shortcode [wpvideo] removed: it names no address"],
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_lost_with_a_line(name):
    old, new, notes = LOSSES[name]

    assert converting(old) == (new, notes)


IMAGE = f'<img class="size-medium wp-image-7" src="{UPLOADS}/2012/01/tongue-300x200.jpg" alt="A tongue" />'
PICTURES = {
    "a caption": (
        f'[caption id="a" align="left" width="300"]<a href="{UPLOADS}/2012/01/tongue.jpg">{IMAGE}</a> Cap <b>x</b>[/caption]',
        FIGURE.format("A tongue", "<figcaption>Cap <strong>x</strong></figcaption>"),
    ),
    "a caption that is none": (
        f"<figure>{IMAGE}<p>Cap</p></figure>a",
        FIGURE.format("A tongue", "<figcaption>Cap</figcaption>") + "<p>a</p>",
    ),
    "words beside a caption": (
        f"<figure>{IMAGE}Words<figcaption>Cap {IMAGE} tion</figcaption></figure>a",
        FIGURE.format("A tongue", "")
        + FIGURE.format("A tongue", "<figcaption>Cap tion</figcaption>")
        + "<p>Words</p><p>a</p>",
    ),
    "an old caption": (
        f'[caption width="300" caption="It&#8217;s red"]{IMAGE}[/caption]',
        FIGURE.format("A tongue", "<figcaption>It’s red</figcaption>"),
    ),
    "a picture beside words": (
        f"{IMAGE}Words beside it",
        FIGURE.format("A tongue", "") + "<p>Words beside it</p>",
    ),
    "a gallery": ('[gallery ids="7"]', FIGURE.format("A tongue", "<figcaption>Cap</figcaption>")),
    "pictures of page builders": (
        f'[vc_single_image image="7" img_size="full"][et_pb_image src="{UPLOADS}/2012/01/tongue.jpg" /]',
        FIGURE.format("A tongue", "<figcaption>Cap</figcaption>") + FIGURE.format("", ""),
    ),
    "a gallery of blocks": (
        '<!-- wp:gallery --><ul class="wp-block-gallery"><li class="blocks-gallery-item"><figure>'
        f"{IMAGE}<figcaption>C</figcaption></figure></li></ul><!-- /wp:gallery -->",
        FIGURE.format("A tongue", "<figcaption>C</figcaption>"),
    ),
    "a cover whose picture is a background": (
        f'<!-- wp:cover {{"url":"{UPLOADS}/2012/01/tongue.jpg","id":7}} -->'
        '<div style="background-image:url(x)"><!-- wp:paragraph --><p>a</p><!-- /wp:paragraph -->'
        "</div><!-- /wp:cover -->",
        FIGURE.format("", "") + "<p>a</p>",
    ),
    "a cover that has its picture": (
        f'<!-- wp:cover {{"url":"{UPLOADS}/2012/01/tongue.jpg","id":7}} --><div>{IMAGE}'
        "<!-- wp:paragraph --><p>a</p><!-- /wp:paragraph --></div><!-- /wp:cover -->",
        FIGURE.format("A tongue", "") + "<p>a</p>",
    ),
    "by its address alone": (
        f'<p>a <img src="{UPLOADS}/2012/01/tongue-1024x768.jpg" alt="tongue.jpg"> b</p>',
        FIGURE.format("", "") + "<p>a b</p>",
    ),
    "shortcodes in each other": (
        f'[su_row][su_col w="1"][caption id="a"]{IMAGE} Cap[/caption][/su_col][/su_row]',
        FIGURE.format("A tongue", "<figcaption>Cap</figcaption>"),
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_of_the_library_are_shown(name):
    old, new = PICTURES[name]

    assert converting(old)[0] == new
