"""Races: from a recipe to its curves, and what is above what. Each level holds the next:

- `control.begin` of the page lets the service build a `race.Race` of a `build_runs.RacePlan`, and
  its ticket gives it time, slice by slice;
- `race.Race` takes commands (`commands.py`, `rate_limit.py`) and holds `race_runs.RaceRuns`;
- `RaceRuns` holds each `run.Run` (`build_runs.py`), in groups as the device (`devices.py`) has it;
- a `run_group.RunGroup` is one loop: of a run alone, of a `stacked.Stack`, or `ahead.AheadLoop` of
  a stack that does not wait for its GPU (`graphs.py` records the steps);
- a `Stack` holds runs as one network (`stacked_*.py`, `dense_step.py` its short step);
- a `Run` holds recipe, dials, `batches.py`, model and record; `flat_parameters.update` is its step;
- `run_measurement.RunMeasurement` adds points to each run's `RunRecord`, which holds its `History`;
- up again: `run.run_view` freezes a run, `Race.snapshot` holds all of them, a new one each slice;
- `curves.Curves` of the page tells the browser what is new there, and `charts/race.py` draws it;
  `rewind/` keeps runs as they were at earlier steps, and begins new ones there.
"""
