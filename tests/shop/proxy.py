"""Something that speaks Stripe's API a little differently: passes calls on and changes what comes back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

# (method, path without its question, status, body) → (status, body)
Change = Callable[[str, str, int, Any], tuple[int, Any]]


@contextmanager
def changed(base: str, change: Change) -> Iterator[str]:
    """Yield the address of a proxy in front of `base` whose answers went through `change`."""
    behind = urlsplit(base)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = HTTPConnection(behind.hostname or "", behind.port)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            told = json.loads(answer.read())
            connection.close()
            path = urlsplit(self.path).path
            status, told = change(self.command, path, answer.status, told)
            text = json.dumps(told).encode()
            self.send_response(status)
            for name, value in answer.headers.items():
                if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_POST(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
