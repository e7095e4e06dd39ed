"""The page on overfitting, part by part."""
