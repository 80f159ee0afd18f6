"""How control routes answer: the page again for people, JSON for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render


def done(request: HttpRequest, **facts: Any) -> HttpResponse:
    """It was done."""
    if is_page(request):
        response = redirect("control")
        response.status_code = 303
        return response
    return JsonResponse({"ok": True, **facts})


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """Nothing was done."""
    if is_page(request):
        return render(request, "stripe_sandbox/refused.html", {"why": why}, status=400)
    return JsonResponse({"ok": False, "error": why}, status=400)


def is_page(request: HttpRequest) -> bool:
    """Whether a person asks, and not a program."""
    return "text/html" in request.headers.get("Accept", "")
