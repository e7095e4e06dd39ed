"""What an instrument says of a run in one number, on an axis that is the same for all runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explainer.clinic.record import Floats, Looks, Record
from explainer.powers import percent, power_of_ten, signed
from explainer.registry import Registry
from explainer.words import N_

SHARE, DIFFERENCE, COUNT, POWERS, NUMBER = "share", "difference", "count", "powers", "number"
WRITTEN: dict[str, Callable[[float], str]] = {
    SHARE: percent,
    DIFFERENCE: lambda value: signed(100 * value),
    COUNT: lambda value: f"{value:.0f}",
    POWERS: lambda value: power_of_ten(value),
    NUMBER: lambda value: f"{value:.2f}".replace("-", "−"),
}


@dataclass(frozen=True)
class Telltale:
    """A number of an instrument; its axis goes over `span`, by powers of ten for `POWERS`."""

    slug: str
    instrument: str
    title: str
    kind: str
    span: tuple[float, float]
    measured: Callable[[Record], float]

    def of(self, record: Record) -> float:
        """The number of that run; NaN where it has none, as where it has left all numbers."""
        return float(self.measured(record))

    def heights(self, values: Sequence[float] | Floats) -> Floats:
        """Where values lie on the axis, from 0 to 1; NaN for what is no number."""
        low, high = self.span
        found = np.clip(np.asarray(values, float), low, high)
        if self.kind == POWERS:
            found, low, high = np.log10(found), math.log10(low), math.log10(high)
        placed: Floats = (found - low) / (high - low)
        return placed

    def written(self, value: float) -> str:
        """The number in words."""
        return WRITTEN[self.kind](value) if math.isfinite(value) else "–"

    @property
    def ticks(self) -> list[float]:
        """Five or six round values on the axis."""
        low, high = self.span
        if self.kind == POWERS:
            first, last = round(math.log10(low)), round(math.log10(high))
            return [10.0**one for one in range(first, last + 1, math.ceil((last - first) / 6))]
        return [low + (high - low) * part / 5 for part in range(6)]


def _looked(measure: Callable[[Looks], float]) -> Callable[[Record], float]:
    return lambda record: math.nan if record.looks is None else measure(record.looks)


def _middle(values: Floats) -> Floats:
    """The median over the measurements of each layer, `(L,)`; NaN where none is a number."""
    sound = [column[np.isfinite(column)] for column in values.T]
    return np.array([float(np.median(one)) if len(one) else math.nan for one in sound])


def _most(values: Floats) -> float:
    """The greatest number of all layers at the end."""
    last = values[-1][np.isfinite(values[-1])] if len(values) else []
    return float(max(last, default=math.nan))


def _reach(record: Record) -> float:
    """The first layer's gradient over the last one's; NaN where the last layer has none."""
    norms = _middle(record.gradient_norms)
    return float(norms[0] / norms[-1]) if norms[-1] > 0 else math.nan


def _end(values: Floats) -> float:
    return float(np.sqrt((values[-1] ** 2).sum())) if len(values) else math.nan


def _stretched(looks: Looks) -> float:
    """The deviation of the validation part's inputs over that of the training part's."""
    return looks.validation_input[1] / looks.training_input[1]


def _commonest(looks: Looks) -> float:
    answers = looks.confusion.sum(0)
    return float(answers.max() / answers.sum()) if answers.sum() else math.nan


def _said_digits(looks: Looks) -> float:
    """Digits that are answered for at least one picture in a hundred."""
    answers = looks.confusion.sum(0)
    return float((answers >= answers.sum() / 100).sum()) if answers.sum() else math.nan


TELLTALES = Registry[Telltale](
    N_("number"),
    Telltale("digits", "batch", N_("different digits among 24 labels of the last batch"), COUNT,
             (0, 10), _looked(lambda looks: len(np.unique(looks.batch_labels)))),
    Telltale("spread", "batch", N_("validation inputs’ deviation over training’s"), POWERS,
             (0.1, 1000), _looked(_stretched)),
    Telltale("shift", "batch", N_("validation inputs’ mean, less training’s"), NUMBER,
             (-1, 4), _looked(lambda looks: looks.validation_input[0] - looks.training_input[0])),
    Telltale("reach", "gradients", N_("gradient of the first layer over the last one’s"), POWERS,
             (1e-6, 1e2), _reach),
    Telltale("slope", "gradients", N_("length of the whole gradient at the end"), POWERS,
             (1e-4, 1e4), lambda record: _end(record.gradient_norms)),
    Telltale("least", "steps", N_("step over weights, in the layer where it is least"), POWERS,
             (1e-9, 1e1), lambda record: float(_middle(record.step_ratios).min())),
    Telltale("most", "steps", N_("step over weights, in the layer where it is largest"), POWERS,
             (1e-6, 1e2), lambda record: float(_middle(record.step_ratios).max())),
    Telltale("dead", "units", N_("dead units, in the layer with most of them"), SHARE,
             (0, 1), lambda record: _most(record.dead)),
    Telltale("flat", "units", N_("answers on a flat end, in the layer with most of them"), SHARE,
             (0, 1), lambda record: _most(record.saturated)),
    Telltale("twins", "units", N_("units with a twin, in the layer with most of them"), SHARE,
             (0, 1), lambda record: _most(record.alike)),
    Telltale("favourite", "answers", N_("answers that are the commonest digit"), SHARE,
             (0, 1), _looked(_commonest)),
    Telltale("said", "answers", N_("digits that are an answer in a hundred or more"), COUNT,
             (0, 10), _looked(_said_digits)),
    Telltale("truth", "fresh", N_("right in validation, less right of fresh (points)"), DIFFERENCE,
             (-1, 1), _looked(lambda looks: looks.batched_accuracy - looks.fresh_accuracy)),
    Telltale("heart", "fresh", N_("right in training, less right of fresh (points)"), DIFFERENCE,
             (-1, 1), _looked(lambda looks: looks.training_accuracy - looks.fresh_accuracy)),
    Telltale("alone", "fresh", N_("right in batches, less right alone (points)"), DIFFERENCE,
             (-1, 1), _looked(lambda looks: looks.batched_accuracy - looks.alone_accuracy)),
    Telltale("worst", "worst", N_("mean loss of the 24 worst training pictures (nats)"), POWERS,
             (1e-3, 1e3), _looked(lambda looks: float(np.mean(looks.worst_losses)))),
)  # fmt: skip
