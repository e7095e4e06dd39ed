"""The gradient check page."""
