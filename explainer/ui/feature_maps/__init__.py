"""The feature maps page."""
