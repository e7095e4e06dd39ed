"""Checking a gradient that was written by hand: a small network, its faults, and differences.

Everything is NumPy, in float32 or float64, because that is what one checks: code of one's own.
PyTorch is here for the theory alone (`theory`), and in the tests as the oracle.
"""
