"""What the page on metrics draws."""
