"""Backpropagation on a small graph of numbers, one step at a time, in plain Python floats."""
