"""The page of the clinic, part by part."""
