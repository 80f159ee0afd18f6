"""The palette: every pair of colors that carries text or marks a control keeps WCAG's contrast."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
TOKENS = (STATIC / "css/tokens.css").read_text()
GROUNDS = ("paper", "surface", "sunken")

TEXT_PAIRS = [
    *[
        (text, ground)
        for text in ("ink", "muted", "cobalt", "cobalt-hover", "ruby")
        for ground in GROUNDS
    ],
    *[
        (text, ground)
        for text in ("good", "warn", "bad")
        for ground in ("paper", "surface", "sunken")
    ],
    ("on-cobalt", "cobalt"),
    ("on-cobalt", "cobalt-hover"),
    ("on-ruby", "ruby"),
    ("paper", "bad"),
    ("paper", "ink"),
    *[("ink", tint) for tint in ("cobalt-tint", "ruby-tint", "good-tint", "warn-tint")],
    ("muted", "cobalt-tint"),
    ("cobalt", "cobalt-tint"),
    ("cobalt-hover", "cobalt-tint"),
    ("good", "good-tint"),
    ("warn", "warn-tint"),
]
MARK_PAIRS = [
    *[("control", ground) for ground in GROUNDS],
    ("control", "cobalt-tint"),
    ("ruby", "ruby-tint"),
    *[("pic-ruby", ground) for ground in (*GROUNDS, "pic-skin")],
    ("pic-on-ruby", "pic-ruby"),
    ("pic-line", "pic-skin"),
    ("pic-line", "paper"),
    ("pic-line", "sunken"),
]


def scheme(name: str) -> dict[str, str]:
    """Return the colors of a scheme; dark names only what differs from light."""
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", TOKENS, re.DOTALL)[:2]
    colors = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", light))
    if name == "dark":
        colors |= dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", dark))
    return colors


def luminance(color: str) -> float:
    """Return WCAG's relative luminance of "#RRGGBB", 0 to 1."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colors, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(name, text, ground):
    colors = scheme(name)

    assert contrast(colors[text], colors[ground]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_controls_and_drawings_are_visible(name, mark, ground):
    colors = scheme(name)

    assert contrast(colors[mark], colors[ground]) >= 3


def test_contrast_formula_knows_the_extremes():
    assert contrast("#000000", "#FFFFFF") == 21
    assert contrast("#FFFFFF", "#FFFFFF") == 1
    assert round(contrast("#1C2230", "#FBF9F6"), 1) == 15.1


def test_theme_color_in_the_page_is_the_paper():
    base = (STATIC.parent / "templates/base.html").read_text()

    assert f'content="{scheme("light")["paper"]}" media="(prefers-color-scheme: light)"' in base
    assert f'content="{scheme("dark")["paper"]}" media="(prefers-color-scheme: dark)"' in base


def compressed_size(pattern: str) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in STATIC.glob(pattern))


def test_style_sheets_stay_small():
    assert compressed_size("css/*.css") < 25_000
    assert compressed_size("css/site.css") + compressed_size("css/tokens.css") < 13_000


def test_scripts_stay_small():
    assert compressed_size("js/*.js") < 10_000


def test_every_used_token_exists():
    names = set(re.findall(r"--([\w-]+):", TOKENS))
    for path in STATIC.glob("css/*.css"):
        css = path.read_text()
        own = set(re.findall(r"--([\w-]+):", css))
        used = set(re.findall(r"var\(--([\w-]+)", css))

        assert used <= names | own, path.name


@pytest.mark.parametrize("path", sorted(STATIC.glob("css/*.css")), ids=lambda path: path.name)
def test_style_sheet_closes_what_it_opens(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    depth = 0
    for brace in re.findall(r"[{}]", css):
        depth += 1 if brace == "{" else -1
        assert depth >= 0

    assert depth == 0
