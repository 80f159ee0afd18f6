"""The staff's admin: Django's own, with the day's work on its first page."""

from django.contrib.admin import AdminSite


class StaffAdminSite(AdminSite):
    """The admin under /admin/."""

    site_header = "B12 Patch: staff"
    site_title = "B12 Patch staff"
    index_title = "Today"
    site_url = "/"
