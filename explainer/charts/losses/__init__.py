"""What the page on losses draws."""
