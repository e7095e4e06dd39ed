"""Deepglass: see how convolutional networks work, and why they overfit."""
