"""The blog in the staff's admin."""

from blog.admin import library, people, posts, sorting

__all__ = ["library", "people", "posts", "sorting"]
