"""What is measured of a run, and what follows from it: curves, best checkpoint, how it ended."""
