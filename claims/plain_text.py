"""HTML as the text that a reader sees or hears, for the claims check."""

from html.parser import HTMLParser

from claims.words import word_set

BLOCKS = word_set(
    """
    address article aside blockquote body caption dd details div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol
    option p pre section summary table tbody tfoot thead title tr ul br
    """
)
# A row of a table reads as one sentence: its source stands in a cell of its own.
CELLS = frozenset(("td", "th"))
SILENT = frozenset(("script", "style", "template", "noscript"))
# Attributes whose text is published too.
SPOKEN = ("alt", "title", "aria-label", "placeholder")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.spoken: list[str] = []
        self.silence = 0

    def end_block(self) -> None:
        """Begin a paragraph; what attributes said within the last one follows it, so that it parts no sentence."""
        self.pieces += ["\n\n", *(f"{text}\n\n" for text in self.spoken)]
        self.spoken.clear()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.end_block()
        if tag in SILENT:
            self.silence += 1
        for name, value in attrs:
            if name in SPOKEN and value and not self.silence:
                self.spoken.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in SILENT:
            self.silence -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_block()
        if tag in CELLS:
            self.pieces.append(" ; ")
        if tag in SILENT and self.silence:
            self.silence -= 1

    def handle_data(self, data: str) -> None:
        if not self.silence:
            # A line break in the source of a paragraph is only a space.
            self.pieces.append(" ".join(data.split("\n")))


def plain_text(html: str) -> str:
    """The text of an HTML fragment or page, one paragraph per block, alternative texts included.

    Block elements end a sentence; inline elements do not, so a word that is half in bold stays one word, and
    what their attributes say comes after the paragraph.
    Never raises: what is no HTML comes out as it is.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    paragraphs = "".join(reader.pieces).split("\n\n")
    return "\n\n".join(text for paragraph in paragraphs if (text := _tidy(paragraph)))


def _tidy(paragraph: str) -> str:
    return " ".join(paragraph.split()).removesuffix(" ;").removesuffix(";")
