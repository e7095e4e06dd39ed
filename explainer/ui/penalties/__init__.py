"""The page on L1 and L2."""
