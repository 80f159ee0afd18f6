"""Where this machine keeps a Chromium."""

import os
import shutil
from pathlib import Path

HEADLESS = (
    "chromium-headless-shell",
)  # Debian's, the same engine without windows: a quarter less work
WHOLE = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find(candidates: tuple[str, ...] = HEADLESS + WHOLE) -> str | None:
    """Return the path of CHROME_PATH or of the first of `candidates`, None if there is none."""
    named = os.environ.get("CHROME_PATH")
    if named:
        return named if Path(named).exists() else None
    return next((path for name in candidates if (path := shutil.which(name))), None)
