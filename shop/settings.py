"""Settings of the shop, driven by the environment (and `.env`); every name is explained in docs/settings.md.

Safe by default: without DEMO or DEBUG this is production, and a missing secret stops the start.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from whitenoise.compress import Compressor

from shop.lib.databases import with_engine_options
from shop.lib.env import flag
from shop.lib.storages import media_storage
from shop.lib.stripe_keys import live_key_conflict

# Lets annotations such as ModelAdmin[Order] stand in code that Django runs.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()
# The environment wins over the file. ENV_FILE= (empty) reads none.
if _env_file := env.str("ENV_FILE", default=str(BASE_DIR / ".env")):
    environ.Env.read_env(_env_file)

# --- What kind of shop this is -------------------------------------------------------------------

DEBUG = flag(os.environ, "DEBUG", default=False)
# A demo shop runs on one machine, over http, with invented data and a simulated Stripe.
DEMO = flag(os.environ, "DEMO", default=False)
IS_PRODUCTION = not (DEBUG or DEMO)

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    msg = "SECRET_KEY is missing. `make run` writes one to .env; in production set it yourself."
    raise ImproperlyConfigured(msg)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])

PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default="" if IS_PRODUCTION else f"http://localhost:{PORT}")
SITE_URL = SITE_URL.rstrip("/")
if not SITE_URL:
    msg = "SITE_URL is missing: the shop's public address, such as https://www.example.com"
    raise ImproperlyConfigured(msg)
_site_host = urlsplit(SITE_URL).hostname or "localhost"
# A bare IP address is no domain to send mail from.
_is_address = ":" in _site_host or _site_host.replace(".", "").isdigit()
_mail_host = "localhost" if _is_address else _site_host
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS",
    default=[_site_host] if IS_PRODUCTION else [_site_host, "localhost", "127.0.0.1"],
)

SITE_NAME = env.str("SITE_NAME", default="B12 Patch")
PRIMARY_PRODUCT_SLUG = "b12-patch"
SHOP_LEGAL_NAME = env.str("SHOP_LEGAL_NAME", default="B12 Patch (demo shop)")
SHOP_POSTAL_ADDRESS = env.str("SHOP_POSTAL_ADDRESS", default="100 Demo Street, Albany, NY 12207")
SHOP_PHONE = env.str("SHOP_PHONE", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <orders@{_mail_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
STAFF_EMAIL = env.str("STAFF_EMAIL", default=f"staff@{_mail_host}")

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "shop.apps.ShopConfig",
    "shop.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "huey.contrib.djhuey",
    "post_office",
    "simple_history",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_prose_editor",
    "claims",
    "accounts",
    "redirects",
    "references",
    "search",
    "policies",
    "outbox",
    "throttle",
    "books",
    "products",
    "orders",
    "blog",
    "reviews",
    "pages",
    "affiliates",
]

MIDDLEWARE = [
    "shop.middleware.MannersMiddleware",
    "shop.middleware.OneHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shop.middleware.PublicGZipMiddleware",
    "redirects.middleware.RedirectMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shop.middleware.StaffSessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shop.middleware.StaffAuthenticationMiddleware",
    "shop.middleware.StaffMessageMiddleware",
    "shop.middleware.StaffHistoryMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                # Both find nothing where the staff's middleware has not run, and touch no cookie there.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context_processors.shop_context",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Data ----------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'shop.sqlite3'}")
REDIS_URL = env.str("REDIS_URL", default="")
DATABASES: dict[str, dict[str, Any]] = {
    "default": with_engine_options(
        environ.Env.db_url_config(DATABASE_URL),
        conn_max_age=env.int("DATABASE_CONN_MAX_AGE", default=60),
        pool_size=env.int("DATABASE_POOL_SIZE", default=0),
    )
}
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# The queue only carries nudges; what is to be done stands in rows. So losing it loses nothing.
if REDIS_URL:
    _queue: dict[str, Any] = {"huey_class": "huey.RedisHuey", "connection": {"url": REDIS_URL}}
elif DATABASE_URL.startswith("postgres"):
    _queue = {"huey_class": "huey.PostgresHuey", "connection": {"dsn": DATABASE_URL}}
else:
    _queue = {
        "huey_class": "huey.SqliteHuey",
        "connection": {"filename": env.str("QUEUE_FILE", default=str(VAR_DIR / "queue.sqlite3"))},
    }
HUEY: dict[str, Any] = {
    "name": "shop",
    "results": False,
    "immediate": False,
    "consumer": {
        "workers": 2,
        "worker_type": "thread",
        "check_worker_health": True,
        "flush_locks": True,  # of a worker that was killed while it held one
    },
    **_queue,
}

LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = ["shop.formats"]
USE_I18N = False
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="America/New_York")

# --- Static files and media ----------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
STORAGES: dict[str, dict[str, Any]] = {
    "default": media_storage(env),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The editor's source map is for debuggers only; packing its two megabytes took longer than all else.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
IMAGE_MAX_BYTES = env.int("IMAGE_MAX_BYTES", default=12_000_000)
IMAGE_MAX_PIXELS = env.int("IMAGE_MAX_PIXELS", default=40_000_000)

# --- Money and Stripe ----------------------------------------------------------------------------

CURRENCY = env.str("CURRENCY", default="USD")
MONEY_LOCALE = "en_US"
SANDBOX_PORT = env.int("SANDBOX_PORT", default=8001)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
# Without a key a demo shop talks to the sandbox that `make run` starts beside it.
USES_SANDBOX = not IS_PRODUCTION and not STRIPE_SECRET_KEY
if USES_SANDBOX:
    STRIPE_SECRET_KEY = "sk_test_sandbox"  # noqa: S105 (opens nothing but the sandbox)
STRIPE_API_BASE = env.str(
    "STRIPE_API_BASE", default=f"http://127.0.0.1:{SANDBOX_PORT}" if USES_SANDBOX else ""
).rstrip("/")
# Web servers skip system checks, so this one stops the start itself.
if msg := live_key_conflict(STRIPE_SECRET_KEY, debug=DEBUG, demo=DEMO, api_base=STRIPE_API_BASE):
    raise ImproperlyConfigured(msg)
STRIPE_WEBHOOK_SECRETS: list[str] = env.list(
    "STRIPE_WEBHOOK_SECRET", default=["whsec_sandbox"] if USES_SANDBOX else []
)
STRIPE_CHECKOUT_ORIGIN = (
    env.str("SANDBOX_PUBLIC_URL", default=STRIPE_API_BASE)
    if STRIPE_API_BASE
    else "https://checkout.stripe.com"
)
# Names this installation in Stripe's metadata, so that two shops on one account ignore each other.
DEPLOYMENT = env.str("DEPLOYMENT", default=_site_host)
# Stripe accepts sessions from 30 minutes up; the stock hold lasts exactly as long.
PAYMENT_WINDOW_MINUTES = env.int("PAYMENT_WINDOW_MINUTES", default=32)
SALES_TAX = env.str("SALES_TAX", default="table")  # "table" (ours) or "stripe" (Stripe Tax)

# --- Card testing --------------------------------------------------------------------------------

# Per LIMIT_MINUTES; 0 is no limit. Why these numbers: docs/decisions/0019.
LIMIT_MINUTES = env.int("LIMIT_MINUTES", default=60)
CHECKOUT_LIMIT_NETWORK = env.int("CHECKOUT_LIMIT_NETWORK", default=60)
CHECKOUT_LIMIT_BROWSER = env.int("CHECKOUT_LIMIT_BROWSER", default=10)
CHECKOUT_LIMIT_EMAIL = env.int("CHECKOUT_LIMIT_EMAIL", default=10)
DECLINE_LIMIT_NETWORK = env.int("DECLINE_LIMIT_NETWORK", default=20)
DECLINE_LIMIT_BROWSER = env.int("DECLINE_LIMIT_BROWSER", default=8)
DECLINE_LIMIT_EMAIL = env.int("DECLINE_LIMIT_EMAIL", default=8)
# So many declined cards close one payment page, and its order with it.
DECLINE_LIMIT_PAGE = env.int("DECLINE_LIMIT_PAGE", default=5)
# Attack mode starts at ATTACK_DECLINES within ATTACK_MINUTES, if they are ATTACK_PERCENT of all tries.
ATTACK_DECLINES = env.int("ATTACK_DECLINES", default=25)
ATTACK_PERCENT = env.int("ATTACK_PERCENT", default=50)
ATTACK_MINUTES = env.int("ATTACK_MINUTES", default=30)
ATTACK_QUIET_MINUTES = env.int("ATTACK_QUIET_MINUTES", default=60)

# --- Old addresses -------------------------------------------------------------------------------

# How many addresses that nobody found are kept for staff, those asked for most.
NOT_FOUND_KEPT = env.int("NOT_FOUND_KEPT", default=2000)

# --- The blog ------------------------------------------------------------------------------------

# For how many days a link to a draft opens, and after how many months a reviewed post is looked at again.
PREVIEW_DAYS = env.int("PREVIEW_DAYS", default=7)
REVIEW_MONTHS = env.int("REVIEW_MONTHS", default=12)
# Lists show summaries, or whole posts as old blogs did.
BLOG_SHOWS = env.str("BLOG_SHOWS", default="summaries")
if BLOG_SHOWS not in {"summaries", "whole"}:
    msg = "BLOG_SHOWS is summaries or whole"
    raise ImproperlyConfigured(msg)
BLOG_PAGE_SIZE = env.int("BLOG_PAGE_SIZE", default=10)

# --- Reviews -------------------------------------------------------------------------------------

# Days after delivery until buyers are asked, until they are reminded, and for which their link opens.
REVIEW_REQUEST_DAYS = env.int("REVIEW_REQUEST_DAYS", default=21)
REVIEW_REMINDER_DAYS = env.int("REVIEW_REMINDER_DAYS", default=14)
REVIEW_LINK_DAYS = env.int("REVIEW_LINK_DAYS", default=180)
# A review that nobody has decided on for so many days is shown by itself.
REVIEW_DECIDE_DAYS = env.int("REVIEW_DECIDE_DAYS", default=7)
REVIEW_PAGE_SIZE = env.int("REVIEW_PAGE_SIZE", default=10)
# Google takes a feed of reviews from fifty on; 0 switches it off.
REVIEW_FEED_FROM = env.int("REVIEW_FEED_FROM", default=50)

# --- Security ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": [
            "'self'",
            *([f"https://{env.str('S3_PUBLIC_DOMAIN')}"] if "S3_PUBLIC_DOMAIN" in env else []),
        ],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        # Chrome applies form-action to the redirect after a POST, so the way to Stripe is named here.
        "form-action": ["'self'", STRIPE_CHECKOUT_ORIGIN],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = flag(os.environ, "SECURE_SSL_REDIRECT", default=IS_PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if IS_PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
if flag(os.environ, "BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of our own add to X-Forwarded-For; 0 means the address of the connection counts.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "shop.views.not_accepted"

# --- Mail ----------------------------------------------------------------------------------------

# "keep": mails stay in the outbox, where staff read them. "send": the outbox is emptied by SMTP.
EMAIL_URL = env.str("EMAIL_URL", default="")
MAIL_DELIVERY = "send" if EMAIL_URL else "keep"
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 20
POST_OFFICE = {
    "BACKENDS": {
        "default": globals().get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
    },
    # For three days, counted only while the mail server can be used: see outbox/delivery.py.
    "MAX_RETRIES": 432,
    "RETRY_INTERVAL": timedelta(minutes=10),
    # What nobody takes waits behind what has not been tried; databases differ in where they put NULL.
    "SENDING_ORDER": ["-priority", F("number_of_retries").asc(nulls_first=True), "pk"],
    "LOG_LEVEL": 2,
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": _mail_host,
    "THREADS_PER_PROCESS": 1,
    # Sent and marked one by one: a worker that dies in between can double that one mail, no other.
    "BATCH_SIZE": 1,
}

# --- Logs ----------------------------------------------------------------------------------------

LOG_FORMAT = env.str("LOG_FORMAT", default="json" if IS_PRODUCTION else "line")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no_personal_data": {"()": "shop.lib.logs.WithoutPersonalData"},
        "no_probes": {"()": "redirects.probes.WithoutProbes"},
    },
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["no_personal_data"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "django.request": {"filters": ["no_probes"]},
        "huey": {"level": "WARNING"},
        # post_office would add a handler of its own to a logger without one.
        "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "stripe": {"level": "WARNING"},
    },
}
