"""A run as a script of its own: the PyTorch code that trains exactly one recipe, and nothing else.

The script imports PyTorch, NumPy and what loads its data, never this app. It draws the same random
numbers as the engine, from generators with the same seeds, so that its curve is that of the app up
to the rounding of sums; tests hold it to that for every field of a recipe. What a visitor turned
while a race went on is no part of a recipe, and so of no script.
"""

from explainer.training.script.loading import data_file, needs_data_file
from explainer.training.script.program import script

__all__ = ["data_file", "needs_data_file", "script"]
