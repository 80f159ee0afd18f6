import pytest

from blog.picture_words import alt_problem


@pytest.mark.parametrize(
    ("alt", "told"),
    [
        ("", "Say what the picture shows, or tick"),
        ("IMG_2041", "file name"),
        ("bones-final.JPG", "file name"),
        ("Image of a bowl of clams", "Leave out"),
        ("A photo of two hands", "Leave out"),
        ("picture", "Say what the picture shows."),
        ("B12 and your bones", "repeats the title"),
        ("Clams", "a few more words"),
        ("A bowl of clams. " * 20, "At most 250"),
    ],
)
def test_a_useless_alternative_text_is_named(alt, told):
    assert told in alt_problem(alt, title="B12 and Your  Bones")


@pytest.mark.parametrize(
    "alt",
    [
        "Dot plot: five trials, each interval crosses the line of no difference",
        "Two hands hold a bowl of clams",
        "Imagery from an MRI: a bright line along the back of the spinal cord",
    ],
)
def test_a_text_that_describes_passes(alt):
    assert alt_problem(alt, title="B12 and your bones") == ""
