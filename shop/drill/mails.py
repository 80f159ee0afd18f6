"""Invariant 9: the mail server is away, then it is back."""

import socket
import socketserver
from collections import Counter
from email import message_from_bytes, policy
from threading import Thread
from urllib.parse import urlsplit

from django.conf import settings
from post_office.models import STATUS, Email

from orders.models import Order
from outbox import delivery
from shop.drill.report import Result
from shop.drill.stage import Stage

# So often is asked again while nobody answers; the outbox itself gives up much later.
ROUNDS_AWAY, MOST_ROUNDS = 2, 8


class Mailbox:
    """A mail server on this machine that keeps what it gets and passes nothing on.

    From the beginning the port is ours, so nobody else can answer there; until open() it refuses.
    """

    def __init__(self, port: int) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))

    @classmethod
    def from_settings(cls) -> "Mailbox":
        """Take the port that the outbox sends to."""
        return cls(urlsplit(settings.EMAIL_URL).port or 0)

    def open(self) -> None:
        """Be back: from now on every mail is taken."""
        box = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                box.take(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        server = Server(self._socket.getsockname(), Session, bind_and_activate=False)
        server.socket.close()
        server.socket = self._socket
        server.server_activate()
        Thread(target=server.serve_forever, daemon=True).start()

    def take(self, session: socketserver.StreamRequestHandler) -> None:
        """Speak as much SMTP (RFC 5321) as a client needs to hand over its mails."""
        session.wfile.write(b"220 drill\r\n")
        while line := session.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                session.wfile.write(b"354 go on\r\n")
                self._keep(session)
            session.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return

    def _keep(self, session: socketserver.StreamRequestHandler) -> None:
        lines = []
        while (line := session.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self.taken[mail["To"], " ".join(mail["Subject"].split())] += 1


def mail_away(stage: Stage, mailbox: Mailbox) -> Result:
    """9: an order is placed and paid while nobody takes mail; later every mail arrives once."""
    buyer, order = stage.paid_order()
    buyer.come_back(order)
    written = _waiting()
    for _ in range(ROUNDS_AWAY):
        _due_at_once()
        delivery.send_due()
    findings = []
    if Order.objects.get(pk=order.pk).status != Order.Status.PAID:
        findings.append("With the mail server away an order was not paid.")
    waiting = _waiting()
    if buyer.email not in {to for to, _ in waiting}:
        findings.append("The mails of that order do not wait.")
    if given_up := (written - waiting).total():
        findings.append(f"While the server was away {given_up} mails were given up.")
    if mailbox.taken:
        findings.append("A mail was taken by somebody who was away.")
    mailbox.open()
    _send_all()
    lost, doubled = (written - mailbox.taken).total(), (mailbox.taken - written).total()
    if lost or doubled:
        findings.append(f"{lost} mails did not arrive, {doubled} came more often than written.")
    tried = (
        f"{written.total()} mails waited and one order was paid meanwhile; then {lost} lost, "
        f"{doubled} doubled."
    )
    return Result(9, tried, tuple(findings))


def _waiting() -> Counter[tuple[str, str]]:
    """Return the mails that are still to be sent, as pairs of address and subject."""
    mails = Email.objects.filter(status__in=[STATUS.queued, STATUS.requeued])
    return Counter((mail.to[0], mail.subject) for mail in mails)


def _due_at_once() -> None:
    """Let the pause between two tries be over."""
    Email.objects.filter(status=STATUS.requeued).update(scheduled_time=None)


def _send_all() -> None:
    for _ in range(MOST_ROUNDS):
        _due_at_once()
        delivery.send_due()
        if not _waiting():
            return
