"""What a line of an import file says, and the words in which a wrong one is refused. No database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import import_file
from reviews.import_file import Refusal, UnreadableFile, decode, read
from tests.reviews.import_texts import file_of, line

TODAY = date(2026, 11, 20)


def refused(**cells):
    reading = read(file_of(line(**cells)), today=TODAY)
    assert reading.rows == []
    return [one.words for one in reading.refused]


def test_a_line_says_what_was_written_where_and_when():
    cells = {"skin_type": "Sensitive", "worn_on": "wrist", "held": "8 to 16 hours", "value": "3"}
    row = read(file_of(line(**cells)), today=TODAY).rows[0]

    assert (row.number, row.day, row.source) == (2, date(2026, 5, 3), "Trusted Marks")
    assert row.proof == "https://marks.example/r/1"
    assert (row.content.stars, row.content.author_name) == (2, "Ada P.")
    assert (row.content.title, row.content.value) == ("Fell off", 3)
    assert (row.content.skin_type, row.content.worn_on, row.content.held) == (
        "sensitive",
        "wrist",
        "8-16",
    )
    assert row.content.sticking is None


@pytest.mark.parametrize("name", ["source", "date", "proof", "text", "stars"])
def test_a_line_without_what_is_needed_is_refused(name):
    assert refused(**{name: " "}) == [f"{name}: this is needed."]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"date": "2026-11-21"}, "date: this day is still to come."),
        ({"date": "0206-05-03"}, "date: this is before 1995."),
        ({"date": "5/3/2026"}, "date: write it as 2026-05-31."),
        ({"date": "2026-02-30"}, "date: write it as 2026-05-31."),
        ({"stars": "6"}, "stars: write a whole number from 1 to 5."),
        ({"stars": "4.5"}, "stars: write a whole number from 1 to 5."),
        ({"sticking": "0"}, "sticking: write a whole number from 1 to 5."),
        (
            {"worn_on": "knee"},
            "worn_on: write one of ear, wrist, arm, shoulder, hip, other, or nothing.",
        ),
        ({"email": "ada at example"}, "email: this is no email address."),
        ({"text": "x" * 5001}, "text: at most 5,000 characters."),
        ({"name": "x" * 61}, "name: at most 60 characters."),
    ],
)
def test_a_wrong_cell_is_refused_in_words_that_name_its_column(cells, words):
    assert refused(**cells) == [words]


def test_every_problem_of_a_line_is_told_at_once():
    assert refused(date="", stars="9") == [
        "date: this is needed. stars: write a whole number from 1 to 5."
    ]


@pytest.mark.parametrize("text", ["2026-11-20", "2026-11-20T23:59:00Z", "2026-11-20 08:00"])
def test_today_is_not_to_come(text):
    assert read(file_of(line(date=text)), today=TODAY).rows[0].day == TODAY


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_line_breaks_in_quotes_and_other_separators_are_read(delimiter):
    text = file_of(
        line(text='First, "one"; then\r\nanother line.'), line(stars=9), delimiter=delimiter
    )
    reading = read(text, today=TODAY)

    assert reading.rows[0].content.body == 'First, "one"; then\nanother line.'
    # The second review begins on line 4, for the first takes two.
    assert [one.number for one in reading.refused] == [4]


def test_names_of_columns_are_read_without_case_and_unknown_ones_told():
    text = file_of(line(Verified="yes", bought_here="yes")).replace("date,stars", "DATE, Stars", 1)
    reading = read(text, today=TODAY)

    assert len(reading.rows) == 1
    assert reading.unknown == ["verified", "bought_here"]


def test_a_cell_that_a_spreadsheet_would_run_is_text():
    words = '=HYPERLINK("https://bad.example","x")'
    assert read(file_of(line(text=words)), today=TODAY).rows[0].content.body == words


def test_a_broken_line_stops_no_other():
    good = file_of(line(), line(name="Bo"))
    first, *rest = good.splitlines(keepends=True)
    broken = '2026-05-03,2,Cy,"not closed,It fell off.,Trusted Marks,link\r\n'
    reading = read(first + rest[0] + broken + rest[1], today=TODAY)

    assert [row.content.author_name for row in reading.rows] == ["Ada P.", "Bo"]
    assert [one.number for one in reading.refused] == [3]
    assert "cannot be read as CSV" in reading.refused[0].words


def test_more_cells_than_columns_are_refused():
    text = file_of(line()).rstrip("\r\n") + ",5\r\n"
    assert read(text, today=TODAY).refused == [Refusal(2, "It has more cells than the first line.")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file has no line."),
        ("date,stars,text\n", "missing: source, proof"),
        ("date,stars,text,source,proof,Stars\n", "names a column twice: stars"),
        ('"date,stars', "It cannot be read as CSV"),
    ],
)
def test_a_file_without_its_columns_is_not_read(text, words):
    with pytest.raises(UnreadableFile, match=words):
        read(text, today=TODAY)


def test_utf8_is_read_with_or_without_a_mark_and_nothing_else():
    assert decode("\ufeffdatè".encode()) == decode("datè".encode()) == "datè"
    with pytest.raises(UnreadableFile, match="UTF-8"):
        decode("datè".encode("cp1252"))
    with pytest.raises(UnreadableFile, match="no CSV"):
        decode(b"a\x00b")
    with pytest.raises(UnreadableFile, match="larger than 0 KB"):
        decode(b"12345", most_bytes=4)


@given(st.text(max_size=400))
def test_no_text_makes_the_reader_fail(text):
    header = ",".join(import_file.COLUMNS)
    reading = read(f"{header}\n{text}", today=TODAY)

    for row in reading.rows:
        assert 1 <= row.content.stars <= 5
        assert row.source
        assert row.proof
        assert row.content.body
        assert row.day <= TODAY


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


@given(CELLS, CELLS, st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_what_is_read(words, name, delimiter):
    text = file_of(line(text=words, name=name), delimiter=delimiter)
    reading = read(text, today=TODAY)
    assert len(reading.rows) + len(reading.refused) == 1
    for row in reading.rows:
        assert row.content.body == words.strip().replace("\r\n", "\n").replace("\r", "\n")
        assert row.content.author_name == name.strip()
