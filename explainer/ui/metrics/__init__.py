"""The page on metrics, part by part."""
