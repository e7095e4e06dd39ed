"""The page on depth."""
