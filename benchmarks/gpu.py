"""What a GPU does: right, fast and live, on one card, in one command.

    python -m benchmarks.gpu --check              all of it, in some six minutes
    python -m benchmarks.gpu --only right         one part: right, fast, networks, landscape, live

It needs PyTorch, torchvision, scikit-learn, scikit-image, safetensors and pytest, and no network.
The yardstick runs in turn on the same card. What was measured is written to `gpu.json` and as a
table to `gpu.md`, in `--out`; the command ends with 1 where a check failed or a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.plain_loops import plain_rate
from benchmarks.training import eight, random_pictures, training_rate
from explainer.accelerator import accelerator, full_precision
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.devices import Device, device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import Way, run_groups
from explainer.training.recipe.recipe import Network, Recipe

ROOT = Path(__file__).parent.parent
RUNS = (1, 8, 64, 256)
SECONDS = 0.5
PROFILED = 40  # steps
CPU_LANDSCAPE = 28.0  # seconds of two cores for the same plane (25 to 31 were measured)


@dataclass(frozen=True)
class Line:
    """One line of the table; `goal` is what `value` should at least, or `most`, be."""

    part: str
    what: str
    value: float
    unit: str
    goal: float | None = None
    most: bool = False

    @property
    def met(self) -> bool:
        """Whether the goal is met; so is none at all."""
        if self.goal is None:
            return True
        return self.value <= self.goal if self.most else self.value >= self.goal


@dataclass(frozen=True)
class Shape:
    """A network and a batch size on some data."""

    title: str
    network: Network
    batch: int
    data: Prepared


def shapes() -> list[Shape]:
    """What is raced."""
    grey, colour = random_pictures(1, 28), random_pictures(3, 32)
    digits, points = prepare(load("digits"), Split()), prepare(load("moons"), Split())
    cnn, mlp = Network(), Network(kind="mlp", depth=2, width=128)
    small = Network(kind="mlp", depth=2, width=8, activation="tanh")
    return [
        *(Shape(f"CNN 1×28×28, batch {one}", cnn, one, grey) for one in (32, 128)),
        *(Shape(f"CNN 3×32×32, batch {one}", cnn, one, colour) for one in (32, 128)),
        *(Shape(f"MLP on digits, batch {one}", mlp, one, digits) for one in (32, 128)),
        Shape("MLP on points, batch 32", small, 32, points),
    ]


def right(_: Device) -> list[Line]:
    """The tests that need a GPU; how many of them fail."""
    report = Path("gpu-tests.xml").absolute()
    command = [
        sys.executable, "-m", "pytest", "tests/training/gpu", "-q", "--maxfail=25",
        "--confcutdir=tests/training/gpu", "-p", "no:cacheprovider", f"--junit-xml={report}",
        "-W", "default",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout[-6000:], done.stderr[-2000:], sep="\n", flush=True)
    passed = report.read_text(encoding="utf-8").count("<testcase") if report.exists() else 0
    report.unlink(missing_ok=True)
    return [
        Line("right", "tests", passed, "run"),
        Line("right", "exit status of the tests", done.returncode, "", 0, most=True),
    ]


def runs_of(shape: Shape, count: int, where: Device) -> list[Run]:
    """So many runs on the device: eight recipes of as many seeds as it takes."""
    data = shape.data.to(where.torch)
    recipes: tuple[Recipe, ...] = eight(shape.network, shape.batch)
    return [Run(recipes[place % 8], place // 8, data) for place in range(count)]


def step_rate(shape: Shape, count: int, where: Device, way: Way) -> float:
    """Model steps a second of so many runs in one stack."""
    (group,) = run_groups(runs_of(shape, count, where), way)
    group.advance(40)
    steps, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        group.advance(48)
        steps += 48
    return steps * count / (time.perf_counter() - started)


def profiled(shape: Shape, count: int, where: Device, way: Way) -> tuple[float, float]:
    """Kernels launched in a step, and the share of the time that the GPU computes."""
    (group,) = run_groups(runs_of(shape, count, where), way)
    group.advance(40)
    kinds = [torch.profiler.ProfilerActivity.CUDA]
    started = time.perf_counter()
    with torch.profiler.profile(activities=kinds) as found:
        group.advance(PROFILED)
        torch.cuda.synchronize()
        wall = time.perf_counter() - started
    events = [one for one in found.events() if one.device_type.name == "CUDA"]
    busy = sum(one.device_time_total for one in events) / 1e6
    return len(events) / PROFILED, busy / wall


def fast(where: Device) -> list[Line]:
    """Model steps a second: plain loops, stacks launched step by step, and graphs."""
    lines = list[Line]()
    for shape in (replace(one, data=one.data.to(where.torch)) for one in shapes()):
        plain = plain_rate(eight(shape.network, shape.batch), shape.data, SECONDS)
        lines.append(Line("fast", f"{shape.title}: plain loops", plain, "model steps/s"))
        goals = {8: 8.0, 64: 50.0} if shape.title.startswith("CNN 1") else {}
        alone = 0.0
        for count in RUNS:
            eager = step_rate(shape, count, where, Way.AHEAD)
            graphed = step_rate(shape, count, where, where.way)
            alone = alone or graphed
            what = f"{shape.title}, {count} runs"
            examples = graphed * shape.batch
            lines += [
                Line("fast", f"{what}: launched", eager, "model steps/s"),
                Line("fast", f"{what}: graphed", graphed, "model steps/s"),
                Line("fast", f"{what}: examples", examples, "examples/s"),
                Line("fast", f"{what}: against plain loops", graphed / plain, "×",
                     goals.get(count)),
            ]  # fmt: skip
            if count == 64:
                slower = alone * count / graphed
                lines.append(Line("fast", f"{what}: a step costs, of one run's", slower, "×",
                                  2.0 if shape.title.startswith("CNN 1") else None,
                                  most=True))  # fmt: skip
        print(*(f"{one.what:48} {one.value:12,.1f} {one.unit}" for one in lines[-18:]), sep="\n",
              flush=True)  # fmt: skip
    if where.slug == "cuda":
        for way in (Way.AHEAD, Way.GRAPHED):
            kernels, busy = profiled(shapes()[0], 64, where, way)
            lines.append(Line("fast", f"64 CNNs, {way}: kernels a step", kernels, ""))
            lines.append(Line("fast", f"64 CNNs, {way}: GPU busy", 100 * busy, "%"))
    return lines


def networks(where: Device) -> list[Line]:
    """ResNet-20 and the small VGG on pictures of 3 × 32 × 32: pictures a second."""
    from explainer.networks.zoo.shipped import SHIPPED

    lines = list[Line]()
    for slug in ("resnet20", "vgg"):
        for title, kind, last, tf32 in (
            ("float32", torch.float32, False, False),
            ("float32, channels last", torch.float32, True, False),
            ("TF32, channels last", torch.float32, True, True),
            ("bf16, channels last", torch.bfloat16, True, False),
        ):
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
            network = SHIPPED[slug].build().to(where.torch)
            rate = pictures_a_second(network, where, kind, channels_last=last)
            lines.append(Line("networks", f"{slug}, {title}", rate, "pictures/s"))
    full_precision()
    for title, kind, tf32 in (("TF32", torch.float32, True), ("bf16", torch.bfloat16, False)):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        lines.append(Line("networks", f"this card's products, {title}", product_rate(where, kind),
                          "TFLOP/s"))  # fmt: skip
    full_precision()
    return lines


def pictures_a_second(
    network: torch.nn.Module, where: Device, kind: torch.dtype, *, channels_last: bool
) -> float:
    """Training steps of SGD on batches of 512 pictures."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    network = network.to(memory_format=layout).train()
    pictures = torch.rand(512, 3, 32, 32, device=where.torch).contiguous(memory_format=layout)
    labels = torch.arange(512, device=where.torch) % 10
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    steps, started = -5, 0.0
    while steps < 0 or time.perf_counter() - started < SECONDS:
        with torch.autocast(where.slug, kind, enabled=kind is not torch.float32):
            logits = network(pictures)
        loss = F.cross_entropy(logits.float(), labels)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        steps += 1
        if steps <= 0 or steps % 10 == 0:
            settle(where)
            started = time.perf_counter() if steps <= 0 else started
    return 512 * steps / (time.perf_counter() - started)


