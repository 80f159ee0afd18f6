"""Orders for staff: the list, the record of one order, what can be done with it, and the rates."""

from orders.admin import discounts, order_list, rates, tax_rates, webhooks

__all__ = ["discounts", "order_list", "rates", "tax_rates", "webhooks"]
