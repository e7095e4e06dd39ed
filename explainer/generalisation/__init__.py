"""Generalisation measured: bias and variance, learning by heart, and when to stop."""
