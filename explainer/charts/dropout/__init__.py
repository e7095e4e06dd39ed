"""What the page on dropout draws."""
