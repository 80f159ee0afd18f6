"""Reviews in the staff's admin: the queue, one review, who is asked for one, and who has to say they are ours."""

from reviews.admin import asking, insiders, reviews, safety

__all__ = ["asking", "insiders", "reviews", "safety"]
