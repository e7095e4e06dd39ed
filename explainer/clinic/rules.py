"""The rules that a reader could follow: which sign speaks for which fault, and how strongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explainer.clinic.faults import HEALTHY
from explainer.clinic.instruments import CURVES
from explainer.clinic.signs import CHANCE, Signs
from explainer.powers import power_of_ten
from explainer.words import Message, later

PROOF, SIGN, HINT = 3.0, 2.0, 1.0
"""How strongly a rule speaks: nothing else does that, or seldom; or many things do."""
CAP, FLOOR = 2.4612, 1.4612
"""ln(9 + e) and one less: what cross-entropy of softmax's own output can cost at most and least."""


@dataclass(frozen=True)
class Rule:
    """What speaks for `fault` in what `instrument` shows, and what is then said of it."""

    fault: str
    instrument: str
    weight: float
    holds: Callable[[Signs], bool]
    says: Callable[[Signs], Message]


def _percent(share: float) -> str:
    """With a decimal where it would else be rounded to all."""
    return f"{100 * share:.{int(0.99 < share < 1)}f} %"


def _stuck(s: Signs) -> bool:
    return s.train_accuracy < 0.2 and abs(s.train_loss - CHANCE) < 0.1


def _learned(s: Signs) -> bool:
    return s.train_accuracy > 0.85


def _climbs(s: Signs) -> bool:
    fell = s.start - s.lowest > 0.05
    return s.climbs > 0.75 and not s.loss < s.start + 0.1 and not fell


def _turned(s: Signs) -> bool:
    fell, rose = s.lowest < s.start - 0.3, not s.loss < s.lowest + 0.3
    return fell and rose and s.train_accuracy < 0.5


