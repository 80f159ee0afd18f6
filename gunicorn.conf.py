"""How gunicorn serves the shop; it reads this file by itself from the folder it is started in."""

from typing import Any

from shop.lib.logs import WithoutPersonalData

worker_class = "gthread"
workers = 2
threads = 8
keepalive = 15
# The control socket has one path for every shop on a machine.
control_socket_disable = True
# No access log: it would hold addresses. Errors are cleaned below.
accesslog = None
loglevel = "warning"


def on_starting(server: Any) -> None:
    """Clean gunicorn's own messages, which name the address of whoever sends nonsense."""
    server.log.error_log.addFilter(WithoutPersonalData())
