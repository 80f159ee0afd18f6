"""Render the raster pictures of the shop from the same SVG templates that its pages include.

    .venv/bin/python design/render_rasters.py [name …]

Needs Chromium (CHROMIUM_PATH, default /usr/bin/chromium), the development requirements and, for the committed
look of the words, the fonts P052 and Roboto (Debian: fonts-urw-base35, fonts-roboto). Writes into
static/img and products/demo_images; run it after changing a drawing or a token, then commit the files.
"""

import os
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.template import Context, Engine
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SCENES = ROOT / "design" / "scenes"
IMAGES = ROOT / "static" / "img"
PRODUCT_IMAGES = ROOT / "products" / "demo_images"
CHROMIUM = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")


@dataclass(frozen=True)
class Raster:
    """One file, the scene that shows it (design/scenes), and its size in pixels."""

    path: Path
    scene: str
    width: int
    height: int


RASTERS = (
    Raster(IMAGES / "favicon.ico", "icon", 64, 64),
    Raster(IMAGES / "apple-touch-icon.png", "touch-icon", 180, 180),
    Raster(IMAGES / "social.png", "social", 1200, 630),
    Raster(PRODUCT_IMAGES / "pack.png", "packs", 1200, 1200),
    Raster(PRODUCT_IMAGES / "patch.png", "patch", 1200, 1200),
)


def scene_html(raster: Raster) -> str:
    """Return the whole page of a scene, style sheets included, as no server runs."""
    engine = Engine(dirs=[str(SCENES), str(ROOT / "templates")])
    css = "".join((ROOT / "static/css" / name).read_text() for name in ("tokens.css", "site.css"))
    context = {
        "css": css,
        "scenes_css": (SCENES / "scenes.css").read_text(),
        "scene": raster.scene,
    }
    return engine.get_template(f"{raster.scene.removeprefix('touch-')}.html").render(
        Context(context)
    )


def save(raster: Raster, png: bytes) -> None:
    """Write the file: an icon with two sizes, or a PNG reduced to the few colors of a flat drawing."""
    image = Image.open(BytesIO(png))
    raster.path.parent.mkdir(parents=True, exist_ok=True)
    if raster.path.suffix == ".ico":
        image.save(raster.path, sizes=[(16, 16), (32, 32)])
        return
    flat = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    flat.save(raster.path, optimize=True)


def render(page: Page, raster: Raster) -> None:
    """Draw one raster and say how large it became."""
    page.set_viewport_size({"width": raster.width, "height": raster.height})
    page.set_content(scene_html(raster))
    save(raster, page.screenshot(omit_background=raster.scene == "icon"))
    print(f"{raster.path.relative_to(ROOT)}: {raster.path.stat().st_size:,} bytes")


def main(names: list[str]) -> None:
    """Render all rasters, or those whose file stem is named."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(color_scheme="light")
        for raster in RASTERS:
            if not names or raster.path.stem in names:
                render(page, raster)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
