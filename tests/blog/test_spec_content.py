"""The first posts are about what issue 4 asks for, and the blog keeps its cost: sections 3 and "Shown by"."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.blog.starter_texts import CITATION, FILES, RELATED, ROOT, SLUGS, blocks, read, written

# The tags of the original blog that are known: source_site.md section 5.
KNOWN_TAGS = {
    *("what-is-b12-deficiency", "low-b12-levels", "low-vitamin-b12", "low-b12", "b12-levels"),
    *("b-12", "cobalamin", "b12-shots", "sublingual-vitamin-b12", "vegan-b12"),
    *("vitamin-b12-benefits", "vitamin-b12-absorption", "vitamin-b12-food-sources"),
    *("b12-deficiency-symptoms", "symptoms-of-b12-deficiency", "what-is-pernicious-anemia"),
    *("immune-system", "autoimmune-disease-2", "brain-fog", "dementia"),
    "dementia-and-vitamin-b12-deficiency",
}
# What a post must speak of, by its address.
SUBJECTS = {
    "b12-deficiency-or-ms": r"multiple sclerosis|\bMS\b",
    "b12-and-bones": r"trials? .*(no|not|nothing|neither)",
    "how-b12-is-absorbed": r"\bsix steps\b|step 6|sixth step",
    "causes-of-b12-deficiency": "intrinsic factor",
    "b12-tests-and-what-they-mean": "methylmalonic|MMA",
    "tablets-injections-patches": "no (controlled )?(trial|study)|not (known|shown|established)",
    "metformin-acid-reducers-and-b12": "metformin",
    "b12-mouth-and-tongue": "tongue",
    "b12-after-bariatric-surgery": "bypass",
    "b12-in-pregnancy": "2.6",
    "vegan-diet-and-b12": "fortified",
    "canned-foods-rich-in-b12": "clams",
}
GROWTH = ROOT / "bench/growth.md"


def test_posts_bear_the_tags_of_the_original_blog():
    rows = tomllib.loads((ROOT / "blog/content/tags.toml").read_text("utf-8"))["tag"]
    slugs = {row["name"]: row["slug"] for row in rows}

    assert set(slugs.values()) >= KNOWN_TAGS
    for path in FILES:
        known = {slugs[name] for name in read(path)["tags"]} & KNOWN_TAGS
        assert len(known) >= 2, path.stem


def test_there_is_a_post_on_each_subject_that_speaks_of_it():
    assert set(SUBJECTS) == set(SLUGS)
    assert len(FILES) >= 10
    for path in FILES:
        said = " ".join(text for _, text in blocks(read(path)["body"]))
        assert re.search(SUBJECTS[path.stem], said, re.IGNORECASE), path.stem


def test_posts_lead_to_each_other():
    led_to: dict[str, set[str]] = {slug: set() for slug in SLUGS}
    for path in FILES:
        post = read(path)
        others = {*post["read_more"], *RELATED.findall(post["body"])}
        assert len(post["read_more"]) >= 3, path.stem
        for other in others:
            led_to[other].add(path.stem)

    assert [slug for slug, others in led_to.items() if not others] == []


def test_posts_cite_the_sources_that_were_looked_up_for_them():
    """health_facts.md section 5 numbers them R1 to R59; a source of the FDA has a name."""
    cited = {
        key for path in FILES for text in written(read(path)) for key in CITATION.findall(text)
    }

    assert len(cited) >= 40
    assert [key for key in cited if not re.fullmatch(r"r([1-9]|[1-5]\d)|fda-\d{4}", key)] == []


def measured(path: Path) -> dict[str, list[str]]:
    """The rows of bench/growth.md: {page and database: its cells}."""
    rows = [line.strip("| ").split(" | ") for line in path.read_text().splitlines()]
    return {row[0]: row[1:] for row in rows if len(row) == 7 and " / " in row[4]}


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_ten_thousand_posts_cost_what_a_hundred_do(database):
    """What `make bench-growth` measured last: the counts, the bytes and 1.2 times the CPU."""
    rows = {name: cells for name, cells in measured(GROWTH).items() if name.endswith(database)}

    assert "# What 10,000 posts cost, beside 100" in GROWTH.read_text()
    pages = ("blog index", "second page", "tag", "category", "month", "post", "feed", "home")
    pages += ("search, rare word", "search, word of every post")
    assert set(rows) == {f"{page}, {database}" for page in pages}
    for name, (growth, _, _, queries, size, verdict) in rows.items():
        assert verdict.strip() == "ok", name
        assert float(growth.split()[0]) <= 1.2, name
        assert len(set(queries.split(" / "))) == 1, name
        few, many = map(int, size.split(" / "))
        # The excerpts of other posts are a little longer or shorter.
        assert abs(many / few - 1) <= (0.02 if name.startswith("search") else 0), name
