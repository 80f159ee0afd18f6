"""Stripe's API, version 1. Importing this package registers the handlers."""
