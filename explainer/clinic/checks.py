"""What to look at before a run is believed: short checks, each measured on a run with its fault.

After Karpathy 2019, *A recipe for training neural networks*: become one with the data, verify the
loss at the start, overfit a single batch, compare with a plain baseline.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cosine_similarity, cross_entropy

from explainer.clinic.case import Case, case_with
from explainer.clinic.faults import FAULTS
from explainer.clinic.gathered import Asked, pairs
from explainer.clinic.network import CLASSES, Network
from explainer.clinic.pictures import Pictures, batch_rows
from explainer.clinic.record import Record
from explainer.clinic.training import Training, loss_of, validated
from explainer.generalisation.at_once import results
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, power_of_ten, signed
from explainer.registry import Registry
from explainer.words import N_

Counts = NDArray[np.intp]
Measured = tuple[float, ...]
KEPT: Kept[Asked, Measured] = Kept(MEGABYTE, lambda one: 8 * len(one))
LN_TEN = math.log(CLASSES)
TEN, TEN_STEPS, SHORT, MOVES = 10, 60, 100, 4
MEASURED = 20
"""The short trainings are measured after so many steps each; losses are means over as many."""
ASKED = 100
"""So many pictures are read, or asked alone."""


class Bench:
    """A run with its fault taken apart: its pictures, its start, and two short trainings."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._training = Training(case, SHORT + 1, MEASURED)
        self.pictures = self._training.pictures

    @cached_property
    def moved(self) -> float:
        """The least cosine, over the layers, of step `MOVES` and of the way down the true loss.

        0 where a layer does not move or its gradient is 0; NaN where the run ends before.
        """
        training = self._training
        while training.step < MOVES - 1 and not training.finished:
            training.advance()
        if training.finished:
            return math.nan
        rows = batch_rows(self.case, training.step)
        wanted = _downhill(training.network, self.pictures.inputs[rows], self.pictures.labels[rows])
        before = [values[0].detach().clone() for values in training.network.parameters]
        training.advance()
        return min(
            cosine_similarity((values[0].detach() - old).flatten(), down.flatten(), dim=0).item()
            for values, old, down in zip(training.network.parameters, before, wanted, strict=True)
        )

    @cached_property
    def short(self) -> Record:
        """The first `SHORT` steps of the run as it is, of which `moved` is one."""
        _ = self.moved
        while not self._training.finished:
            self._training.advance()
        return self._training.record

    @cached_property
    def ten(self) -> Record:
        """`TEN_STEPS` steps of the run on its first ten training pictures alone."""
        training = Training(self.case, TEN_STEPS + 1, MEASURED)
        training.case = replace(self.case, training=TEN)
        training.pictures = _first(self.pictures, TEN)
        while not training.finished:
            training.advance()
        return training.record


@dataclass(frozen=True)
class Check:
    """A check: what it asks, what a run without a fault gives, and from where on it is an alarm."""

    slug: str
    title: str
    question: str
    expected: str
    measured: Callable[[Bench], float]
    alarm: Callable[[float], bool]
    written: Callable[[float], str]


def _first(pictures: Pictures, count: int) -> Pictures:
    inputs, labels = pictures.inputs[:count], pictures.labels[:count]
    return Pictures(inputs, labels, inputs, labels, inputs, labels)


@torch.no_grad()
def _start(bench: Bench) -> float:
    """The loss of the first batch, before any step."""
    rows = batch_rows(bench.case, 0)
    logits = Network(bench.case).forward(bench.pictures.inputs[rows], training=True)[-1]
    return loss_of(bench.case, logits, bench.pictures.labels[rows]).item()


def _digits(bench: Bench) -> float:
    """How many different digits are among the labels of the first batch."""
    return float(len(set(bench.pictures.labels[batch_rows(bench.case, 0)].tolist())))


