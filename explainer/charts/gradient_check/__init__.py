"""Charts of the gradient check page."""
