from products.admin import catalogue, counts, stock  # noqa: F401
