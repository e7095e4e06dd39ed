"""Losses and what they believe: likelihoods, their logarithms, and how sure a network is."""
