"""Render the drawings of posts: design/posts/*.svg to blog/content/pictures/*.png, 1600 pixels wide.

    .venv/bin/python design/render_posts.py [name …]

A drawing has the viewBox "0 0 800 450", a <title>, and uses the classes of design/posts/drawing.css and the
tokens of static/css/tokens.css as they are in the light scheme. Needs Chromium (CHROMIUM_PATH, default
/usr/bin/chromium), the development requirements and, for the committed look of the words, the Liberation
fonts. The same drawing gives the same file. Run it after changing a drawing or a token, then commit both.
"""

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DRAWINGS = ROOT / "design" / "posts"
PICTURES = ROOT / "blog" / "content" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
WIDTH, HEIGHT = 800, 450  # CSS pixels; each becomes two pixels of the picture
COLORS = 64


def page_html(drawing: Path) -> str:
    """Return the whole page of one drawing, style sheets included, as no server runs."""
    tokens = (ROOT / "static/css/tokens.css").read_text("utf-8")
    classes = (DRAWINGS / "drawing.css").read_text("utf-8")
    return f"<!doctype html><style>{tokens}{classes}</style>{drawing.read_text('utf-8')}"


def save(png: bytes, path: Path) -> None:
    """Write the picture in the few colors that a flat drawing has."""
    image = Image.open(BytesIO(png)).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)


def render(page: Page, drawing: Path) -> None:
    """Draw one picture and say how large it became."""
    page.set_content(page_html(drawing))
    path = PICTURES / f"{drawing.stem}.png"
    save(page.screenshot(), path)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def chosen(names: list[str]) -> list[Path]:
    """Return all drawings, or those that are named. Stops with a message at a name without a drawing."""
    drawings = {path.stem: path for path in sorted(DRAWINGS.glob("*.svg"))}
    unknown = sorted(set(names) - set(drawings))
    if unknown:
        sys.exit(f"No drawing in {DRAWINGS.relative_to(ROOT)}: {', '.join(unknown)}")
    return [drawings[name] for name in names] or list(drawings.values())


def main(names: list[str]) -> None:
    """Render all drawings, or those whose file stem is named."""
    drawings = chosen(names)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=2,
            color_scheme="light",
        )
        for drawing in drawings:
            render(page, drawing)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
