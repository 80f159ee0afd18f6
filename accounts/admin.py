"""People and their roles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField
from django.http import HttpRequest

from accounts.models import User

# Whoever could set these could make themselves anything.
POWERS = ("is_superuser", "groups", "is_staff", "is_active")

admin.site.unregister(Group)


class CheckList(forms.CheckboxSelectMultiple):
    """Boxes to tick: they work with a keyboard, on a phone and without scripts."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "checks", **(attrs or {})}, choices)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles and what they may do."""

    filter_horizontal = ()
    show_facets = admin.ShowFacets.NEVER

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: Any = None, **kwargs: Any
    ) -> Any:
        """Every permission as a box to tick."""
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "widget": CheckList()}
        )


@admin.register(User)
class StaffUserAdmin(UserAdmin):  # type: ignore[type-arg]  # as Django's own stubs leave it
    """Users as Django shows them, with powers given by superusers only."""

    list_display = ("username", "first_name", "last_name", "email", "roles", "is_active")
    list_filter = ("is_active", "groups")
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    # What somebody may do comes from their roles, so that two of one role may do the same.
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Roles", {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: Any = None, **kwargs: Any
    ) -> Any:
        """Roles as boxes to tick."""
        return super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "widget": CheckList()}
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Everybody with their groups."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser hands out powers."""
        own = super().get_readonly_fields(request, obj)
        if obj is not None:
            # What two people have to decide is known by their names: nobody becomes a second one by another.
            own = (*own, "username")
        if getattr(request.user, "is_superuser", False):
            return own
        return (*own, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody but a superuser changes a superuser, whose password would be the way to all."""
        if (
            obj is not None
            and obj.is_superuser
            and not getattr(request.user, "is_superuser", False)
        ):
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description="Roles")
    def roles(self, user: User) -> str:
        """The groups, and whether everything is allowed anyway."""
        names = [group.name for group in user.groups.all()]
        return ", ".join(["Superuser", *names] if user.is_superuser else names) or "–"
