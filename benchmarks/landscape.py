"""How fast a plane is computed: 51 × 51 points of a network of 20 layers on 512 pictures.

The yardstick is the plain loop of a tutorial, in the same run, on one thread or on as many as there
are cores, whichever is faster: set the weights, one forward pass of all pictures, the loss.

- *stacks*: points of a plane in stacks of four, on one thread, and on every core; and by the time
  of a core, which says what an idle machine would do where this one is busy;
- *first view*: from nothing to the coarsest plane of the story that the page opens with.
"""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from explainer.gradients.landscape.kept import TRAINED
from explainer.gradients.landscape.networks import Network
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.plane import Plane, plane
from explainer.gradients.landscape.presets import PRESETS
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.stacked import Stacked
from explainer.gradients.landscape.survey import SURVEYS, Survey
from explainer.gradients.landscape.training import Trained, digits, train
from explainer.training.engine.devices import cores, workers

PICTURES, SIDE, GOAL_SECONDS = 512, 51, 60.0
SECONDS, ROUNDS = 4.0, 3
NETWORKS = {
    "without skips": Setup(layers=20, steps=50, batch_norm=True),
    "with skips": Setup(layers=20, steps=50, batch_norm=True, skips=True),
    "without norm": Setup(layers=20, steps=50, skips=True, learning_rate=0.01),
}


def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    """The pictures that every point is measured on."""
    data = digits()
    return data.train_inputs[:PICTURES], data.train_labels[:PICTURES]


def plain(found: Plane) -> Callable[[], int]:
    """One point by the plain loop."""
    network: Network = copy.deepcopy(found.trained.network).eval()
    inputs, labels = pictures()

    def point() -> int:
        with torch.no_grad():
            weights = found.weights(np.array([[0.1, 0.2]]))[0]
            torch.nn.utils.vector_to_parameters(weights, network.parameters())
            float(F.cross_entropy(network(inputs), labels))
        return 1

    return point


def stacks(found: Plane) -> Callable[[], int]:
    """One stack of points."""
    stacked = Stacked(found.trained.network)
    places = np.full((stacked.largest, 2), 0.1)
    inputs, labels = pictures()

    def points() -> int:
        stacked.losses(found.weights(places), inputs, labels)
        return stacked.largest

    return points


def on_every_core(work: Callable[[], int]) -> Callable[[], int]:
    """`work` on all cores at once."""

    def together() -> int:
        return sum(
            turn.result() for turn in [workers(cores()).submit(work) for _ in range(cores())]
        )

    return together


def rate(work: Callable[[], int]) -> float:
    """Points per second, warm-up not counted."""
    work()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS / ROUNDS:
        done += work()
    return done / (time.perf_counter() - started)


def core_seconds(work: Callable[[], int]) -> float:
    """Seconds of one core for a point, which other programs on the machine hardly change."""
    work()
    started, done = time.thread_time(), 0
    while time.thread_time() - started < SECONDS / ROUNDS:
        done += work()
    return (time.thread_time() - started) / done


def rates(*works: Callable[[], int]) -> list[float]:
    """The median rate of each of `works`, in turns."""
    found = [[rate(work) for work in works] for _ in range(ROUNDS)]
    return [float(one) for one in np.median(found, axis=0)]


def print_network(name: str, trained: Trained) -> None:
    """One line of the table."""
    found = plane(trained, SurveyPlan(trained.setup), 0)
    torch.set_num_threads(cores())
    loops = rates(plain(found))
    workers(cores())
    torch.set_num_threads(1)
    one_loop, one, every = rates(plain(found), stacks(found), on_every_core(stacks(found)))
    loop = max(*loops, one_loop)
    seconds = SIDE**2 / every
    verdict = "met" if seconds <= GOAL_SECONDS else "missed"
    in_loop, in_stacks = core_seconds(plain(found)), core_seconds(stacks(found))
    print(
        f"20 layers {name:14} plain loop {loop:6.1f}  stacks, one thread {one:6.1f}  every core "
        f"{every:6.1f} points/s: {every / loop:.1f}x; {SIDE} x {SIDE} points take {seconds:.0f} s, "
        f"goal {GOAL_SECONDS:.0f} s {verdict}\n"
        f"    of one core a point takes {1000 * in_loop:.1f} ms in the loop, "
        f"{1000 * in_stacks:.1f} ms in stacks: {SIDE} x {SIDE} points on {cores()} idle cores "
        f"{SIDE**2 * in_stacks / cores():.0f} s"
    )


def print_first_view() -> None:
    """How long until the page's first story shows a plane, and until it has all of it."""
    survey, marks = Survey(PRESETS["path"].plan), deque[float]()
    started = time.perf_counter()
    survey.play()
    while survey.has_work:
        survey.run_slice()
        if not marks and any(panel.rows for panel in survey.snapshot.panels):
            marks.append(time.perf_counter() - started)
    print(
        f"first story: a network trained and its plane seen after {marks[0]:.1f} s, all of it "
        f"after {time.perf_counter() - started:.1f} s"
    )


def main() -> int:
    """Print all of it."""
    digits()
    print(f"{PICTURES} pictures of 8 x 8, {cores()} cores")
    for name, setup in NETWORKS.items():
        print_network(name, train(setup))
    TRAINED.clear()
    SURVEYS.clear()
    print_first_view()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
