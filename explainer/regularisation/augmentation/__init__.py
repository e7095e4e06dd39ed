"""Augmentation: what it makes of a picture, what a network then still knows, what it buys."""
