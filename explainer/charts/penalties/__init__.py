"""What the page on L1 and L2 draws."""
