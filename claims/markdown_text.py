"""Markdown as the text that a reader sees, for the claims check. Marks of sources stay in it."""

import re

_LINK = re.compile(r"\[([^\]\[\n]+)\]\([^)\s]*\)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])([^*\n]+?)\*(?![\w*])")
_START_OF_LINE = re.compile(r"^ {0,3}(?:#{1,6} +|> ?|[-+*] +|\d{1,3}[.)] +)", re.MULTILINE)
_TABLE_RULE = re.compile(r"^ *\|?[ |:-]+\|? *$", re.MULTILINE)

_GAP = re.compile(r"\n\s*\n")


def markdown_text(markdown: str) -> str:
    """Return `markdown` without its signs: links as their words, headings and list items as lines.

    `[@r5]` stays, since the check asks whether a sentence names its source. Rows of a table become lines
    whose cells end like sentences.
    """
    text = _TABLE_RULE.sub("", markdown)
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(lambda found: found[2] or found[3], text)
    # A line that is only wrapped goes on; a list item and a heading are paragraphs of their own.
    text = _START_OF_LINE.sub("\n", text)
    return _GAP.sub("\n\n", text).strip()
