"""Files as spreadsheets write them, and the table as one."""

import io

import pytest

from redirects import csv_file
from redirects.csv_file import Asked, UnreadableFile, decode, read
from redirects.models import Redirect
from tests.factories import NOON

EVERY = [Asked(2, "/a", "/b", "301"), Asked(3, "/c", "", "gone")]


@pytest.mark.parametrize(
    "text",
    [
        "old,new,kind\n/a,/b,301\n/c,,gone\n",
        "old;new;kind\r\n/a;/b;301\r\n/c;;gone\r\n",
        "Old\tNew\tKind\n/a\t/b\t301\n/c\t\tgone",
        'kind,"new","Old"\n301,/b,/a\ngone,,/c\n',
        "hits,from,to,status\n7,/a,/b,301\n8,/c,,gone\n",
    ],
)
def test_columns_are_found_by_their_names_whatever_separates_them(text):
    assert read(text) == EVERY


def test_without_names_the_columns_are_old_new_and_kind():
    assert read("\n/a,/b,301\n\n/c,,gone,x\n ,\n/d,/e\n") == [
        Asked(2, "/a", "/b", "301"),
        Asked(4, "/c", "", "gone"),
        Asked(6, "/d", "/e", ""),
    ]


def test_a_line_may_be_short_and_cells_may_be_quoted():
    assert read('old,new\n"/a;b","/c,d"\n/e\n') == [
        Asked(2, "/a;b", "/c,d", ""),
        Asked(3, "/e", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The file has no line."),
        (" \n,,\n", "The file has no line."),
        ("what,ever\n/a,/b\n", "missing: old, new"),
        ("old,kind\n/a,301\n", "missing: new"),
        ('old,new\n"/a,/b\n', "Line 2 cannot be read as CSV"),
        ("/a,/b\n" * (csv_file.MOST_LINES + 1), "at most 5000 are read at once"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text, problem):
    with pytest.raises(UnreadableFile, match=problem):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_beyond_ascii_are_read_in_each_encoding(encoding):
    assert decode("old,new\n/café,/b".encode(encoding)) == "old,new\n/café,/b"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("/a,/b".encode("utf-16"), "no CSV file"),
        (b"PK\x03\x04\x00\x00", "no CSV file"),
        (b"\x81\x8d,/b", "no CSV file"),
        (b"x" * (csv_file.MOST_BYTES + 1), "larger than 700 KB"),
    ],
)
def test_what_is_no_text_is_refused(data, problem):
    with pytest.raises(UnreadableFile, match=problem):
        decode(data)


def test_what_a_spreadsheet_would_run_is_escaped_and_read_back():
    file = io.StringIO()
    row = Redirect(
        old_path="/50% off?", new_path="/b/", note="=1+1", created_by="@ana", last_hit_at=NOON
    )
    csv_file.write([row], file)
    header, line = file.getvalue().splitlines()

    assert header == "old,new,kind,source,note,hits,last_hit_at,created_by"
    assert line == "/50%25%20off%3F,/b/,permanent,staff,'=1+1,0,2026-11-20T17:00:00+00:00,'@ana"
    assert read(file.getvalue()) == [Asked(2, "/50%25%20off%3F", "/b/", "permanent")]
