"""System checks for our own settings, with ids and hints."""
