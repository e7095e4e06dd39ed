"""Charts of the attribution page."""
