"""Races: runs of all recipes and seeds, trained in step, alone or stacked, on a CPU or a GPU.

The way down, from what a page holds to the numbers:

- `race.Race` takes commands (`commands.py`) from any thread and shows a frozen `Snapshot`;
- one worker moves its `race_runs.RaceRuns` on, slice by slice, as fast as `rate_limit.py` allows;
- these share the `run.Run` s (`build_runs.py` makes them) out into groups (`grouping.py`);
- a `run_group.RunGroup` is one loop: `training_loop.train` for a run alone, `stacked.train_stacked`
  for a `stacked.Stack`, `ahead.py` and `graphs.py` for a stack on a GPU;
- a stack is its layers (`stacked_assembly.py`, `stacked_layers.py`, `stacked_dense.py`), its
  batches (`stacked_batches.py`) and its parameters (`flat_parameters.py`); `dense_step.py` is its
  short way;
- `update.py` is the step of the optimiser, alone and stacked;
- `run_measurement.RunMeasurement` measures: into the run's record, which `views.py` freezes;
- `rewind/` keeps the runs as they are at some steps, to look back and to branch off from there.
"""
