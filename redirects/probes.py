"""Addresses that nobody has ever linked to: what attackers try on every site.

They are answered like any other address that is not there, and written down nowhere.
"""

import logging
import re
from http import HTTPStatus

# WordPress's own doors and what else scanners knock at; a path below `wp-content/uploads` is a picture
# of the old blog.
DOORS = re.compile(
    r"/(?:wp-(?:admin|login|includes|json|config|cron|signup|trackback|mail|content(?!/uploads))"
    r"|xmlrpc|wlwmanifest|cgi-bin|phpmyadmin|pma|mysqladmin|adminer|administrator|actuator"
    r"|hnap1|boaform|solr|owa|autodiscover|_ignition|telescope|server-status|vendor|node_modules"
    r"|etc/passwd|shell|console|jenkins|geoserver|druid)(?:[/.]|$)",
    re.IGNORECASE,
)
# A shop written in Python has no such files, and neither had the blog any that a reader opened.
FILES = re.compile(
    r"\.(?:php\d?|phtml|aspx?|jspx?|cgi|pl|env|ini|conf|cfg|sql|sqlite3?|db|bak|old|orig|save|swp"
    r"|log|ya?ml|toml|pem|key|crt|sh|exe|dll|git|svn|rar|7z|tgz|tar|gz|zip|war)(?:[/.~]|$)",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"/\.")  # also /.well-known/, which programs ask for, not readers
CODE = re.compile(r"[<>\"'`{}|\\^$;*=]|\.\./|//|\bunion\b.*\bselect\b", re.IGNORECASE)


def is_probe(path: str) -> bool:
    """Say whether `path` (decoded) is none that a reader follows, but one that attackers try."""
    return any(shape.search(path) for shape in (DOORS, FILES, HIDDEN, CODE))


class WithoutProbes(logging.Filter):
    """Keeps "Not Found: /wp-login.php" out of the log of django.request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass but the 404 or 410 of a probe."""
        if getattr(record, "status_code", None) not in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return True
        return not is_probe(getattr(getattr(record, "request", None), "path", ""))