def _read(bench: Bench) -> float:
    """The share of labels that the most alike of the fresh pictures have as well."""
    pictures = bench.pictures
    rows = torch.linspace(0, len(pictures.labels) - 1, min(ASKED, len(pictures.labels))).long()
    nearest = torch.cdist(pictures.inputs[rows], pictures.fresh_inputs).argmin(1)
    return (pictures.fresh_labels[nearest] == pictures.labels[rows]).double().mean().item()


def _inputs(bench: Bench) -> float:
    """How far mean and deviation of validation inputs are from training's, the larger of both."""
    own, other = bench.pictures.inputs, bench.pictures.validation_inputs
    apart = abs((other.mean() - own.mean()).item())
    return max(apart, abs(math.log((other.std() / own.std()).item())))


def _copies(bench: Bench) -> float:
    """The share of validation pictures that are training pictures too, pixel by pixel."""
    known = {one.tobytes() for one in bench.pictures.inputs.numpy()}
    asked = bench.pictures.validation_inputs.numpy()
    return float(np.mean([one.tobytes() in known for one in asked]))


@torch.no_grad()
def _alone(bench: Bench) -> float:
    """The share of validation pictures whose logits are others when they are asked alone."""
    case, network = bench.case, Network(bench.case)
    rows = batch_rows(case, 0)
    network.forward(bench.pictures.inputs[rows], training=True, learn=True)
    together = validated(network, bench.pictures)[:ASKED]
    inputs = bench.pictures.validation_inputs[:ASKED, None]
    alone = network.forward(inputs, training=case.validation_batch > 0)[-1][:, 0]
    apart = (together - alone).abs().amax(1) > 1e-3 * together.abs().amax(1)
    return apart.double().mean().item()


def _downhill(network: Network, inputs: Tensor, labels: Tensor) -> list[Tensor]:
    """Minus the gradient of the cross-entropy by the weights of each layer."""
    loss = cross_entropy(network.forward(inputs, training=True)[-1], labels)
    weights = [values[0] for values in network.parameters]
    return [-one for one in torch.autograd.grad(loss, weights)]


def _medians(values: np.ndarray) -> np.ndarray:
    """Of each layer the median over the steps, of what is a number; 0 where nothing is."""
    sound = [column[np.isfinite(column)] for column in values.T]
    return np.array([np.median(one) if len(one) else 0.0 for one in sound])


def _reach(bench: Bench) -> float:
    norms = _medians(bench.short.gradient_norms)
    return float(norms[0] / norms[-1]) if norms[-1] > 0 else 0.0


def _most(shares: np.ndarray) -> float:
    """The greatest share of the layers at the end, of those that have one; else 0."""
    return float(np.nan_to_num(shares[-1]).max())


def _baseline(bench: Bench) -> float:
    """Right in validation, less what the nearest mean picture of a digit gets right."""
    given = bench.pictures
    means = torch.stack([
        given.inputs[given.labels == digit].mean(0) if (given.labels == digit).any()
        else torch.full((given.inputs.shape[1],), math.inf)
        for digit in range(CLASSES)
    ])  # fmt: skip
    said = torch.cdist(given.validation_inputs, means).nan_to_num(math.inf).argmin(1)
    plain = (said == given.validation_labels).double().mean().item()
    return float(bench.short.validation_accuracy[-1]) - plain


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if math.isfinite(value) else "–"


def _points(value: float) -> str:
    return signed(100 * value) if math.isfinite(value) else "–"


def _above(limit: float) -> Callable[[float], bool]:
    """What is no number is an alarm as well."""
    return lambda value: not value <= limit


def _below(limit: float) -> Callable[[float], bool]:
    return lambda value: not value >= limit


