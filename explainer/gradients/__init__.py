"""Activation functions and how gradients pass through them."""
