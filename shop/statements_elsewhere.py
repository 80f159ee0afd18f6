"""What the register of statements and other apps know of each other: registered here, at the roof."""

from blog import statement_uses
from pages import gathering
from references import uses
from references.sitemaps import StatementSitemap


def connect() -> None:
    """Register it. Called once, when the roof is up."""
    uses.register("blog", statement_uses.uses_of)
    gathering.register_sitemap("statements", StatementSitemap)
