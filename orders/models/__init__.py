"""Carts, orders, the money that comes and goes, parcels, and the rates that make up a total."""

from orders.models.card_testing import AttackMode, Decline
from orders.models.cart import Cart, CartLine
from orders.models.discount import DiscountCode, DiscountUse
from orders.models.dispute import Dispute, FraudWarning
from orders.models.link_request import LinkRequest
from orders.models.order import Order, OrderEvent, OrderLine, TransitionNotAllowed
from orders.models.payment import Payment, PaymentAttempt, Refund, RefundLine
from orders.models.rates import ShippingMethod, ShippingRate, TaxRate
from orders.models.shipment import Shipment, ShipmentLine
from orders.models.webhook import WebhookDelivery

__all__ = [
    "AttackMode",
    "Cart",
    "CartLine",
    "Decline",
    "DiscountCode",
    "DiscountUse",
    "Dispute",
    "FraudWarning",
    "LinkRequest",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "PaymentAttempt",
    "Refund",
    "RefundLine",
    "Shipment",
    "ShipmentLine",
    "ShippingMethod",
    "ShippingRate",
    "TaxRate",
    "TransitionNotAllowed",
    "WebhookDelivery",
]
