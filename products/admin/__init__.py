from products.admin import catalogue, stock  # noqa: F401
