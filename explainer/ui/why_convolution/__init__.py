"""The page on why to convolve."""
