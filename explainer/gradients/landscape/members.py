"""A network of a survey in the hands of its worker, and a plane of it, advanced bit by bit.

Their work is written as generators that yield after each small piece: a training step, a few points
of a plane, a product with the Hessian.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explainer.accelerator import accelerator
from explainer.gradients.landscape.directions import FilterExample, first_filter
from explainer.gradients.landscape.grid import levels, new_points
from explainer.gradients.landscape.kept import TRAINED
from explainer.gradients.landscape.plan import RANDOM, SurveyPlan
from explainer.gradients.landscape.plane import (
    Plane,
    Score,
    at_checkpoint,
    measured,
    plane,
    score,
)
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.sharpness import Sharpness, curvatures, power_iteration
from explainer.gradients.landscape.stacked import Stacked
from explainer.gradients.landscape.training import PathTraining, Trained
from explainer.gradients.landscape.views import Floats, PanelView, VariantView
from explainer.gradients.landscape.weights import Layout

NOTHING = np.full((2, 0), np.nan, np.float32)
Places = NDArray[np.int64]


class Member:
    """One network: trained, scored, its curvature and the losses on its path measured."""

    def __init__(self, label: str, setup: Setup, *, recomputed: bool) -> None:
        self.label, self.setup, self.recomputed = label, setup, recomputed
        self.training = PathTraining(setup)
        self.trained: Trained | None = None
        self.score: Score | None = None
        self.sharpness: Sharpness | None = None
        self.on_path: Floats = NOTHING

    def train(self) -> Iterator[None]:
        """Train step by step, unless such a network is kept; then score it."""
        trained = TRAINED.get(self.setup)
        if trained is None:
            for _ in self.training.run():
                yield
            trained = self.training.trained
            if trained is None:
                raise AssertionError("a training that ends has a result")
            TRAINED.put(self.setup, trained)
        self.score = score(copy.deepcopy(trained.network), recomputed=self.recomputed)
        self.on_path = np.full((2, len(trained.steps)), np.nan, np.float32)
        self.trained = trained
        yield

    def walk(self) -> Iterator[None]:
        """The true loss at each checkpoint, with the statistics that it had."""
        trained = self.sure
        network = copy.deepcopy(trained.network)
        for place in range(len(trained.steps)):
            one = score(at_checkpoint(network, trained, place), recomputed=self.recomputed)
            self.on_path[:, place] = one.losses
            yield

    def sharpen(self) -> Iterator[None]:
        """Power iteration on the training pictures, with the statistics the plane uses."""
        network = copy.deepcopy(self.sure.network).train(self.recomputed).requires_grad_(True)
        for found in power_iteration(network, *measured()[0]):
            self.sharpness = found
            yield

    @property
    def sure(self) -> Trained:
        """The trained network, once it is there."""
        if self.trained is None:
            raise AssertionError("a network is surveyed once it is trained")
        return self.trained

    def view(self) -> VariantView:
        """The network for readers: its losses on the path `(2, T)` are a copy of their own."""
        trained = self.trained
        return VariantView(
            label=self.label,
            setup=self.setup,
            step=self.setup.steps if trained else self.training.step,
            batch_losses=trained.batch_losses if trained else tuple(self.training.losses),
            score=self.score,
            sharpness=self.sharpness,
            path_steps=trained.steps if trained else (),
            on_path=self.on_path.copy(),
        )


class Sheet:
    """One plane of a member: its losses, computed from coarse to fine."""

    def __init__(self, variant: int, member: Member, plan: SurveyPlan, seed: int) -> None:
        self.variant, self.seed = variant, seed
        self.plane: Plane = plane(member.sure, plan, seed)
        self.losses = np.full((2, plan.points, plan.points), np.nan, np.float32)
        self.rows = levels(plan.points)
        self.complete = 0  # levels
        self.at_places = np.full((2, len(member.sure.steps)), np.nan, np.float32)
        self.curvatures: tuple[float, ...] = ()
        self._recomputed = plan.recomputed
        self.example = _example(member.sure, plan, seed)
        self.done = 0
        self._levels = new_points(plan.points)
        self._stacked = Stacked(
            member.sure.network, recomputed=plan.recomputed, device=accelerator().torch
        )

    def pieces(self, level: int) -> list[Places]:
        """The points of a level in pieces for one stack each; the centre always comes first."""
        points = self._levels[level]
        if level == 0:
            points = np.unique(np.vstack([points, [self.plane.axes.centre]]), axis=0)
        else:
            points = points[np.isnan(self.losses[0][tuple(points.T)])]
        size = self._stacked.largest
        return [points[start : start + size] for start in range(0, len(points), size)]

    def compute(self, points: Places) -> None:
        """The losses at some points of the grid."""
        axes = self.plane.axes
        places = np.stack([axes.x[points[:, 1]], axes.y[points[:, 0]]], axis=1)
        found = self.plane.losses(places, self._stacked)
        # What overflows is no number to PyTorch; here NaN stands for what is not computed yet.
        self.losses[:, points[:, 0], points[:, 1]] = np.where(np.isnan(found), np.inf, found)
        self.done += len(points)

    def walk(self) -> Iterator[None]:
        """The losses at the places of the path, and the curvature along the two directions."""
        places = self.plane.path.places.numpy()
        size = self._stacked.largest
        for start in range(0, len(places), size):
            part = slice(start, start + size)
            self.at_places[:, part] = self.plane.losses(places[part], self._stacked)
            yield
        network = copy.deepcopy(self.plane.trained.network).train(self._recomputed)
        along = self.plane.directions
        self.curvatures = curvatures(network.requires_grad_(True), *measured()[0], along)
        yield

    def view(self) -> PanelView:
        """The plane for readers: its losses `(2, rows, columns)` are a copy of their own."""
        found = self.plane
        return PanelView(
            variant=self.variant,
            seed=self.seed,
            axes=found.axes,
            losses=self.losses.copy(),
            rows=tuple(self.rows[self.complete - 1]) if self.complete else (),
            places=found.path.places.numpy(),
            off_plane=found.path.off_plane.numpy(),
            at_places=self.at_places.copy(),
            shares=found.shares,
            cosine=found.cosine,
            curvatures=self.curvatures,
            example=self.example,
        )


def _example(trained: Trained, plan: SurveyPlan, seed: int) -> FilterExample | None:
    if plan.directions != RANDOM:
        return None
    return first_filter(Layout.of(trained.network), trained.end, seed, plan.scaling)


def lanes(work: deque[tuple[Sheet, Places]], count: int) -> list[Iterator[None]]:
    """So many lanes that share one pile of work."""

    def lane() -> Iterator[None]:
        while work:
            try:
                sheet, points = work.popleft()
            except IndexError:  # the other lane was quicker
                return
            sheet.compute(points)
            yield

    return [lane() for _ in range(count)]
