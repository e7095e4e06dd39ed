"""Charts of the landscape page."""
