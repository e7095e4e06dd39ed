"""How fast races train, against plain PyTorch loops and against ConvNetJS, in one run.

The yardstick trains the same recipes one after another as a tutorial would: `nn.Module`, batches by
indexing, `torch.optim`, `zero_grad`, `backward`, `step`, one thread. It measures nothing on the
way, while the race evaluates, keeps checkpoints and draws curves. Race and yardstick take turns,
and the ratio is the median over the rounds, because other work on the machine disturbs both. How
many cores the race really got stands beside it: with fewer than there are, the ratio is too low.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.plain_loops import plain_rate
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.devices import cores, device, workers
from explainer.training.engine.race import Race, Settings
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

ROUNDS = 5
SECONDS = 2.0
GOAL = 3.0
MOONSHOT = 4.5
CONVNETJS_GOAL = 60.0

REGULARISATIONS = (
    Regularisation(),
    Regularisation(l1_subgradient=1e-4),
    Regularisation(l1_proximal=1e-4),
    Regularisation(l2=1e-3),
    Regularisation(weight_decay=1e-3),
    Regularisation(dropout=0.5),
    Regularisation(dropout=0.2, l2=1e-4),
    Regularisation(label_smoothing=0.1),
)


@dataclass(frozen=True)
class Case:
    """One line of the table: recipes on data."""

    title: str
    recipes: tuple[Recipe, ...]
    data: Prepared


def random_pictures(channels: int, side: int, count: int = 2000) -> Prepared:
    """Noise with labels: what a step costs does not depend on what the pictures show."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.rand(count, channels, side, side, generator=generator)
    labels = torch.arange(count) % 10
    classes = tuple("0123456789")
    examples = Examples("noise", "Noise", inputs, labels, classes, None, "")
    return prepare(examples, Split())


def eight(network: Network, batch: int, rate: float = 0.01) -> tuple[Recipe, ...]:
    """The network with eight regularisations, for as long as anybody wants."""
    training = Training(batch_size=batch, learning_rate=rate, steps=1_000_000)
    return tuple(Recipe(network, one, training) for one in REGULARISATIONS)


def training_rate(race: Race, seconds: float = SECONDS) -> float:
    """Steps of a model per second in a race, warm-up not counted; closes the race."""
    runs = len(race.snapshot.runs)
    race.play()
    race.run_slice(0.3)
    started, steps = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        steps += race.run_slice(0.1)
    rate = steps * runs / (time.perf_counter() - started)
    race.close()
    return rate


def race_rate(case: Case, seconds: float, *, stacked: bool = True) -> float:
    """:func:`training_rate` of a case, with or without the fast path."""
    settings = Settings(stacked=stacked)
    race = Race(case.recipes, case.data, seeds=(0,), settings=settings, device=device("cpu"))
    return training_rate(race, seconds)


@dataclass(frozen=True)
class Comparison:
    """Medians over the rounds: model steps per second, ratio to the yardstick, cores used."""

    plain: float
    alone: float
    race: float
    ratio: float
    cores: float


def compare(case: Case) -> Comparison:
    """Let yardstick, race and race of lone runs take turns; the threads have the same priority."""
    plain, alone, race, used = [], [], [], []
    for _ in range(ROUNDS):
        plain.append(workers(cores()).submit(plain_rate, case.recipes, case.data, SECONDS).result())
        wall, processor = time.perf_counter(), time.process_time()
        race.append(race_rate(case, SECONDS))
        used.append((time.process_time() - processor) / (time.perf_counter() - wall))
        alone.append(race_rate(case, SECONDS / 2, stacked=False))
    ratios = [fast / slow for fast, slow in zip(race, plain, strict=True)]
    middle = statistics.median
    return Comparison(middle(plain), middle(alone), middle(race), middle(ratios), middle(used))


def cases() -> list[Case]:
    """The lines of the first table."""
    small, colour = random_pictures(1, 24), random_pictures(3, 32)
    digits = prepare(load("digits"), Split())
    cnn, mlp = Network(kind="cnn"), Network(kind="mlp", depth=2, width=128)
    return [
        *(
            Case(f"8 CNNs, {title}, batch {batch}", eight(cnn, batch), data)
            for title, data in (("1×24×24", small), ("3×32×32", colour))
            for batch in (32, 128)
        ),
        *(
            Case(f"8 MLPs 64-128-128-10, batch {batch}", eight(mlp, batch), digits)
            for batch in (32, 128)
        ),
    ]


def print_races() -> None:
    """Measure and print the races."""
    print(f"model steps per second on {cores()} cores, median of {ROUNDS} rounds in turns")
    print(f"{'case':34} {'plain':>8} {'threads':>8} {'race':>8} {'ratio':>7} {'cores':>6}")
    for case in cases():
        found = compare(case)
        print(
            f"{case.title:34} {found.plain:8.0f} {found.alone:8.0f} {found.race:8.0f} "
            f"{found.ratio:6.2f}x {found.cores:6.2f} goal {GOAL:g}x {verdict(found.ratio, GOAL)}, "
            f"{MOONSHOT:g}x {verdict(found.ratio, MOONSHOT)}",
            flush=True,
        )


