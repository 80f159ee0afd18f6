from django.urls import path

from references import views

urlpatterns = [
    path("research/statements/", views.statements, name="statements"),
]
