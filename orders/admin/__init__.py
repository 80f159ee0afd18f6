"""Orders for staff: the list, the record of one order, what can be done with it, and the rates."""

from orders.admin import attack_mode, discounts, order_list, rates, tax_rates, webhooks

__all__ = ["attack_mode", "discounts", "order_list", "rates", "tax_rates", "webhooks"]
