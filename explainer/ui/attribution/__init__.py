"""The attribution page."""
