"""Charts of the page on why to convolve."""
