"""Addresses of the blog: its own, and below them those that WordPress had.

Slugs may hold letters of any alphabet. What could be both a list and a post is a list: see
blog.old_addresses.RESERVED, which keeps slugs off these words.
"""

from django.urls import path, re_path

from blog.views import archives, feeds, old_addresses, posts

SLUG = r"(?P<slug>[-\w]+)"
# WordPress puts the categories above a category before it.
CATEGORY = r"(?P<slug>[-\w]+(?:/(?!page/|feed/)[-\w]+)*)"
PAGE = r"(?:page/(?P<number>[0-9]{1,5})/)?"
FORMAT = r"feed/(?:(?P<format>atom)/)?"
YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
DATE = rf"{YEAR}/(?:(?P<month>[01][0-9])/)?(?:(?P<day>[0-3][0-9])/)?"
# Formats that readers of feeds have given up, and the words for RSS 2.0 that WordPress knew.
RETIRED = r"feed/(?:rss|rss2|rdf)/?"
SECTION = r"(?:tag|category|author)"
# Lists and files of the blog without their last slash: Django adds it where nothing else answers.
NO_POST = (
    rf"(?!{SECTION}/|(?:page|feed|pictures)/|(?:19|20)[0-9]{{2}}/[0-9]{{2}}(?:/[0-9]{{2}})?/?$"
    r"|.*/page/[0-9]+/?$)"
)

urlpatterns = [
    path("blog/", archives.index, name="blog"),
    re_path(r"^blog/page/(?P<number>[0-9]{1,5})/$", archives.index),
    re_path(rf"^blog/{FORMAT}$", feeds.everything, name="blog_feed"),
    re_path(rf"^blog/tag/{SLUG}/{PAGE}$", archives.tag),
    re_path(rf"^blog/category/{CATEGORY}/{PAGE}$", archives.category),
    re_path(rf"^blog/author/{SLUG}/{PAGE}$", archives.author),
    re_path(rf"^blog/(?P<kind>tag|author)/{SLUG}/{FORMAT}$", feeds.part),
    re_path(rf"^blog/(?P<kind>category)/{CATEGORY}/{FORMAT}$", feeds.part),
    re_path(rf"^blog/{DATE}{PAGE}$", archives.period),
    re_path(r"^blog/preview/(?P<token>[-\w.]{10,200})/$", posts.preview_of_draft),
    path("blog/pictures/<slug:digest>/", posts.picture),
    # --- as WordPress had them; each with or without its last slash, so that it takes one step ---
    re_path(r"^blog$", old_addresses.to_blog),
    re_path(r"^blog/comments/feed(?:/(?:atom|rss2?))?/?$", old_addresses.gone),
    re_path(rf"^blog/(?P<start>(?:{SECTION}/[-\w]+/)?){RETIRED}$", old_addresses.to_feed),
    re_path(r"^blog/wp-content/uploads/(?P<path>[^?#]{1,300})$", old_addresses.to_upload),
    re_path(rf"^blog/{SLUG}/$", posts.post, name="post"),
    re_path(
        rf"^blog/(?:(?!{SECTION}/)[-\w]+/){{0,4}}{SLUG}/(?:trackback|feed|feed/atom|amp)/?$",
        old_addresses.to_post,
    ),
    re_path(rf"^blog/{NO_POST}(?:[-\w]+/){{1,4}}{SLUG}/?$", old_addresses.to_post),
]
