"""The page on optimisers, part by part."""
