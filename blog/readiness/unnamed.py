"""Sentences that lean on studies, research or experts and name none."""

import re
from collections.abc import Iterator

from lxml import html

from blog import wording
from blog.readiness.problems import BLOCKS, WARNS, Examined, Problem
from blog.wording import CITATION, excerpt

_WHO = (
    r"(?:stud(?:y|ies)|research|researchers|scientists|experts?|specialists|trials?|evidence|surveys?"
    r"|meta-?analys[ie]s|the science|clinical data|the literature)"
)
_SAYS = (
    r"(?:show(?:s|n|ed)?|suggest(?:s|ed)?|find|finds|found|say|says|said|believe[sd]?|agree[sd]?|prove[sdn]?"
    r"|proven|link(?:s|ed)?|indicate[sd]?|report(?:s|ed)?|reveal(?:s|ed)?|confirm(?:s|ed)?|conclude[sd]?"
    r"|demonstrate[sd]?|recommend(?:s|ed)?|point(?:s|ed)? to|support(?:s|ed)?|discovered|established|claim(?:s|ed)?)"
)
_UNNAMED = re.compile(
    rf"\b{_WHO}\b[^.!?]{{0,80}}?\b{_SAYS}\b|\baccording to\b[^.!?,]{{0,40}}\b{_WHO}\b"
    rf"|\bwell[- ]documented\b|\b(?:scientifically|clinically) (?:proven|shown)\b"
    rf"|\b{_SAYS} (?:in|by) (?:\w+ ){{0,3}}{_WHO}\b",
    re.IGNORECASE,
)
# “No study has shown”, “we know of no trial”: what is not there cannot be cited. “A survey cannot show a
# cause” explains surveys, it does not lean on one.
_NONE = re.compile(
    rf"\b(?:no|not any|neither|nor|without|lack of|never|none)\b[^.!?]{{0,40}}\b{_WHO}\b"
    rf"|\b{_WHO}\b[^.!?]{{0,40}}\b(?:can|cannot|nobody can|can't|can only)\s+{_SAYS}\b"
    rf"|\b(?:not|never|n[o']t yet|hardly|too little|too few)\b[^.!?]{{0,30}}\b{_SAYS}\b",
    re.IGNORECASE,
)
_ORPHAN = re.compile(
    rf"(?:(?:this|that|the|a|an|one|these|those|recent|new|here is an?)\s+)*(?:\w+\s+)?{_WHO}",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?:click\s+)?here|(?:read|learn|find out|see)\s+more|(?:this|that)(?:\s+(?:link|page|article|post|site))?|link|more",
    re.IGNORECASE,
)


def problems(examined: Examined) -> Iterator[Problem]:
    """Yield sentences without a source for what they lean on, and links that name nothing."""
    for field, block in examined.texts:
        if block.is_heading:
            continue
        for sentence in wording.sentences(block.text):
            if leans_on_nobody(sentence):
                message = "Which study, which research, which expert? Cite it in this sentence."
                yield Problem("unnamed", BLOCKS, message, field, excerpt(sentence))
    for field, markup in examined.prose:
        yield from _links(field, markup)


def leans_on_nobody(sentence: str) -> bool:
    """Whether a sentence appeals to evidence that it does not name. A question does not."""
    if CITATION.search(sentence) or sentence.endswith("?"):
        return False
    return bool(_UNNAMED.search(sentence)) and not _NONE.search(sentence)


def _links(field: str, markup: str) -> Iterator[Problem]:
    for link in wording.parsed(markup).iter("a"):
        text = wording.tidy(link.text_content()).strip(".,:;")
        if _ORPHAN.fullmatch(text) and not _is_cited(link):
            message = (
                f"The link “{text}” names no source: cite it, so that readers can find it again."
            )
            yield Problem("orphan_study", BLOCKS, message, field, text)
        elif not text and not link.findall(".//img"):
            yield Problem(
                "empty_link", BLOCKS, "A link has no words.", field, link.get("href") or ""
            )
        elif _VAGUE.fullmatch(text):
            message = f"The link “{text}” does not say where it leads."
            yield Problem("vague_link", WARNS, message, field, text)


def _is_cited(link: html.HtmlElement) -> bool:
    around = link.getparent()
    return around is not None and bool(CITATION.search(around.text_content()))
