"""Races from the command line: the same engine and the same numbers as the training lab.

    python -m explainer.training race dropout-or-nothing --out results
    python -m explainer.training race results/metrics.json --out again
    python -m explainer.training race race.json --data-folder pets --out again
    python -m explainer.training race --list

It writes metrics.csv, metrics.json, the best weights of every run, and a script for each recipe.
Ctrl-C ends the race and writes what there is; a second one ends it at once.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import IO, NoReturn

from explainer.accelerator import tried
from explainer.training.command_plan import CommandPlan, difference, examples_of, planned
from explainer.training.data.data_set import Examples
from explainer.training.data.gaps import gaps
from explainer.training.data.real import available
from explainer.training.data.registry import EVERY_DATA_SET
from explainer.training.engine.devices import Device, best_device, device
from explainer.training.engine.race import Race
from explainer.training.export import best_weights, describe, file_stem, metrics_csv, metrics_json
from explainer.training.measurement.snapshot import RunView, Snapshot
from explainer.training.presets import PRESETS
from explainer.training.script import data_file, needs_data_file, script
from explainer.training.task import Task

BAD_INPUT, INTERRUPTED = 2, 130
SLICE_SECONDS = 0.2
BAR = 30
LINES = 10  # on something that is no terminal
NAME_WIDTH = 28


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say it, and exit with 2."""
        self.exit(BAD_INPUT, f"{message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = _parser().parse_args(arguments)
    if given.list:
        print(_listing())
        return 0
    try:
        return _race(given)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _parser() -> Parser:
    parser = Parser(prog="python -m explainer.training", description="The training lab.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="race")
    race = commands.add_parser("race", help="race recipes over several seeds")
    race.add_argument("what", nargs="?", help="a preset, or a JSON file with recipes")
    data = race.add_mutually_exclusive_group()
    data.add_argument("--data", help="a data set by the name that --list shows")
    data.add_argument(
        "--data-folder", type=Path, metavar="PATH",
        help="your own pictures: a folder or a zip with a folder of them for each class",
    )  # fmt: skip
    race.add_argument("--out", type=Path, help="the folder to write to")
    race.add_argument("--seeds", type=int, metavar="N", help="race the seeds 0 to N - 1")
    race.add_argument("--steps", type=int, metavar="N", help="train each recipe for N steps")
    race.add_argument("--train-size", type=int, metavar="N", help="learn from N examples")
    race.add_argument("--device", choices=("cpu", "cuda", "mps"), help="else the fastest")
    race.add_argument("--list", action="store_true", help="show presets and data sets")
    return parser


def _race(given: argparse.Namespace) -> int:
    if given.what is None or given.out is None:
        raise ValueError("Say what to race and where to write: race PRESET --out FOLDER.")
    plan = planned(
        given.what, given.data, given.seeds, given.steps, given.train_size, given.data_folder
    )
    examples = examples_of(plan)
    source = plan.source(examples)
    race = Race(
        plan.recipes,
        source,
        seeds=plan.seeds,
        device=_device(given.device),
    )
    lacking = gaps(examples, source(plan.seeds[0]).parts)
    for note in filter(None, (*examples.notes, difference(plan, examples), *lacking)):
        print(note, file=sys.stderr)
    given.out.mkdir(parents=True, exist_ok=True)
    with _interruptible() as interrupted:
        _train(race, interrupted, sys.stderr)
        race.pause()
        written = race.ask(lambda runs: best_weights(runs, describe(examples)))
        race.run_slice()
        _write(given.out, plan, examples, race.snapshot, written.result())
    print(_table(race.snapshot))
    print(f"\nWritten to {given.out}")
    return INTERRUPTED if interrupted() else 0


def _device(slug: str | None) -> Device:
    """The device of that slug, else the fastest.

    Raises `ValueError` where it is not there or does not work.
    """
    if slug is None:
        return best_device()
    there, trouble = tried(slug)
    if trouble:
        raise ValueError(f"{slug} does not work here ({trouble}): leave --device out, or take cpu")
    if not there:
        raise ValueError(f"there is no {slug} here: leave --device out, or take cpu")
    return device(slug)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, once; a second press is as ever."""
    pressed: list[int] = []

    def note(number: int, frame: object) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def _train(race: Race, interrupted: Callable[[], bool], stream: IO[str]) -> None:
    """Race to the end, or to an interruption between two slices."""
    show = _bar(stream)
    race.play()
    while race.has_work and not interrupted():
        race.run_slice(SLICE_SECONDS)
        show(race.snapshot)
    if interrupted():
        print("\nInterrupted: what was measured so far is kept.", file=stream)
    elif stream.isatty():
        print(file=stream)


def _bar(stream: IO[str]) -> Callable[[Snapshot], None]:
    """What shows progress: one line that is written anew, or else a line for each tenth."""
    said = -1

    def show(snapshot: Snapshot) -> None:
        nonlocal said
        share = 1.0 if snapshot.finished else snapshot.step / snapshot.total_steps
        text = f"step {snapshot.step} of {snapshot.total_steps}"
        if not snapshot.finished:
            text += f", {snapshot.model_steps_per_second:.0f} model steps/s"
        if stream.isatty():
            full = round(share * BAR)
            print(
                f"\r[{'#' * full}{'.' * (BAR - full)}] {text:40}", end="", file=stream, flush=True
            )
        elif int(share * LINES) > said:
            said = int(share * LINES)
            print(text, file=stream, flush=True)

    return show


def _write(
    folder: Path,
    plan: CommandPlan,
    examples: Examples,
    snapshot: Snapshot,
    weights: dict[str, bytes],
) -> None:
    """Everything that there is to take away."""
    (folder / "weights").mkdir(exist_ok=True)
    (folder / "scripts").mkdir(exist_ok=True)
    text = metrics_json(snapshot, describe(examples), plan.split)
    (folder / "metrics.csv").write_text(metrics_csv(snapshot), encoding="utf-8", newline="")
    (folder / "metrics.json").write_text(text, encoding="utf-8")
    for name, data in weights.items():
        (folder / "weights" / name).write_bytes(data)
    seed = plan.seeds[0]
    for index, recipe in enumerate(plan.recipes):
        source = script(recipe, examples, replace(plan.split, seed=seed), seed)
        path = folder / "scripts" / f"{file_stem(index, recipe)}.py"
        path.write_text(source, encoding="utf-8")
    if needs_data_file(examples):
        (folder / "scripts" / "data.npz").write_bytes(data_file(examples))


def _table(snapshot: Snapshot) -> str:
    """For each recipe the median over its seeds of what the task measures, three times."""
    head = f"{'median over seeds':{NAME_WIDTH}}  last val.  best val.       test  ended"
    rows = [head, "-" * len(head)]
    for index, recipe in enumerate(snapshot.recipes):
        runs = snapshot.of_recipe(index)
        last = _middle([run.last.validation_measure for run in runs if run.last], snapshot.task)
        best = _middle([run.best.validation_measure for run in runs if run.best], snapshot.task)
        test = _middle([run.test.measure for run in runs if run.test], snapshot.task)
        name = (recipe.name or f"Recipe {index + 1}")[:NAME_WIDTH]
        rows.append(f"{name:{NAME_WIDTH}}  {last}  {best}  {test}  {_ends(runs)}")
    return "\n".join(rows)


def _middle(values: list[float], task: Task) -> str:
    return f"{task.measure.text(median(values)) if values else '-':>9}"


def _ends(runs: Sequence[RunView]) -> str:
    """How the runs stand, in words, each with its number where they differ."""
    states = [run.status.value for run in runs]
    counted = {state: states.count(state) for state in states}
    if len(counted) == 1:
        return states[0]
    return ", ".join(f"{count} {state}" for state, count in counted.items())


def _listing() -> str:
    """Presets and data sets, by the names that the command takes."""
    lines = ["Presets:"]
    lines += [f"  {entry.slug:20} {entry.title}, on {entry.data}" for entry in PRESETS]
    lines.append("Data sets:")
    for data in EVERY_DATA_SET:
        missing = "" if available(data.slug) else " (not on this machine yet)"
        lines.append(f"  {data.slug:20} {data.title}{missing}")
    return "\n".join(lines)
