from django.urls import path

from products.views import back_in_stock, product

urlpatterns = [
    path("product-information/", product.product_information, name="product_information"),
    path("order/", product.order, name="order"),
    path("back-in-stock/", back_in_stock.ask, name="back_in_stock"),
    path("back-in-stock/sent/", back_in_stock.sent, name="back_in_stock_sent"),
    path("back-in-stock/<slug:token>/", back_in_stock.alert, name="back_in_stock_alert"),
    path("back-in-stock/<slug:token>/stop/", back_in_stock.stop, name="back_in_stock_stop"),
]
