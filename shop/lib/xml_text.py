"""Text for XML: without what XML 1.0 cannot hold."""

import re

# Section 2.2 of the specification; a text from an import may hold any of it.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return `text` without the characters that no XML document may hold, not even escaped."""
    return _NOT_XML.sub("", text)
