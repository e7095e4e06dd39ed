"""The page on splits, part by part."""
