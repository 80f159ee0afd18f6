"""Files that anybody may send: no more of them is kept than a picture of ours may have."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

# What is longer than so many pictures is not even read.
TIMES_READ = 4


class PictureSized(FileUploadHandler):
    """Lets through a little more than settings.IMAGE_MAX_BYTES of all files of a request together.

    So the file that is too large can still be told from one that is not, and fills no disk.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on the chunk, or drop it when there is enough already."""
        if self.received > settings.IMAGE_MAX_BYTES:
            return None
        self.received += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


def takes_a_picture(view: View) -> View:
    """Let `view` take a picture in a form by anybody. It must not be asked for a CSRF token before.

    Raises RequestDataTooBig, which is answered with 400, for a request many times as long as a picture.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            length = request.META.get("CONTENT_LENGTH") or "0"
            if not length.isdigit() or int(length) > TIMES_READ * settings.IMAGE_MAX_BYTES:
                message = "This request is many times as long as a picture may be."
                raise RequestDataTooBig(message)
            request.upload_handlers.insert(0, PictureSized(request))
        return view(request, *args, **kwargs)

    return wrapped
