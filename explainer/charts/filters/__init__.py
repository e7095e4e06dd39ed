"""Charts of the filters page."""
