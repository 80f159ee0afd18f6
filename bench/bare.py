"""The yardstick: one Django view that answers a constant 30 KB page, with Django's default middleware."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = ("<!doctype html><title>x</title>" + "<p>lorem ipsum dolor</p>\n" * 2000)[:30_720].encode()


def page(request: HttpRequest) -> HttpResponse:
    """Answer what it always answers."""
    return HttpResponse(BODY)


urlpatterns = [path("", page)]

settings.configure(
    SECRET_KEY="opens nothing",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
application = get_wsgi_application()
