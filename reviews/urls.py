from django.urls import path

from reviews.views import feed, numbers, own, reading, stop, voting, writing

urlpatterns = [
    path("reviews/", reading.reviews, name="reviews"),
    path("reviews/google.xml", feed.google, name="review_feed_google"),
    path("reviews/numbers/", numbers.review_numbers, name="review_numbers"),
    path("reviews/numbers/<int:number>/", numbers.review_number, name="review_number"),
    path("reviews/log/<int:part>.jsonl", numbers.review_log_part, name="review_log_part"),
    path("reviews/helpful/<int:number>/", voting.helpful, name="review_helpful"),
    path("reviews/write/", writing.write, name="review_write"),
    path("reviews/request/<str:token>/", writing.invitation, name="review_invitation"),
    path("reviews/request/<str:token>/stop/", stop.stop, name="review_stop"),
    path("reviews/mine/<str:token>/", own.own, name="review_own"),
    path("reviews/mine/<str:token>/change/", own.change, name="review_change"),
    path("reviews/mine/<str:token>/withdraw/", own.withdraw, name="review_withdraw"),
]
