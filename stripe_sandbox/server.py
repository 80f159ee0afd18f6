"""The HTTP server: gunicorn, one process with threads, so that one queue thread is enough."""

import logging
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from stripe_sandbox.api.calls import known_endpoints
from stripe_sandbox.api.idempotency import free_unfinished
from stripe_sandbox.deliveries import DeliveryThread
from stripe_sandbox.webhook_setup import set_webhook

log = logging.getLogger(__name__)


def prepare() -> None:
    """Bring the database up to date and take the webhook address from the environment."""
    call_command("migrate", verbosity=0, skip_checks=True)
    free_unfinished()
    if settings.SANDBOX_WEBHOOK_URL:
        set_webhook(
            settings.SANDBOX_WEBHOOK_URL,
            settings.SANDBOX_WEBHOOK_SECRETS,
            settings.SANDBOX_WEBHOOK_EVENTS,
        )
    known_endpoints()
    connections.close_all()  # SQLite connections must not be carried over a fork


def serve() -> None:
    """Answer requests until told to stop."""
    log.info("simulated Stripe, no money moves: %s/", settings.SANDBOX_PUBLIC_URL)
    SandboxServer().run()


class SandboxServer(BaseApplication):  # type: ignore[misc]
    """gunicorn without a command line of its own."""

    def load_config(self) -> None:
        """One worker on loopback that ends within a second of being asked."""
        host = (
            f"[{settings.SANDBOX_HOST}]" if ":" in settings.SANDBOX_HOST else settings.SANDBOX_HOST
        )
        options: dict[str, Any] = {
            "bind": f"{host}:{settings.SANDBOX_PORT}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": 16,
            "graceful_timeout": 1,
            "timeout": 120,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "stripe_sandbox",
            "post_worker_init": _start_deliveries,
            "worker_exit": _stop_deliveries,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application."""
        return get_wsgi_application()


def _start_deliveries(worker: Any) -> None:
    worker.deliveries = DeliveryThread()
    worker.deliveries.start()


def _stop_deliveries(_server: Any, worker: Any) -> None:
    if hasattr(worker, "deliveries"):
        worker.deliveries.stop()
