"""Addresses of cart, checkout and orders. An order is reached by its token, never by its number."""

from django.urls import path

from orders.views import cart, checkout, look_up, order
from orders.webhooks import stripe_webhook

urlpatterns = [
    path("cart/", cart.show, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("cart/update/", cart.update, name="cart_update"),
    path("cart/discount/", cart.discount, name="cart_discount"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/sent/", checkout.link_sent, name="checkout_sent"),
    path("order/<slug:token>/", order.detail, name="order_detail"),
    path("order/<slug:token>/pay/", order.pay, name="order_pay"),
    path("order/<slug:token>/arrived/", order.arrived, name="order_arrived"),
    path("order/<slug:token>/return/", order.come_back, name="order_return"),
    path("order-status/", look_up.look_up, name="order_status"),
    path("order-status/sent/", look_up.sent, name="order_status_sent"),
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
]
