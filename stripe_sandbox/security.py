"""Headers of every answer, and who may post to the sandbox's own pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden

GetResponse = Callable[[HttpRequest], HttpResponse]


def content_policy(*form_targets: str) -> str:
    """The Content-Security-Policy of a page whose form may be redirected to these addresses.

    Browsers apply `form-action` to the redirect that follows a POST, so the merchant's origin has
    to be named on the payment page.
    """
    origins = {"'self'"}
    for target in form_targets:
        parts = urlsplit(target)
        if parts.scheme in ("http", "https") and parts.netloc:
            origins.add(f"{parts.scheme}://{parts.netloc}")
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        f" frame-ancestors 'none'; form-action {' '.join(sorted(origins))}"
    )


def answer_headers(get_response: GetResponse) -> GetResponse:
    """Refuse foreign Host headers (DNS rebinding), and set the security headers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost, answered 400
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_policy())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # Not no-referrer: that would also blank the Origin header of our own forms.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response

    return middleware


def only_own_pages_post(get_response: GetResponse) -> GetResponse:
    """Refuse posts that another site's page sends. Scripts send neither header and may post.

    The API itself is guarded by its key, which no foreign page has.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and not request.path.startswith("/v1/"):
            site = request.headers.get("Sec-Fetch-Site", "none")
            origin = request.headers.get("Origin", "")
            own = f"http://{request.get_host()}"
            if site not in ("same-origin", "none") or origin not in ("", own):
                return HttpResponseForbidden("This form was sent from another site.")
        return get_response(request)

    return middleware