def product_rate(where: Device, kind: torch.dtype) -> float:
    """TFLOP/s of one large product of matrices."""
    side = 8192 if where.slug == "cuda" else 512
    left = torch.randn(side, side, device=where.torch, dtype=kind)
    left @ left
    settle(where)
    started = time.perf_counter()
    for _ in range(10):
        left @ left
    settle(where)
    return 10 * 2 * side**3 / (time.perf_counter() - started) / 1e12


def settle(where: Device) -> None:
    """Wait until all that was asked of the device is done."""
    if where.slug == "cuda":
        torch.cuda.synchronize()


def landscape(where: Device) -> list[Line]:
    """A plane of 51 × 51 points of a network of 20 layers on 512 pictures."""
    from explainer.gradients.landscape.plan import SurveyPlan
    from explainer.gradients.landscape.plane import plane
    from explainer.gradients.landscape.setup import Setup
    from explainer.gradients.landscape.stacked import Stacked
    from explainer.gradients.landscape.training import train

    lines = list[Line]()
    side = 51 if where.slug == "cuda" else 5
    for title, setup in {
        "without skips": Setup(layers=20, steps=50, batch_norm=True),
        "with skips": Setup(layers=20, steps=50, batch_norm=True, skips=True),
    }.items():
        found = plane(train(setup), SurveyPlan(setup), 0)
        axis = np.linspace(-1, 1, side)
        places = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
        stacked = Stacked(found.trained.network, device=where.torch)
        found.losses(places[:8], stacked)
        started = time.perf_counter()
        losses = found.losses(places, stacked)
        seconds = time.perf_counter() - started
        on_cpu = found.losses(places[::97], Stacked(found.trained.network))
        worst = float(np.nanmax(np.abs(losses[:, ::97] - on_cpu) / (np.abs(on_cpu) + 1e-3)))
        lines += [
            Line("landscape", f"{title}: 51 × 51 points", seconds, "s"),
            Line("landscape", f"{title}: against two cores", CPU_LANDSCAPE / seconds, "×", 20.0),
            Line("landscape", f"{title}: largest difference from the CPU", worst, "", 0.02,
                 most=True),
        ]  # fmt: skip
    return lines