def print_points() -> None:
    """Measure and print 16 runs on 2-D points: two networks of 8 seeds, batches of 10."""
    data = prepare(load("moons"), Split())
    training = Training(optimiser="sgd", learning_rate=0.03, batch_size=10, steps=1_000_000)
    network = Network(kind="mlp", depth=2, width=8, activation="tanh")
    recipes = [Recipe(network, Regularisation(l2=one), training) for one in (0.0, 1e-3)]
    race = Race(recipes, data, seeds=range(8), device=device("cpu"))
    rate = training_rate(race, SECONDS)
    print(
        f"16 MLPs 2-8-8-2 on points, batch 10: {10 * rate / 16:,.0f} examples per second and run, "
        f"{10 * rate:,.0f} in all"
    )


CONVNETJS = """
const convnetjs = require('convnetjs');
const net = new convnetjs.Net();
net.makeLayers([
  {type: 'input', out_sx: 24, out_sy: 24, out_depth: 1},
  {type: 'conv', sx: 5, filters: 8, stride: 1, pad: 2, activation: 'relu'},
  {type: 'pool', sx: 2, stride: 2},
  {type: 'conv', sx: 5, filters: 16, stride: 1, pad: 2, activation: 'relu'},
  {type: 'pool', sx: 3, stride: 3},
  {type: 'softmax', num_classes: 10}]);
const trainer = new convnetjs.SGDTrainer(
  net, {method: 'adadelta', batch_size: 128, l2_decay: 0.001});
const volumes = [];
for (let i = 0; i < 128; i++) volumes.push(new convnetjs.Vol(24, 24, 1));
for (let i = 0; i < 128; i++) trainer.train(volumes[i], i % 10);
const started = process.hrtime.bigint();
let count = 0;
while (Number(process.hrtime.bigint() - started) < SECONDS * 1e9) {
  for (let i = 0; i < 128; i++) trainer.train(volumes[i], i % 10);
  count += 128;
}
console.log(count / (Number(process.hrtime.bigint() - started) / 1e9));
"""


def convnetjs_rate() -> float | None:
    """Examples per second of ConvNetJS in node; None where it cannot be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", folder, "convnetjs@0.3.0"]
        if subprocess.run(command, capture_output=True, check=False, timeout=120).returncode:
            return None
        script = Path(folder) / "race.js"
        script.write_text(CONVNETJS.replace("SECONDS", str(SECONDS)), encoding="utf-8")
        done = subprocess.run([node, str(script)], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def print_convnetjs() -> None:
    """Measure and print the comparison with ConvNetJS on the network of its MNIST page.

    Ours pools 2 × 2 where its second layer pools 3 × 3: more than twice the weights at the end.
    """
    network = Network(kind="cnn", blocks=2, channels=8, kernel_size=5)
    data = random_pictures(1, 24)
    training = Training(batch_size=128, learning_rate=0.01, steps=1_000_000)
    recipes = [Recipe(network, one, training) for one in REGULARISATIONS]
    theirs, ours = [], []
    for _ in range(ROUNDS):
        rate = convnetjs_rate()
        if rate is None:
            print("against ConvNetJS: skipped, node or npm or the package is missing")
            return
        theirs.append(rate)
        ours.append(128 * training_rate(Race(recipes, data, seeds=(0,), device=device("cpu"))))
    ratio = statistics.median(fast / slow for fast, slow in zip(ours, theirs, strict=True))
    print(
        f"conv5-8, pool, conv5-16, pool, fc10 on 24×24, batch 128: ConvNetJS "
        f"{statistics.median(theirs):,.0f} examples per second, a race of 8 "
        f"{statistics.median(ours):,.0f}: {ratio:.0f}x, "
        f"goal {CONVNETJS_GOAL:.0f}x {verdict(ratio, CONVNETJS_GOAL)}"
    )


def print_memory() -> None:
    """Print what a large race keeps, and what 50 races leave behind."""
    data = prepare(load("digits"), Split())
    recipes = [Recipe(Network(kind="mlp", width=256))] * 8
    race = Race(recipes, data, seeds=range(10), device=device("cpu"))
    race.step(20)
    finish(race)
    kept = race.snapshot.history_bytes + race.snapshot.checkpoint_bytes
    race.close()
    print(f"80 runs of MLP 64-256-256-10 keep {kept / 2**20:.1f} MB of curves and checkpoints")
    before = resident()
    for _ in range(50):
        race = Race(eight(Network(), 32), data, seeds=(0,), device=device("cpu"))
        race.step(20)
        finish(race)
        race.close()
    del race
    gc.collect()
    grown = (resident() - before) / 2**20
    print(f"50 races made and closed: {grown:+.1f} MB, goal 50 MB {verdict(50, grown)}")


def finish(race: Race) -> None:
    """Let the race do all that it was told."""
    while race.has_work:
        race.run_slice()


def resident() -> int:
    """Bytes of this process in memory; 0 where there is no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def verdict(reached: float, goal: float) -> str:
    """Whether `reached` is as much as `goal`."""
    return "met" if reached >= goal else "missed"


def main() -> int:
    """Print all tables."""
    workers(cores())  # one thread in an operator, for the yardstick as well
    print_races()
    print_points()
    print_convnetjs()
    print_memory()
    return 0


if __name__ == "__main__":
    sys.exit(main())
