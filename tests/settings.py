"""The shop's settings with what tests change: hasher, queue, storage, logging, and a quiet sandbox."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# One folder per run, shared by its xdist workers: two runs at the same time must not meet.
if "SHOP_TESTS_FOLDER" not in os.environ:
    os.environ["SHOP_TESTS_FOLDER"] = tempfile.mkdtemp(prefix="shop-tests-")
    atexit.register(shutil.rmtree, os.environ["SHOP_TESTS_FOLDER"], ignore_errors=True)
_folder = Path(os.environ["SHOP_TESTS_FOLDER"])
# What several runs at the same time may share: scripts/run_tests.py names a folder for it.
os.environ.setdefault("SHOP_TESTS_SHARED", str(_folder / "shared"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.update(
    ENV_FILE="",  # a developer's own .env must not decide what tests see
    SECRET_KEY="only-for-tests",
    DEMO="True",
    DEBUG="False",
    SITE_URL="http://localhost:8000",
    EMAIL_URL="",
    QUEUE_FILE=str(_folder / "queue.sqlite3"),
)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder / 'shop.sqlite3'}")
for _name in ("STRIPE_SECRET_KEY", "REDIS_URL", "S3_BUCKET"):
    os.environ[_name] = ""

from shop.settings import *  # noqa: E402, F403
from shop.settings import DATABASES, LOGGING, STORAGES, TEMPLATES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HUEY = {"huey_class": "huey.MemoryHuey", "name": "tests", "immediate": False, "results": False}
MEDIA_ROOT = _folder / f"media-{_worker}"
STATIC_ROOT = _folder / "static"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
_database = DATABASES["default"]
if "sqlite" in _database["ENGINE"]:
    _database["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    # A test database needs no survival of a power cut. And rows that nobody put in order come the other
    # way round: PostgreSQL gives them as it likes.
    _database["OPTIONS"]["init_command"] += (
        ";PRAGMA synchronous=OFF;PRAGMA reverse_unordered_selects=ON"
    )
else:
    _database["TEST"] = {"NAME": f"test_{_folder.name.replace('-', '_')}"}
    _database["OPTIONS"]["options"] = "-c synchronous_commit=off"
for _template in TEMPLATES:
    _template["OPTIONS"]["string_if_invalid"] = ""
LOGGING["root"]["level"] = "ERROR"
