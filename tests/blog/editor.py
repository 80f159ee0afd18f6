"""Staff at the editor: who they are, and what a browser would send of the form that they see."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from blog.models import Post

ADD = "/admin/blog/post/add/"


def staff(name: str, *groups: str) -> Client:
    """Somebody of the staff, logged in; a superuser without groups."""
    user = User.objects.create_user(name, password="x", is_staff=True, is_superuser=not groups)
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *parts: Any) -> str:
    """The address of an admin page of posts: address("publishing_page", post.pk)."""
    return reverse(f"admin:blog_post_{name}", args=parts)


def opened(client: Client, post: Post | None = None) -> dict[str, Any]:
    """Open the form and return what a browser would send back, untouched."""
    answer = client.get(address("change", post.pk) if post else ADD)
    assert answer.status_code == 200
    return fields_of(answer)


def fields_of(answer: Any) -> dict[str, Any]:
    """Return the fields of the form on a page as they would be sent."""
    data = _of_form(answer.context["adminform"].form)
    for inline in answer.context["inline_admin_formsets"]:
        data |= _of_form(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= _of_form(form)
    if answer.context.get("all_new_rows"):
        data["rows_are_new"] = "1"
    return data


def add_row(data: dict[str, Any], prefix: str, **values: Any) -> dict[str, Any]:
    """Return the data with one row more."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {**data, f"{prefix}-TOTAL_FORMS": number + 1, **row}


def save(client: Client, post: Post | None, data: dict[str, Any]) -> Any:
    """Send the form."""
    return client.post(address("change", post.pk) if post else ADD, data)


def _of_form(form: Any) -> dict[str, Any]:
    found = {}
    for field in form:
        value = field.value()
        if isinstance(value, list | tuple):
            value = [getattr(each, "pk", each) for each in value]
        if value is not None and value is not False:
            found[field.html_name] = value
    return found
