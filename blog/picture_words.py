"""What makes an alternative text useless to somebody who cannot see the picture."""

import re

SHORTEST, LONGEST = 8, 250
_FILE_NAME = re.compile(
    r"\.(?:jpe?g|png|webp|avif|gif|svg)$|^(?:img|dsc|image|photo|screenshot)[\W_]*\d+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:an? |the )?(?:image|picture|photo|photograph|graphic|illustration) of\b", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"^(?:alt|alt text|image|picture|photo|untitled|todo|tbd|n/?a|none)\.?$", re.IGNORECASE
)


def alt_problem(alt: str, title: str = "") -> str:
    """Say what is wrong with `alt`, for the person who wrote it; empty when nothing is.

    `title` is that of the post: repeating it describes nothing. The rules follow the W3C's advice on
    alternative texts (WAI Images Tutorial).
    """
    words = " ".join(alt.split())
    repeats = bool(title) and words.casefold() == " ".join(title.split()).casefold()
    verdicts = (
        (not words, "Say what the picture shows, or tick that it only decorates."),
        (_FILE_NAME.search(words), "This is a file name. Say what the picture shows."),
        (_PLACEHOLDER.match(words), "Say what the picture shows."),
        (
            _OPENING.match(words),
            "Leave out “image of”: screen readers say that. Begin with what it shows.",
        ),
        (repeats, "It repeats the title. Say what the picture shows."),
        (len(words) < SHORTEST, "Say it in a few more words."),
        (len(words) > LONGEST, f"At most {LONGEST} characters; put the rest into the caption."),
    )
    return next((words_for_it for is_so, words_for_it in verdicts if is_so), "")
