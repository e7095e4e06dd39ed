"""Races: runs of all recipes and seeds, trained in step, alone or stacked, on a CPU or a GPU."""
