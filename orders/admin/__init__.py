"""Orders for staff: the list, the record of one order, what can be done with it, and the rates."""

from orders.admin import order_list

__all__ = ["order_list"]
