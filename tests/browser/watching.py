"""What a page must never do while somebody uses it, whatever the test is about."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# Chromium tells of every answer from 400 up; whether one was meant is for the test to say.
STATUS_MESSAGE = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@dataclass
class Watch:
    """Collects script errors, refused resources, requests to strangers and answers from 500 up."""

    own_origins: frozenset[str]
    complaints: list[str] = field(default_factory=list)
    cookies_set: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to everything `page` reports."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not STATUS_MESSAGE.match(message.text):
            self.complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        if request.url.startswith("data:"):
            return
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" not in self.own_origins:
            self.complaints.append(f"request to a stranger: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"status {response.status}: {response.url}")
        if response.status == 404 and response.request.resource_type != "document":
            self.complaints.append(f"missing: {response.url}")
        if "set-cookie" in response.headers:
            self.cookies_set.append(response.url)
