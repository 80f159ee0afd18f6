"""The shop's settings with what tests change: hasher, queue, storage, logging, and a quiet sandbox."""

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_folder = Path(tempfile.gettempdir()) / f"shop-tests-{os.getuid()}"
_folder.mkdir(exist_ok=True)
os.environ.update(SECRET_KEY="only-for-tests", DEMO="True", DEBUG="False", EMAIL_URL="")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder / 'shop.sqlite3'}")
for _name in ("STRIPE_SECRET_KEY", "REDIS_URL", "S3_BUCKET"):
    os.environ[_name] = ""

from shop.settings import *  # noqa: E402, F403
from shop.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HUEY = {"huey_class": "huey.MemoryHuey", "name": "tests", "immediate": False, "results": False}
MEDIA_ROOT = _folder / f"media-{_worker}"
STATIC_ROOT = _folder / "static"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["TEST"] = {
    **DATABASES["default"].get("TEST", {}),
    **(
        {"NAME": str(_folder / "test.sqlite3")}
        if "sqlite" in DATABASES["default"]["ENGINE"]
        else {}
    ),
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A test database needs no survival of a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] += ";PRAGMA synchronous=OFF"
for _template in TEMPLATES:
    _template["OPTIONS"]["string_if_invalid"] = ""
LOGGING["root"]["level"] = "ERROR"  # noqa: F405
