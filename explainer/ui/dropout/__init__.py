"""The page on dropout, part by part."""
