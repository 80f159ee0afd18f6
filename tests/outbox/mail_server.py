"""A mail server on a port of its own that can be closed, opened, and made to refuse.

with MailServer() as server:              # the port is ours, and refuses every connection
    server.open()
    server.answers["RCPT TO:<jo@"] = "550 no such mailbox"
    server.taken                          # Counter of (recipient, subject)
"""

import socket
import socketserver
from collections import Counter
from email import message_from_bytes, policy
from threading import Thread
from typing import Any


class MailServer:
    """Speaks as much SMTP (RFC 5321) as a client needs to hand over its mails."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        self.bodies: list[str] = []
        self.answers: dict[str, str] = {}
        self._socket = self._bind(0)
        self.port: int = self._socket.getsockname()[1]
        self._server: socketserver.ThreadingTCPServer | None = None

    def __enter__(self) -> "MailServer":
        return self

    def __exit__(self, *_error: Any) -> None:
        self._end()
        self._socket.close()

    def open(self) -> None:
        """Take mail from now on."""
        office = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                office.serve(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Session, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = self._socket
        self._server.server_activate()
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Refuse every connection from now on."""
        self._end()
        self._socket = self._bind(self.port)

    def serve(self, session: socketserver.StreamRequestHandler) -> None:
        """Talk to one client until it says goodbye."""
        session.wfile.write(b"220 tests\r\n")
        while line := session.rfile.readline().decode():
            answer = self._answer_to(line)
            session.wfile.write(f"{answer}\r\n".encode())
            if answer.startswith("354"):
                self._keep(session)
                session.wfile.write(b"250 ok\r\n")
            if line.upper().startswith("QUIT"):
                return

    def _answer_to(self, line: str) -> str:
        for start, answer in self.answers.items():
            if line.upper().startswith(start.upper()):
                return answer
        return "354 go on" if line.upper().startswith("DATA") else "250 ok"

    def _keep(self, session: socketserver.StreamRequestHandler) -> None:
        lines = []
        while (line := session.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        mail: Any = message_from_bytes(b"".join(lines), policy=policy.default)
        self.taken[mail["To"], " ".join(mail["Subject"].split())] += 1
        self.bodies.append(mail.get_body(("plain",)).get_content())

    def _bind(self, port: int) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        return bound

    def _end(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
