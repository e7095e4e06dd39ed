"""The landscape page."""
