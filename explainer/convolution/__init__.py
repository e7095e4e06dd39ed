"""Kernels, applying them to pictures, and the arithmetic behind one output pixel."""
