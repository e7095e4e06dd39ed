"""The page on losses, part by part."""
