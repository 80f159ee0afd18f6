"""Settings of the sandbox server, read from the environment (README.md lists the names)."""

import os
import secrets
from decimal import Decimal
from pathlib import Path

LOOPBACK = {"127.0.0.1", "localhost", "::1"}

SANDBOX_HOST = os.environ.get("SANDBOX_HOST", "127.0.0.1")
SANDBOX_PORT = int(os.environ.get("SANDBOX_PORT", "8001"))
SANDBOX_PUBLIC_URL = os.environ.get(
    "SANDBOX_PUBLIC_URL", f"http://127.0.0.1:{SANDBOX_PORT}"
).rstrip("/")
# The shop's name on the payment page; without it the page shows the host of `success_url`.
SANDBOX_MERCHANT = os.environ.get("SANDBOX_MERCHANT", "")
SANDBOX_WEBHOOK_URL = os.environ.get("SANDBOX_WEBHOOK_URL", "")
SANDBOX_WEBHOOK_SECRETS = [
    secret for secret in os.environ.get("SANDBOX_WEBHOOK_SECRET", "").split(",") if secret
]
SANDBOX_WEBHOOK_EVENTS = os.environ.get("SANDBOX_WEBHOOK_EVENTS", "*").split(",")
# Stripe retries for three days in live mode and three times in test mode; here it is scaled down.
SANDBOX_RETRY_SECONDS = [
    float(part) for part in os.environ.get("SANDBOX_RETRY_SECONDS", "5,30,120").split(",") if part
]
# After how long the cards whose refunds are decided later let them succeed or fail.
SANDBOX_REFUND_SECONDS = int(os.environ.get("SANDBOX_REFUND_SECONDS", "60"))
SANDBOX_DELIVERY_TIMEOUT = float(os.environ.get("SANDBOX_DELIVERY_TIMEOUT", "10"))
# What a tax calculation finds everywhere; the sandbox knows nothing of real tax.
SANDBOX_TAX_PERCENT = Decimal(os.environ.get("SANDBOX_TAX_PERCENT", "0"))
# After how long a bank answers a delayed debit, by the sandbox's clock.
SANDBOX_BANK_SECONDS = int(os.environ.get("SANDBOX_BANK_SECONDS", "60"))
SANDBOX_STRICT = os.environ.get("SANDBOX_STRICT", "1") != "0"

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(32)  # nothing is signed with it that outlives the process
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "stripe_sandbox.urls"
INSTALLED_APPS = ["stripe_sandbox", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "stripe_sandbox.security.answer_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stripe_sandbox.security.only_own_pages_post",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
    }
]

SANDBOX_DATABASE = Path(os.environ.get("SANDBOX_DATABASE", "var/stripe_sandbox.sqlite3"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(SANDBOX_DATABASE),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            # Write locks are taken at BEGIN, so a read that turns into a write never fails.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
APPEND_SLASH = False

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "stripe_sandbox %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # The control page shows refused requests; the console stays for what needs a developer's eye.
    "loggers": {"django.request": {"level": "ERROR"}, "gunicorn": {"level": "WARNING"}},
}
