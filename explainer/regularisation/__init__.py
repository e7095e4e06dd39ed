"""Penalties on weights: their geometry, what they do to one weight, paths, priors, pruning."""
