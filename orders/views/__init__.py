"""The visitor's pages of cart, checkout and order."""
