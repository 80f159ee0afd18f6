"""`manage.py doctor`: what is missing before this shop may take real money."""
