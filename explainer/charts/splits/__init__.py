"""What the page on splits draws."""
