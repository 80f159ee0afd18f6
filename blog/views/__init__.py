"""What visitors of the blog get."""
