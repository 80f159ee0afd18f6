from django.urls import path

from affiliates import views

urlpatterns = [
    path("affiliates/", views.affiliate_program, name="affiliate_program"),
]
