"""Words, minutes and years of school."""

from time import process_time

import pytest

from blog import readability, wording


@pytest.mark.parametrize(("words", "minutes"), [(0, 0), (1, 1), (238, 1), (239, 2), (1600, 7)])
def test_minutes_are_rounded_up(words, minutes):
    assert readability.minutes(words) == minutes


def test_citations_and_related_lines_are_no_words():
    found = readability.measure(
        "<h2>How much?</h2><p>An adult needs 2.4 mcg [ref:r5].</p><p>[post:other]</p><ul><li>fish</li></ul>"
    )

    assert found.words == 8


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("fish", 1),
        ("milk", 1),
        ("vitamin", 3),
        ("taken", 2),
        ("made", 1),
        ("needed", 2),
        ("B12", 1),
    ],
)
def test_syllables_are_counted(word, count):
    assert readability.syllables(word) == count


def test_plain_words_ask_for_fewer_years_of_school():
    plain = readability.grade(["Fish has it. Milk has it. You can eat both."])
    hard = readability.grade(
        ["Gastrointestinal malabsorption necessitates parenteral administration of cyanocobalamin."]
    )

    assert plain == 0.0
    assert hard > 20
    assert readability.grade([]) == readability.grade(["[ref:r5]"]) == 0.0


def test_a_known_sentence_has_its_known_grade():
    # 0.39 × 14 words + 11.8 × 17 syllables / 14 words − 15.59
    text = "The cat sat on the mat and then the other cat went away again."

    assert readability.grade([text]) == 4.2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It is so [ref:r1]. And so.", ["It is so [ref:r1].", "And so."]),
        ("It is so. [ref:r1][ref:r2] And so.", ["It is so. [ref:r1][ref:r2]", "And so."]),
        ("Dr. Doe took 2.4 mcg vs. none.", ["Dr. Doe took 2.4 mcg vs. none."]),
        ("In the U.S. it is so.", ["In the U.S. it is so."]),
        ("He said “No.” She left.", ["He said “No.”", "She left."]),
    ],
)
def test_a_citation_belongs_to_the_sentence_before_it(text, expected):
    assert list(wording.sentences(text)) == expected


@pytest.mark.parametrize(
    ("text", "count"), [("." * 60_000, 1), ("A. " * 20_000, 1), ("a. " * 9, 9)]
)
def test_dots_and_abbreviations_without_end_are_cut_in_time(text, count):
    began = process_time()

    assert len(list(wording.sentences(text))) == count
    assert process_time() - began < 5


def test_rich_text_is_cut_into_the_blocks_that_readers_see():
    markup = (
        "loose<h2>Head</h2><p>A <strong>b</strong><br>c&nbsp;d</p><ul><li>one<ul><li><p>two</p></li></ul>"
        "tail</li></ul><table><tr><th>x</th><td>y</td></tr></table><h3></h3>"
    )

    assert [(block.tag, block.text) for block in wording.blocks(markup)] == [
        ("p", "loose"),
        ("h2", "Head"),
        ("p", "A b c d"),
        ("li", "one"),
        ("p", "two"),
        ("li", "tail"),
        ("th", "x"),
        ("td", "y"),
        ("h3", ""),
    ]


def test_the_rows_of_a_table_can_be_read_whole():
    markup = "<table><tbody><tr><th>22 people</th><td>a <em>sore</em> tongue [ref:r5]</td><td></td></tr></tbody></table><p>x</p>"

    assert [block.text for block in wording.blocks(markup, whole_rows=True)] == [
        "22 people; a sore tongue [ref:r5]",
        "x",
    ]
