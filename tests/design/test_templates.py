"""Templates and styles: nothing inline, nothing from elsewhere, drawings that can be named."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in {".html", ".svg"} and "emails" not in path.parts
)
PICTURES = sorted((ROOT / "templates/pictures").glob("*.svg"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_comments(path: Path) -> str:
    """Return the template without what stands in its comments."""
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    return re.sub(r"{#.*?#}|<!--.*?-->", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_has_nothing_inline(path):
    text = without_comments(path)

    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert "<style" not in text
    assert "javascript:" not in text
    for script in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in script or "application/ld+json" in script


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_loads_nothing_from_elsewhere(path):
    text = without_comments(path)

    assert not re.search(
        r"""<(?:script|img|iframe|source|video|link)\b[^>]*(?:src|srcset|href)\s*=\s*["'](?:https?:)?//""",
        text,
    )


@pytest.mark.parametrize("path", sorted((ROOT / "static").rglob("*.css")), ids=name_of)
def test_style_sheet_loads_nothing(path):
    css = path.read_text()

    assert "@import" not in css
    assert "url(" not in css
    assert "@font-face" not in css


@pytest.mark.parametrize("path", PICTURES, ids=name_of)
def test_picture_has_a_name_or_is_hidden(path):
    text = path.read_text()

    assert '{% if title %}role="img"{% else %}aria-hidden="true"{% endif %}' in text
    assert "{% if title %}<title>{{ title }}</title>{% endif %}" in text
    assert "#" not in re.sub(r"{#.*?#}", "", text), "colors come from the tokens"
    assert not re.search(r'\sid="', text), "a picture may stand on a page twice"
