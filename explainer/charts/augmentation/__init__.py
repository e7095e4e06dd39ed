"""What the page on augmentation draws."""
