"""Data sets, augmentation, recipes, and small networks trained while you watch."""
