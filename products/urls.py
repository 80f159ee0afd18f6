from django.urls import path

from products import views

urlpatterns = [
    path("product-information/", views.product_information, name="product_information"),
    path("order/", views.order, name="order"),
]
