"""Charts of the page on depth."""
