"""Small WordPress exports made in tests, and a run of the importer over them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from blog.importing.report import Report
from blog.importing.run import Wishes, import_file

WXR = Path(__file__).parent / "wxr"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BLOG = "http://www.old-blog.example/blog"
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/3.3" created="2013-12-31 09:00" -->
<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.1/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.1/">
<channel>
\t<title>An old blog</title><link>http://www.old-blog.example/blog</link>
\t<wp:wxr_version>1.1</wp:wxr_version>
\t<wp:base_site_url>http://www.old-blog.example</wp:base_site_url>
\t<wp:base_blog_url>http://www.old-blog.example/blog</wp:base_blog_url>
"""
FOOT = "</channel>\n</rss>\n"
AUTHOR = (
    "<wp:author><wp:author_id>1</wp:author_id><wp:author_login>ann</wp:author_login>"
    "<wp:author_email>ann@old-blog.example</wp:author_email>"
    "<wp:author_display_name><![CDATA[Ann Writer]]></wp:author_display_name></wp:author>"
)


def cdata(text: str) -> str:
    """Return `text` the way WordPress writes it."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def item(number: int = 1, content: str = "Some words.", extra: str = "", **fields: Any) -> str:
    """Return one item; `fields` are wp: elements, or title, link, creator, excerpt."""
    name = fields.get("post_name", f"post-{number}")
    known = {
        "title": f"Post {number}",
        "link": f"{BLOG}/{name}/",
        "creator": "ann",
        "excerpt": "",
        **{
            key: fields.pop(key) for key in ("title", "link", "creator", "excerpt") if key in fields
        },
    }
    simple = {
        "post_id": number,
        "post_date": "2012-01-12 09:30:00",
        "post_date_gmt": "2012-01-12 14:30:00",
        "comment_status": "open",
        "ping_status": "open",
        "post_name": name,
        "status": "publish",
        "post_parent": 0,
        "menu_order": 0,
        "post_type": "post",
        "post_password": "",
        "is_sticky": 0,
        **fields,
    }
    lines = "".join(f"<wp:{key}>{value}</wp:{key}>" for key, value in simple.items())
    return (
        f"<item><title>{known['title']}</title><link>{known['link']}</link>"
        f"<dc:creator>{cdata(known['creator'])}</dc:creator>"
        f'<guid isPermaLink="false">{BLOG}/?p={number}</guid><description></description>'
        f"<content:encoded>{cdata(content)}</content:encoded>"
        f"<excerpt:encoded>{cdata(known['excerpt'])}</excerpt:encoded>{lines}{extra}</item>\n"
    )


def attachment(number: int, file: str, **fields: Any) -> str:
    """Return an uploaded file of the old blog; `file` is below its uploads."""
    address = f"{BLOG}/wp-content/uploads/{file}"
    extra = f"<wp:attachment_url>{address}</wp:attachment_url>{meta(_wp_attached_file=file)}"
    extra += fields.pop("extra", "")
    return item(number, "", extra, post_type="attachment", status="inherit", **fields)


def meta(**values: str) -> str:
    """Return meta fields of a post."""
    return "".join(
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
        f"<wp:meta_value>{cdata(value)}</wp:meta_value></wp:postmeta>"
        for key, value in values.items()
    )


def term(domain: str, slug: str, name: str) -> str:
    """Return a category or tag of a post."""
    return f'<category domain="{domain}" nicename="{slug}">{cdata(name)}</category>'


def comment(number: int, text: str = "Thank you.", **fields: Any) -> str:
    """Return a comment of a post."""
    values = {
        "id": number,
        "author": cdata("A reader"),
        "author_email": "reader@example.org",
        "author_IP": "192.0.2.7",
        "date": "2012-01-13 08:00:00",
        "date_gmt": "2012-01-13 13:00:00",
        "content": cdata(text),
        "approved": 1,
        "type": "",
        "parent": 0,
        **fields,
    }
    lines = "".join(
        f"<wp:comment_{key}>{value}</wp:comment_{key}>" for key, value in values.items()
    )
    return f"<wp:comment>{lines}</wp:comment>"


def export(folder: Path, *records: str, head: str = HEAD, name: str = "export.xml") -> Path:
    """Write an export with these records and return its path."""
    path = folder / name
    path.write_text(head + AUTHOR + "".join(records) + FOOT, encoding="utf-8")
    return path


def run(path: Path, **wishes: Any) -> Report:
    """Import `path` as the command does."""
    known: dict[str, Any] = {"zone": ZoneInfo("America/New_York"), "by": "import", "now": NOW}
    return import_file(path, Wishes(**{**known, **wishes}))


def imported(folder: Path, *records: str, **wishes: Any) -> Report:
    """Import an export with these records."""
    return run(export(folder, *records), **wishes)
