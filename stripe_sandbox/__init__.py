"""A local stand-in for Stripe's API: a simulation for development and tests. No money moves."""
