"""Posts, what they are made of, and what happened to them."""

from blog.models.parts import PostAuthor, PostReference, Question, ReadMoreLink, Takeaway
from blog.models.people import Person
from blog.models.pictures import Picture
from blog.models.posts import Post
from blog.models.records import ArchivedComment, PostEvent, ReviewRecord, Revision
from blog.models.taxonomy import Category, Series, Tag

__all__ = [
    "ArchivedComment",
    "Category",
    "Person",
    "Picture",
    "Post",
    "PostAuthor",
    "PostEvent",
    "PostReference",
    "Question",
    "ReadMoreLink",
    "ReviewRecord",
    "Revision",
    "Series",
    "Tag",
    "Takeaway",
]
