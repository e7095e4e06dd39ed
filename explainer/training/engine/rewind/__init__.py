"""Going back in a race: the steps that are kept, runs as they were there, and races from there on.

- `kept_run.KeptRun` is one run at one step: all that going on with the same numbers takes, or, at
  half precision, what looking takes;
- `kept_steps.KeptSteps` says at which steps a race keeps its runs, and thins them out;
- `branch.py` makes the runs of another race from them.
"""
