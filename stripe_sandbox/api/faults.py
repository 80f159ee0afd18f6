"""Trouble on demand: the next requests that match fail in the ways real networks and APIs fail."""

import socket

from django.db import transaction
from django.http import HttpRequest

from stripe_sandbox.models import Fault


def take_fault(method: str, path: str) -> Fault | None:
    """The oldest armed fault for this request, counted down by one; None when there is none."""
    if not Fault.objects.filter(remaining__gt=0).exists():
        return None
    with transaction.atomic():
        for fault in Fault.objects.filter(remaining__gt=0).order_by("pk"):
            if fault.method in ("", method) and path.startswith(fault.path):
                fault.remaining -= 1
                fault.save()
                return fault
    return None


def drop_connection(request: HttpRequest) -> None:
    """Close the client's socket, so that it never learns the outcome."""
    connection = request.META.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
