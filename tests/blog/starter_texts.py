"""Read the starter posts from their files and measure them; no database."""

import re
import tomllib
from functools import cache
from html import unescape
from pathlib import Path

import pyphen
from lxml import html

ROOT = Path(__file__).resolve().parent.parent.parent
CONTENT = ROOT / "blog" / "content"
SLUGS = (
    "b12-deficiency-or-ms",
    "b12-and-bones",
    "how-b12-is-absorbed",
    "causes-of-b12-deficiency",
    "b12-tests-and-what-they-mean",
    "tablets-injections-patches",
    "metformin-acid-reducers-and-b12",
    "b12-mouth-and-tongue",
    "b12-after-bariatric-surgery",
    "b12-in-pregnancy",
    "vegan-diet-and-b12",
    "canned-foods-rich-in-b12",
)
FILES = sorted((CONTENT / "posts").glob("*.toml"))
CITATION = re.compile(r"\[ref:([a-z0-9-]+)\]")
RELATED = re.compile(r"\[post:([a-z0-9-]+)\]")
HYPHENS = pyphen.Pyphen(lang="en_US")


@cache
def read(path):
    return tomllib.loads(path.read_text("utf-8"))


def pictures(post):
    return [post["picture"], *post.get("pictures", [])]


def written(post):
    """Return every text of a post that readers see, as it stands in the file."""
    texts = [post[key] for key in ("title", "summary", "meta_title", "meta_description")]
    texts += [post["body"], post["read_more_heading"], *post["takeaways"]]
    texts += [part for row in post["faq"] for part in (row["question"], row["answer"])]
    return texts + [row.get(key, "") for row in pictures(post) for key in ("alt", "caption")]


def blocks(markup):
    """Return the text of each paragraph, heading, item and table row, citations as [n], related lines left out."""
    texts = []
    for element in html.fragment_fromstring(markup, create_parent=True).iter(
        "p", "h2", "h3", "li", "tr", "figcaption"
    ):
        cells = element.xpath("td | th")
        text = " | ".join(cell.text_content() for cell in cells) or element.text_content()
        texts.append((element.tag, " ".join(RELATED.sub("", as_read(text)).split())))
    return [(tag, text) for tag, text in texts if text]


def as_read(text):
    """Return the text with its citations as numbers."""
    return CITATION.sub(lambda found: f" [{re.sub('[^0-9]', '', found[1])}]", unescape(text))


def words(text):
    return re.findall(r"[A-Za-z0-9][\w.,'’-]*", re.sub(r"\[\d+\]", "", text))


def syllables(word):
    """Count by hyphenation or by groups of vowels, whichever is more: each misses some."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    if re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$", plain):
        groups -= 1
    return max(1, groups, HYPHENS.inserted(plain).count("-") + 1)


def grade(markup):
    """Return the Flesch-Kincaid grade of the running text, headings and tables left out."""
    running = [text for tag, text in blocks(markup) if tag in {"p", "li"}]
    sentences = [
        sentence
        for text in running
        for sentence in re.split(r"(?<=[.?:;])\s+(?=[A-Z\[])", text)
        if words(sentence)
    ]
    spoken = [word for sentence in sentences for word in words(sentence)]
    spelled = sum(syllables(word) for word in spoken)
    return 0.39 * len(spoken) / len(sentences) + 11.8 * spelled / len(spoken) - 15.59
