"""Charts of the feature maps page."""
