"""The HTTP server: gunicorn, one process with threads, so that one queue thread is enough."""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from stripe_sandbox.deliveries import DeliveryThread


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
