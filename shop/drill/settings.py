"""The shop's settings for the process of a drill: no queue, no stored files, no static files to collect."""

import os
from pathlib import Path

from shop.settings import *  # noqa: F403
from shop.settings import LOGGING, STORAGES

_folder = Path(os.environ["DRILL_FOLDER"])
HUEY = {"huey_class": "huey.MemoryHuey", "name": "drill", "immediate": False, "results": False}
MEDIA_ROOT = _folder / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    **{name: STORAGES[name] for name in STORAGES.keys() - {"default", "staticfiles"}},
}
STATIC_ROOT = _folder / "static"
WHITENOISE_AUTOREFRESH = True
# The refusals that a drill provokes are looked at, not read in a log.
LOGGING["root"]["level"] = "CRITICAL"
for _logger in LOGGING["loggers"].values():
    _logger["level"] = "CRITICAL"