RULES = (
    # The instruments.
    Rule("sorted", "batch", PROOF, lambda s: s.digits <= 3, lambda s: later(
        "the last batch shows {count} different digits", count=s.digits)),
    Rule("shifted", "batch", PROOF,
         lambda s: s.fitting < 0.3 and s.accuracy < 0.3 and s.digits > 3, lambda s: later(
        "only {share} of the labels in the batch fit their pictures", share=_percent(s.fitting))),
    Rule("scaled", "batch", PROOF,
         lambda s: abs(s.input_gap[0]) > 0.3 or not 0.8 < s.input_gap[1] < 1.25,
         lambda s: later(
             "the mean of the validation inputs lies {gap} off, their deviation is {ratio} times "
             "that of training", gap=f"{s.input_gap[0]:+.2f}", ratio=f"{s.input_gap[1]:.2f}")),
    Rule("vanishing", "gradients", PROOF, lambda s: s.reach < 0.1 and s.dead < 0.5,
         lambda s: later("the first layer’s gradient is {share} of the last one’s",
                         share=power_of_ten(s.reach, 1))),
    Rule("summed", "gradients", PROOF,
         lambda s: s.growth > 2 and s.first_step < 0.5 and _turned(s), lambda s: later(
        "by step 10 the gradient is {times} times what it was",
        times=f"{s.growth:.1f}")),
    Rule("rate-high", "steps", PROOF, lambda s: s.first_step > 0.8, lambda s: later(
        "the first step of a layer is {times} times its weights", times=f"{s.first_step:.1f}")),
    Rule("ascent", "steps", PROOF, lambda s: _climbs(s) and s.first_step < 0.1, lambda s: later(
        "the loss rises though no first step is longer than {share} of the weights",
        share=power_of_ten(s.first_step, 1))),
    Rule("rate-low", "steps", PROOF, lambda s: s.first_step < 1.2e-3 and s.dead < 0.5
         and s.train_accuracy < 0.7, lambda s: later(
        "the longest first step of a layer is {share} of its weights",
        share=power_of_ten(s.first_step, 1))),
    Rule("frozen", "steps", PROOF, lambda s: s.still is not None, lambda s: later(
        "layer {number} never moves, though it has a gradient", number=s.still or 0)),
    Rule("dead", "units", PROOF, lambda s: s.dead > 0.6, lambda s: later(
        "before the first step {share} of the units of a layer are dead", share=_percent(s.dead))),
    Rule("equal", "units", PROOF, lambda s: s.twins > 0.9, lambda s: later(
        "before the first step {share} of the units of a layer have a twin",
        share=_percent(s.twins))),
    Rule("saturated", "units", PROOF, lambda s: s.flat > 0.5, lambda s: later(
        "before the first step {share} of a layer’s answers are at a flat end, or more",
        share=_percent(s.flat))),
    Rule("small", "units", PROOF, lambda s: s.fewest < 8, lambda s: later(
        "a layer has {count} units", count=s.fewest)),
    Rule("batch-norm", "fresh", PROOF,
         lambda s: s.looks.batched_accuracy - s.looks.alone_accuracy > 0.15,
         lambda s: later("one picture at a time {alone} are right, in batches {batched}",
                         alone=_percent(s.looks.alone_accuracy),
                         batched=_percent(s.looks.batched_accuracy))),
    Rule("leak", "fresh", PROOF,
         lambda s: s.looks.batched_accuracy - s.looks.fresh_accuracy > 0.065
         and s.looks.training_accuracy > 0.95 and s.looks.batched_accuracy > 0.9,
         lambda s: later("validation has {validation} right, fresh pictures {fresh}",
                         validation=_percent(s.looks.batched_accuracy),
                         fresh=_percent(s.looks.fresh_accuracy))),
    Rule("scaled", "fresh", SIGN,
         lambda s: _learned(s) and s.looks.fresh_accuracy - s.looks.batched_accuracy > 0.06
         and s.looks.batched_accuracy - s.looks.alone_accuracy < 0.05,
         lambda s: later("validation has {validation} right, fresh pictures {fresh}",
                         validation=_percent(s.looks.batched_accuracy),
                         fresh=_percent(s.looks.fresh_accuracy))),
    Rule("few", "fresh", PROOF,
         lambda s: s.looks.training_accuracy > 0.98 and s.looks.fresh_accuracy < 0.82
         and abs(s.looks.batched_accuracy - s.looks.fresh_accuracy) < 0.065,
         lambda s: later("training has {training} right, fresh pictures {fresh}",
                         training=_percent(s.looks.training_accuracy),
                         fresh=_percent(s.looks.fresh_accuracy))),
    Rule("twice", "worst", PROOF, lambda s: s.costliest < CAP + 5e-3 and s.train_accuracy > 0.3
         and s.train_loss > FLOOR, lambda s: later(
        "even the worst picture costs {loss}, not more than ln(9 + e)",
        loss=f"{s.costliest:.3f}")),
    # The curves.
    Rule("ascent", CURVES, SIGN, lambda s: _climbs(s) and s.peak < 0.5, lambda s: later(
        "the loss rises in {share} of its changes, from the first on", share=_percent(s.climbs))),
    Rule("noise", CURVES, SIGN,
         lambda s: s.accuracy - s.train_accuracy > 0.08 and s.accuracy > 0.4,
         lambda s: later("validation has {validation} right, training {training} only",
                         validation=_percent(s.accuracy), training=_percent(s.train_accuracy))),
    Rule("shifted", CURVES, SIGN,
         lambda s: s.accuracy < 0.16 and 0.13 < s.train_accuracy < 0.7
         and s.loss > CHANCE + 0.03 and s.train_loss < CHANCE - 0.02,
         lambda s: later("training learns a little, validation stays at guessing, and its loss "
                         "rises to {loss}", loss=f"{s.loss:.2f}")),
    Rule("twice", CURVES, SIGN,
         lambda s: abs(s.train_loss + s.train_accuracy - CAP) < 0.12 and s.train_accuracy > 0.35,
         lambda s: later("training loss and accuracy make {sum} together, near 2.46",
                         sum=f"{s.train_loss + s.train_accuracy:.2f}")),
    Rule("few", CURVES, SIGN,
         lambda s: s.early_accuracy > 0.98 and 0.3 < s.accuracy < 0.83,
         lambda s: later("training is perfect after 100 steps, validation stops at {share}",
                         share=_percent(s.accuracy))),
    Rule("leak", CURVES, SIGN,
         lambda s: s.train_accuracy > 0.99 and s.accuracy > 0.955,
         lambda s: later("validation keeps up with training to the last few percent")),
    Rule("sorted", CURVES, SIGN,
         lambda s: s.peak > 0.3 and s.early_accuracy < 0.78 and s.train_accuracy > 0.25
         and s.accuracy < 0.7,
         lambda s: later("at first the validation loss leaps up, though training learns; in the "
                         "end {share} are right", share=_percent(s.accuracy))),
    Rule("rate-high", CURVES, SIGN, lambda s: s.peak > 0.4 and s.train_accuracy < 0.25
         and not s.lowest < s.start - 0.3,
         lambda s: later("the loss leaps up within the first 25 steps")),
    Rule("summed", CURVES, SIGN, _turned, lambda s: later(
        "the loss fell to {lowest} and then rose again", lowest=f"{s.lowest:.2f}")),
    Rule("scaled", CURVES, HINT, lambda s: _learned(s) and s.accuracy < 0.6,
         lambda s: later("training learns, validation has {share} right",
                         share=_percent(s.accuracy))),
    Rule("batch-norm", CURVES, HINT, lambda s: _learned(s) and 0.6 <= s.accuracy < 0.86,
         lambda s: later("training learns, validation lags at {share}",
                         share=_percent(s.accuracy))),
    Rule("saturated", CURVES, SIGN,
         lambda s: s.record.train_loss[0] > 2.8 and s.peak < 0.3 and s.train_loss < 2.3,
         lambda s: later("the loss begins at {start}, above ln 10",
                         start=f"{s.record.train_loss[0]:.2f}")),
    Rule("dead", CURVES, HINT, lambda s: abs(s.start - CHANCE) < 5e-4
         and s.lowest > CHANCE - 0.05, lambda s: later(
        "the loss begins at ln 10 to the third digit and stays")),
    Rule("equal", CURVES, HINT, lambda s: abs(s.start - CHANCE) < 2e-3
         and 0.15 < s.train_accuracy < 0.4 and s.train_loss + s.train_accuracy < 2.3,
         lambda s: later("the loss begins at ln 10 to the third digit, falls and stops")),
    Rule("vanishing", CURVES, HINT, lambda s: _stuck(s) and s.climbs > 0.42
         and s.loss < CHANCE + 0.04, lambda s: later("the loss stays at ln 10")),
    Rule("rate-low", CURVES, HINT, lambda s: s.train_accuracy < 0.7 and s.climbs < 0.36
         and s.jumps < 0.012 and s.train_loss < 2.5,
         lambda s: later("the losses hardly get anywhere, and validation falls without leaps")),
    Rule("small", CURVES, HINT, lambda s: 0.2 < s.train_accuracy < 0.85
         and abs(s.train_accuracy - s.accuracy) < 0.08 and s.lowest < CHANCE - 0.3,
         lambda s: later("both parts stop at {share}, together", share=_percent(s.accuracy))),
    Rule(HEALTHY, CURVES, HINT, lambda s: s.accuracy > 0.84 and _learned(s), lambda s: later(
        "validation has {share} right, and training learns", share=_percent(s.accuracy))),
)  # fmt: skip