def live(where: Device) -> list[Line]:
    """What four updates a second of a page's data cost a race: with them, and without, in turn."""
    ratios = list[float]()
    for _ in range(3):
        rates = {watched: watched_rate(where, watched=watched) for watched in (False, True)}
        ratios.append(100 * (1 - rates[True] / rates[False]))
    return [Line("live", "four updates a second cost", statistics.median(ratios), "%", 3.0,
                 most=True)]  # fmt: skip


def watched_rate(where: Device, *, watched: bool) -> float:
    """Model steps a second of a race of 8 × 8, looked at or not."""
    from explainer.training.instruments.mistakes import answers
    from explainer.training.instruments.units import unit_shares

    recipes = eight(Network(), 32)
    race = Race(recipes, random_pictures(1, 28), seeds=range(8), settings=Settings(),
                device=where)  # fmt: skip
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.25):
            [run.curves for run in race.snapshot.runs]
            race.ask(lambda runs: (unit_shares(runs[0]), answers(runs[0])))

    looking = threading.Thread(target=look if watched else over.wait, daemon=True)
    looking.start()
    try:
        return training_rate(race, 3 * SECONDS)
    finally:
        over.set()
        looking.join()


PARTS: dict[str, Callable[[Device], list[Line]]] = {
    "right": right,
    "fast": fast,
    "networks": networks,
    "landscape": landscape,
    "live": live,
}


def markdown(about: dict[str, str], lines: list[Line]) -> str:
    """All of it as a table."""
    rows = ["| part | what | value | goal |", "|---|---|---:|---|"]
    for one in lines:
        goal = "" if one.goal is None else f"{'≤' if one.most else '≥'} {one.goal:g}"
        verdict = "" if one.goal is None else (", met" if one.met else ", **missed**")
        rows.append(f"| {one.part} | {one.what} | {one.value:,.4g} {one.unit} | {goal}{verdict} |")
    head = ", ".join(f"{name} {value}" for name, value in about.items())
    return "\n".join([f"Measured on {head}.", "", *rows, ""])


def about(where: Device) -> dict[str, str]:
    """What it was measured with."""
    return {
        "card": where.title,
        "PyTorch": torch.__version__,
        "Python": platform.python_version(),
    }


def check(names: list[str], where: Device, out: Path) -> int:
    """Measure the parts of these names, write what was found; 0 where all is well."""
    lines = list[Line]()
    for name in names:
        started = time.perf_counter()
        try:
            found = PARTS[name](where)
        except Exception as error:  # the other parts are measured all the same
            print(f"{name} failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            found = [Line(name, f"failed: {str(error).splitlines()[0][:200]}", 1, "", 0, most=True)]
        seconds = time.perf_counter() - started
        lines += [*found, Line(name, "took", seconds, "s")]
        print(markdown(about(where), lines[-len(found) - 1 :]), flush=True)
    whole: dict[str, Any] = {"about": about(where), "lines": [asdict(one) for one in lines]}
    out.mkdir(parents=True, exist_ok=True)
    (out / "gpu.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    (out / "gpu.md").write_text(markdown(about(where), lines), encoding="utf-8")
    missed = [one.what for one in lines if not one.met]
    print("All checks passed." if not missed else f"Missed: {'; '.join(missed)}")
    return int(bool(missed))


def main(words: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--check", action="store_true", help="measure everything")
    parser.add_argument("--only", choices=list(PARTS), help="measure one part")
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", "build/gpu")))
    given = parser.parse_args(words)
    found = accelerator()
    if found.slug != "cuda":
        print(f"There is no NVIDIA GPU here, so nothing was measured. {found.problem}".strip())
        return 2 if given.check or given.only else 0
    return check([given.only] if given.only else list(PARTS), device("cuda"), given.out)


if __name__ == "__main__":
    sys.exit(main())
