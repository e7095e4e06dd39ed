"""Runs with a hidden fault: what was done wrong, what the instruments show, and what mends it."""
