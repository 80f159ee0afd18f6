"""Files as they come: broken in ways that can be mended, and in ways that cannot."""

import gzip
from collections import Counter

import pytest

from blog.importing import opening, reading
from blog.importing.records import Item, NotAnExport, Site
from blog.models import Post
from tests.blog.exports import AUTHOR, FOOT, HEAD, export, imported, item, run


def items_of(path, **options) -> list[Item]:
    found = reading.records(path, Counter(), **options)
    return [record for record in found if isinstance(record, Item)]


def raw(folder, text: str | bytes, name="export.xml"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_version_of_the_format_is_read(tmp_path, version, scheme):
    head = HEAD.replace("export/1.1/", f"export/{version}/")
    head = head.replace("http://wordpress.org/", f"{scheme}://wordpress.org/")

    (one,) = items_of(export(tmp_path, item(4, "Words"), head=head))

    assert (one.id, one["content:encoded"]) == (4, "Words")


def test_namespaces_may_be_missing_or_have_other_prefixes(tmp_path):
    bare = "<rss><channel><item><title>A</title><wp:post_id>1</wp:post_id></item></channel></rss>"
    other = (
        '<rss xmlns:w="http://wordpress.org/export/1.2/" xmlns:wp="http://elsewhere.example/">'
        "<channel><item><w:post_id>2</w:post_id><wp:post_id>3</wp:post_id></item></channel></rss>"
    )

    assert items_of(raw(tmp_path, bare))[0].id == 1
    assert items_of(raw(tmp_path, other))[0].id == 2


def test_control_characters_and_bare_ampersands_are_mended(tmp_path):
    broken = item(1, "a\x0b\x00b", title="Fish &amp; chips & tea &nbsp;&#11;&eacute;")
    found: Counter[str] = Counter()

    path = export(tmp_path, broken)
    (one,) = [each for each in reading.records(path, found) if isinstance(each, Item)]

    assert (one["title"], one["content:encoded"]) == ("Fish & chips & tea \u00a0é", "ab")
    assert found == {"invalid characters removed": 3, "bare ampersands mended": 3}


def test_what_a_comment_of_the_file_says_is_nothing_to_mend(tmp_path):
    words = "<!-- Activate & run it: <![CDATA[ is no text here, nor &nbsp; a space -->"
    found: Counter[str] = Counter()

    path = export(tmp_path, words, item(1, "Words & words <!-- a & b -->"))
    (one,) = [each for each in reading.records(path, found) if isinstance(each, Item)]

    assert one["content:encoded"] == "Words & words <!-- a & b -->"
    assert not any(found.values())


def test_bytes_of_windows_1252_in_a_file_of_utf_8_are_read(tmp_path):
    text = (HEAD + item(1, "don\x92t é") + FOOT).encode().replace("\x92".encode(), b"\x92")

    assert items_of(raw(tmp_path, text))[0]["content:encoded"] == "don’t é"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read(tmp_path, encoding):
    declared = HEAD.replace("UTF-8", encoding.removesuffix("-sig"))

    assert (
        items_of(raw(tmp_path, (declared + item(1, "é") + FOOT).encode(encoding)))[0][
            "content:encoded"
        ]
        == "é"
    )


@pytest.mark.parametrize(
    "before", ["\n\n  ", "<br />\n<b>Warning</b>: Cannot modify header & so on\n"]
)
def test_what_php_says_before_the_export_is_skipped(tmp_path, before):
    assert items_of(raw(tmp_path, before + HEAD + item(3) + FOOT))[0].id == 3


@pytest.mark.django_db
def test_what_php_says_behind_the_export_is_left_out_with_a_line(tmp_path):
    report = run(raw(tmp_path, HEAD + AUTHOR + item(3) + FOOT + "\nNotice: x <b>y</b>\n"))

    assert Post.objects.get().legacy_id == 3
    assert report.lines == ["file: 1 text behind the end of the file left out"]


def test_a_packed_file_is_unpacked(tmp_path):
    path = raw(tmp_path, gzip.compress((HEAD + item(1) + FOOT).encode()), "export.xml.gz")

    assert [one.id for one in items_of(path)] == [1]


def test_a_split_cdata_is_one_text(tmp_path):
    assert items_of(export(tmp_path, item(1, "a ]]> b")))[0]["content:encoded"] == "a ]]> b"


@pytest.mark.django_db
def test_an_end_of_cdata_inside_a_text_is_mended(tmp_path):
    script = "<script>//<![CDATA[\nx < 1\n//]]></script> After"
    broken = item(1, "PLACE").replace("PLACE", script)

    report = imported(tmp_path, broken)

    assert Post.objects.get().body == "<p>After</p>"
    assert report.lines == ["file: “]]>” inside texts mended"]


def test_whatever_the_pieces_cut_through_the_text_is_the_same():
    text = (
        "<a>&amp; & &eacute; &#11;<![CDATA[x ]]>]]&gt; <![CDATA[]]>&lt;b &bogus; y]]><!-- & --></a>"
    )
    whole = "".join(opening._cleaned(iter([text]), Counter(), mend_cdata=False))

    for size in range(1, 20):
        pieces = (text[place : place + size] for place in range(0, len(text), size))
        assert "".join(opening._cleaned(pieces, Counter(), mend_cdata=False)) == whole


def test_the_site_is_known_by_its_addresses(tmp_path):
    sites = [one for one in reading.records(export(tmp_path), Counter()) if isinstance(one, Site)]

    assert sites[-1].base_blog_url == "http://www.old-blog.example/blog"


REFUSED = {
    "empty": (b"", "The file is empty."),
    "no XML": (b"Hello", "This is not a WordPress export"),
    "HTML": (b"<html><body><p>x</p></body></html>", "it does not begin with <rss>"),
    "a feed": (
        b"<rss><channel><title>x</title><item><title>y</title></item></channel></rss>",
        "This is a feed, not a WordPress export",
    ),
    "an archive": (b"PK\x03\x04....", "This is a ZIP archive"),
    "cut off": ((HEAD + item(1))[:-60].encode(), "The file is broken or cut off at line"),
    "packed and cut off": (gzip.compress(b"x" * 9000)[:-9], "damaged or cut off"),
    "packed a thousandfold": (gzip.compress(b" " * 30_000_000), "unfolds to far more"),
    "a document type": (
        b'<!DOCTYPE rss [<!ENTITY a "b">]>' + (HEAD + FOOT).partition("-->")[2].encode(),
        "The file has a document type",
    ),
    "nested without end": (b"<rss><channel><item>" + b"<a>" * 200, "nested deeper"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_export_imports_nothing_and_says_why(tmp_path, name):
    content, message = REFUSED[name]

    with pytest.raises(NotAnExport, match=message.replace("(", r"\(")):
        run(raw(tmp_path, content))

    assert not Post.objects.exists()


@pytest.mark.django_db
def test_an_export_that_is_cut_off_behind_its_posts_imports_none_of_them(tmp_path):
    whole = HEAD + AUTHOR + item(1) + item(2) + FOOT

    with pytest.raises(NotAnExport):
        run(raw(tmp_path, whole[: -len("</rss>\n")]))

    assert not Post.objects.exists()
