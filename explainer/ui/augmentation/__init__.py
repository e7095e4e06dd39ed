"""The page on augmentation, part by part."""
