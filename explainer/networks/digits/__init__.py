"""Networks that read handwritten digits, in a field in which a digit can move."""
