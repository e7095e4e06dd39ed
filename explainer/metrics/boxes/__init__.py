"""Boxes on photos: how they overlap, which find which, and what average precision makes of it."""