CHECKS = Registry[Check](
    N_("check"),
    Check("order", N_("a batch’s digits"), N_("How many digits are among a batch’s 50 labels?"),
          N_("8 or more"), _digits, _below(8), lambda value: f"{value:.0f}"),
    Check("labels", N_("labels"), N_("Do labels fit, by the most alike of 1,000 other pictures?"),
          N_("at least 75 %"), _read, _below(0.75), percent),
    Check("inputs", N_("inputs"),
          N_("How far are validation inputs from training’s, in mean or ln of the deviation?"),
          N_("at most 0.2"), _inputs, _above(0.2), _number),
    Check("copies", N_("copies"), N_("How many validation pictures are also in training?"),
          N_("at most 1 %"), _copies, _above(0.01), percent),
    Check("alone", N_("one alone"), N_("How many answers change if a picture is asked alone?"),
          N_("at most 1 %"), _alone, _above(0.01), percent),
    Check("start", N_("first loss"), N_("Which loss has the first batch? (ln 10 = 2.30)"),
          N_("1.8 to 2.8"), _start, lambda value: not abs(value - LN_TEN) <= 0.5, _number),
    Check("moves", N_("a step"), N_("Does each layer move down its gradient? (least cosine)"),
          N_("at least 0.95"), lambda bench: bench.moved, _below(0.95), _number),
    Check("ten", N_("ten by heart"), N_("Which loss is left on ten pictures after 60 steps?"),
          N_("at most 0.3"), lambda bench: float(bench.ten.train_loss[-1]), _above(0.3), _number),
    Check("size", N_("step size"),
          N_("How long are steps, over the weights, in the layer where they are least?"),
          N_("at least 10⁻⁴"), lambda bench: float(_medians(bench.short.step_ratios).min()),
          _below(1e-4), power_of_ten),
    Check("reach", N_("reach"), N_("How large is the first layer’s gradient, over the last one’s?"),
          N_("at least 0.1"), _reach, _below(0.1), power_of_ten),
    Check("twins", N_("twins"), N_("How many units have a twin, in the layer with most of them?"),
          N_("at most 10 %"), lambda bench: _most(bench.short.alike), _above(0.1), percent),
    Check("falls", N_("loss falls"), N_("What is left of the training loss after 100 steps?"),
          N_("at most 90 %"),
          lambda bench: float(bench.short.train_loss[-1] / bench.short.train_loss[0]),
          _above(0.9), percent),
    Check("baseline", N_("baseline"),
          N_("Right in validation after 100 steps, less the nearest mean picture’s (points)"),
          N_("at least −5"), _baseline, _below(-0.05), _points),
    Check("gap", N_("gap"), N_("Right in training, less in validation, after 100 steps (points)"),
          N_("−20 to +20"),
          lambda bench: float(
              bench.short.train_accuracy[-1] - bench.short.validation_accuracy[-1]
          ),
          lambda value: not abs(value) <= 0.2, _points),
)  # fmt: skip


def checked(fault: str, seed: int) -> Measured:
    """What each of the checks measures on the run with that fault and seed, in their order.

    Kept for all visitors.
    """
    with KEPT.computing((fault, seed)):
        found = KEPT.get((fault, seed))
        if found is None:
            bench = Bench(case_with(fault, seed))
            found = tuple(float(check.measured(bench)) for check in CHECKS)
            KEPT.put((fault, seed), found)
    return found


def alarms(measured: Measured) -> list[bool]:
    """Which of the checks give an alarm at those values."""
    return [check.alarm(value) for check, value in zip(CHECKS, measured, strict=True)]


def counted(
    seeds: Sequence[int],
    told: Callable[[float], None] = lambda _: None,
    seen: Callable[[Counts, int], None] = lambda _, __: None,
) -> Counts:
    """In how many runs of each fault, one a seed, each check gives an alarm, `(F, C)`.

    `told` takes the share that is done; `seen`, after each seed, the counts so far and how many
    runs of each fault they are of.
    """
    asked = pairs(FAULTS.slugs, seeds)
    table = np.zeros((len(FAULTS), len(CHECKS)), np.intp)
    for place, found in enumerate(results([partial(checked, *one) for one in asked])):
        table[place % len(FAULTS)] += alarms(found)
        told((place + 1) / len(asked))
        if (place + 1) % len(FAULTS) == 0:
            seen(table.copy(), (place + 1) // len(FAULTS))
    return table
