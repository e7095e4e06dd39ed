"""Data to learn from: generated, shipped, real and one's own; its division and its shifts.

`registry` knows every data set and loads it, `splits` makes it ready for training, `shifted` makes
test pictures harder, `own` takes zips and folders, `real` and `download` fetch what is published.
"""
