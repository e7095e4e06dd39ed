"""What the page on overfitting draws."""
