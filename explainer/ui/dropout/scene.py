"""What is looked at: which networks, which digits, and where the dots lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.regularisation.dropout.small_network import digits
from explainer.regularisation.dropout.subnetworks import (
    COUNT,
    Subnetworks,
    Survey,
    bits_of,
    softmax,
)
from explainer.regularisation.proximal import Floats, Labels
from explainer.ui.common.choice import Named
from explainer.words import N_

SURVEYED = 500
"""Pictures that no network learned from, of which accuracy and confidence are means."""
DECKS = 20
ALL, LOGITS, CHANCES = VIEWS = (
    Named("all", N_("500 digits")),
    Named("logits", N_("one digit, logits")),
    Named("probabilities", N_("one digit, probabilities")),
)
ROOM = 0.04  # beyond the outermost dots


@dataclass(frozen=True, eq=False)
class Trial:
    """The subnetworks of one trained network, and what they say of the 500 digits."""

    networks: Subnetworks
    survey: Survey

    @cached_property
    def second(self) -> Floats:
        """The second hidden layer's activations of the 500 digits, `(500, 12)`."""
        return self.networks.network.activations(seen()[0], 2)

    @cached_property
    def default(self) -> int:
        """The number of the mask that is chosen to begin with: that of middling accuracy."""
        order = np.argsort(self.survey.accuracy, kind="stable")
        return bits_of(self.networks.masks[order[COUNT // 2]])


@dataclass(frozen=True)
class Asked:
    """What is looked at: the view, and which digit of which ten."""

    view: str
    deck: int
    digit: int

    @property
    def row(self) -> int:
        """The digit's place among all that were never learned."""
        return int(deck(self.deck)[self.digit])

    @property
    def whole(self) -> bool:
        """Whether all digits are looked at."""
        return self.view == ALL.slug


def seen() -> tuple[Floats, Labels]:
    """The 500 digits `(500, 784)` and their labels."""
    data = digits()
    return data.validation_inputs[:SURVEYED], data.validation_labels[:SURVEYED]


def deck(number: int) -> NDArray[np.intp]:
    """The rows of ten of the 500 digits, a 0 to a 9; there are `DECKS` of ten."""
    labels = seen()[1]
    return np.array([np.flatnonzero(labels == digit)[number] for digit in range(10)])


@dataclass(frozen=True, eq=False)
class Scene:
    """One view of a trial: where the dots lie, and what is the same however q is set.

    `places` are `(4096, 2)`, `span` the axes' ends `(2, 2)`: x, then y.
    """

    trial: Trial
    asked: Asked
    places: Floats
    span: NDArray[np.float64]
    survey: Survey
    rival: int

    def point(self, logits: Floats) -> tuple[float, float]:
        """Where a network lies that says these logits, `(500, 10)` or `(10,)`."""
        if self.asked.whole:
            return quality(softmax(logits))
        pair = logits if self.asked.view == LOGITS.slug else softmax(logits)
        return float(pair[self.asked.digit]), float(pair[self.rival])

    @property
    def second(self) -> Floats:
        """The second hidden layer's activations of what it is about, `(N, 12)`."""
        return self.trial.second if self.asked.whole else self.trial.second[self.asked.row][None]


def scene(trial: Trial, asked: Asked) -> Scene:
    """The dots of a view."""
    networks, (inputs, labels) = trial.networks, seen()
    row = slice(asked.row, asked.row + 1)
    one = networks.logits(inputs[row], networks.masks)[:, 0]  # (4096, 10)
    mean = softmax(one).mean(0)
    rival = int(np.argsort(mean)[-1])
    if rival == asked.digit:
        rival = int(np.argsort(mean)[-2])
    if asked.whole:
        places, survey = np.stack([trial.survey.confidence, trial.survey.accuracy], 1), trial.survey
    else:
        values = one if asked.view == LOGITS.slug else softmax(one)
        places = values[:, [asked.digit, rival]]
        survey = networks.surveyed(inputs[row], labels[row])
    return Scene(trial, asked, places, _span(asked, places), survey, rival)


def _span(asked: Asked, places: Floats) -> NDArray[np.float64]:
    if asked.view == CHANCES.slug:
        return np.array([[-ROOM, 1 + ROOM]] * 2)
    low, high = places.min(0).astype(float), places.max(0).astype(float)
    if asked.whole:
        low, high = np.minimum(low, [0.1, 0]), np.maximum(high, [0.9, 0.9])
    room = ROOM * np.maximum(high - low, 1e-3)
    return np.stack([low - room, high + room], 1)


def quality(chances: NDArray[Any]) -> tuple[float, float]:
    """Confidence and accuracy on the 500 digits of probabilities `(500, 10)`."""
    return float(chances.max(1).mean()), float((chances.argmax(1) == seen()[1]).mean())
