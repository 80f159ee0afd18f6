"""From the rows of a post to what readers see. Nothing here asks the database."""

from blog.rendering.filling import LinkedPost, Surroundings
from blog.rendering.post import Place, RenderedPost, Texts, render_post, texts_of

__all__ = [
    "LinkedPost",
    "Place",
    "RenderedPost",
    "Surroundings",
    "Texts",
    "render_post",
    "texts_of",
]
