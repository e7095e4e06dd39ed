"""What is no finite number ends no chart: every public function of the charts is asked, by name.

A diverged network leaves such numbers in whatever is measured of it. A new function without an
example call fails the first test.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

import explainer.charts
from explainer.charts import bands, colour, maps, montage, race, specs
from explainer.charts.activations import curves
from explainer.charts.attribution import attributions
from explainer.charts.augmentation import changes_of_mind, mirrored
from explainer.charts.augmentation import copies as test_time_copies
from explainer.charts.augmentation import gains as augmentation_gains
from explainer.charts.clinic import instruments as clinic_instruments
from explainer.charts.clinic import marks as clinic_marks
from explainer.charts.depth import batch_norm, one_pass, strips
from explainer.charts.dropout import data_sizes, tenths, together
from explainer.charts.dropout import features as dropout_features
from explainer.charts.feature_maps import effective_receptive_field as receptive
from explainer.charts.feature_maps import kernel_likeness as likeness
from explainer.charts.feature_maps import units
from explainer.charts.filters import analysis, full_size, output
from explainer.charts.gradient_check import check
from explainer.charts.landscape import planes
from explainer.charts.optimisers import ground as marbles_ground
from explainer.charts.optimisers import phase as phase_plane
from explainer.charts.overfitting import by_heart as learned_by_heart
from explainer.charts.overfitting import learning_curves as over_sizes
from explainer.charts.overfitting import one_parameter as one_sine
from explainer.charts.overfitting import remedies as tried_remedies
from explainer.charts.overfitting import smaller as smaller_models
from explainer.charts.penalties import decay_maps, pixel_weights, pruning, strengths
from explainer.charts.penalties import paths as weight_paths
from explainer.charts.splits import digit_strips as splits_strips
from explainer.charts.theme import GREYS, LIGHT
from explainer.charts.training_lab import (
    answers,
    dropped_units,
    examples,
    layers,
    targets,
    verdict,
    weights,
)
from explainer.charts.why_convolution import moved_digits
from explainer.clinic.record import Looks as ClinicLooks
from explainer.clinic.record import Record as ClinicRecord
from explainer.convolution.application import Application
from explainer.convolution.bank import bank
from explainer.convolution.spectrum import GainProfile
from explainer.convolution.view import Statistics
from explainer.generalisation.by_heart import ByHeart, Tiles
from explainer.generalisation.learning_curves import LearningCurve
from explainer.generalisation.one_parameter import Sine
from explainer.generalisation.remedies import Measured, Remedies
from explainer.generalisation.smaller import Grown, Smaller
from explainer.gradients.attribution.deletion_insertion import Comparison
from explainer.gradients.attribution.deletion_insertion import Curve as TrustCurve
from explainer.gradients.check.checking import ALL, Check
from explainer.gradients.check.network import PARAMETERS
from explainer.gradients.check.sweep import EPSILONS, Sweep
from explainer.gradients.check.theory import Theory
from explainer.gradients.depth.mean_field import Theory as MeanField
from explainer.gradients.depth.norm_findings import (
    ByMomentum,
    Findings,
    Shifted,
    mean_drift,
    spread_drift,
)
from explainer.gradients.depth.norm_training import (
    BINS,
    Moment,
    NormRun,
    NormSettings,
    NormStudy,
    Sums,
)
from explainer.gradients.depth.running_statistics import ByBatch
from explainer.gradients.depth.steepness import SteepnessStep
from explainer.gradients.depth.strips import Strip
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.survey import survey
from explainer.gradients.landscape.views import PanelView
from explainer.gradients.landscape.views import Snapshot as Survey
from explainer.networks.digits.networks import Moved
from explainer.networks.digits.permuted_race import Arm
from explainer.networks.recording.receptive_field import Box
from explainer.networks.visualisation.first_kernels import Compared, Pattern
from explainer.regularisation.augmentation.copies import MEANS, Outputs
from explainer.regularisation.augmentation.gains import BySize, Prices
from explainer.regularisation.augmentation.mirrored import Kept as Mirrored
from explainer.regularisation.augmentation.robustness import TESTS, Robustness
from explainer.regularisation.augmentation.turning import Changes
from explainer.regularisation.decay_maps import LAMBDAS as DECAYS
from explainer.regularisation.decay_maps import RATES, DecayMaps
from explainer.regularisation.dropout.data_sizes import DataSizes
from explainer.regularisation.dropout.far_away import Tenths
from explainer.regularisation.dropout.uneven import Uneven
from explainer.regularisation.dropout.with_batch_norm import Race as MixtureRace
from explainer.regularisation.pruning import Pruned as SmallPruned
from explainer.regularisation.pruning import Size
from explainer.regularisation.strengths import LAMBDAS, Strengths
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.race import Race
from explainer.training.instruments.boundary import Boundary
from explainer.training.instruments.errors import Errors
from explainer.training.instruments.fit import Fit
from explainer.training.instruments.mistakes import Answers
from explainer.training.instruments.next_step import Dropped
from explainer.training.instruments.pruning import Pruned
from explainer.training.instruments.units import UnitShares
from explainer.training.instruments.verdict import Verdict
from explainer.training.instruments.weights import WeightReport
from explainer.training.measurement.history import Curves, LayerCurves
from explainer.training.measurement.snapshot import Fork, RunView, Snapshot
from explainer.training.recipe.recipe import Network, Recipe, with_value
from explainer.training.task import CLASSIFICATION

HUGE = 1e36  # float32 holds a hundred times as much, and not its square
FILLS = {"NaN": math.nan, "inf": math.inf, "-inf": -math.inf, "huge": HUGE, "-huge": -HUGE}
# Types of parameters that hold no measured number.
NUMBERLESS = frozenset({
    "Theme", "Axes", "DepthMeasure", "LayerMeasure", "FirstLayer", "Codes", "str", "int", "bool",
    "tuple[str, ...]", "tuple[int, int]", "Sequence[str]", "Mapping[str, int]", "Sequence[Layer]",
    "Layer", "Sequence[Codes]", "Box", "Task", "alt.Chart | alt.LayerChart | alt.FacetChart",
})  # fmt: skip
# Their numbers are the app's own: chosen marks, a counted step, the ends of a scale made before.
OWN = frozenset(
    {
        "sweep_spec",
        "strip_spec",
        "momentum_axes",
        "first_of_each_class",
        "named",
        "hand_made_weights",
        "fit_spec",
        "told_spec",
        "bar_spec",
    }
)
DRAWN_BY_HAND = (
    race.curves_of, race.old_course_of, clinic_instruments.curves, clinic_instruments.gradients,
    clinic_instruments.steps, clinic_instruments.units, clinic_marks.marked,
)  # fmt: skip  # sent as raw numbers; the browser leaves gaps
PER_LAYER = ("sums", "gradient", "weight_gradient", "difference")
UNBOUNDED = (race.usual_most,)  # infinite, it says, where there is no bound


class Spoiled:
    """Numbers with `fill` in place of the first, or of `every` one."""

    def __init__(self, fill: float, *, every: bool) -> None:
        self.fill, self.every = fill, every

    def array(self, *shape: int, dtype: Any = np.float64) -> NDArray[Any]:
        """Numbers from 0.1 to 0.9 in that shape, spoiled."""
        values = np.linspace(0.1, 0.9, math.prod(shape)).astype(dtype).reshape(shape)
        values.reshape(-1)[slice(None) if self.every else slice(1)] = self.fill
        return values

    def share(self, *shape: int) -> NDArray[Any]:
        """What lies in [0, 1] by definition: it may be no number, but not infinite."""
        return np.where(np.isnan(values := self.array(*shape)), values, np.clip(values, 0, 1))

    @property
    def part(self) -> float:
        """One such number."""
        return self.shares(1)[0]

    def shares(self, count: int) -> tuple[float, ...]:
        """The same as a tuple."""
        return tuple(self.share(count).tolist())

    def single(self, *shape: int) -> NDArray[np.float32]:
        """The same in single precision."""
        return self.array(*shape, dtype=np.float32)

    def tensor(self, *shape: int) -> torch.Tensor:
        """The same as a tensor."""
        return torch.from_numpy(self.single(*shape))

    def tuple(self, count: int) -> tuple[float, ...]:
        """The same as a tuple."""
        return tuple(self.array(count).tolist())


def _passage(bad: Spoiled) -> UntrainedPass:
    rows = {one.name: bad.array(3) for one in fields(UntrainedPass) if one.name in PER_LAYER}
    return UntrainedPass(
        network=Network(kind="mlp", depth=3), low=-1.0, high=1.0, values=bad.share(3, 41),
        example_gradients=bad.array(3, 5), dead=bad.share(3), saturated=bad.share(3),
        variance=bad.array(4), **rows,
    )  # fmt: skip


def _theory(bad: Spoiled) -> MeanField:
    arrays = {one.name: np.abs(bad.array(3)) for one in fields(MeanField)}
    return MeanField(**arrays)


def _moments(bad: Spoiled) -> list[Moment]:
    sums = Sums(bad.share(2, BINS), bad.array(2, 4), bad.array(2, 4))
    row = bad.array(2, 4)
    return [Moment(step, sums, sums, row, row, bad.part) for step in (0, 5, 10)]


def _norm_run(bad: Spoiled) -> NormRun:
    along = [
        SteepnessStep(step, bad.fill, bad.fill, bad.fill, bad.fill, bad.fill) for step in (0, 5)
    ]
    return NormRun(nn.Sequential(), _moments(bad), along, list(bad.tuple(40)))


@cache
def _data() -> Prepared:
    return prepare(load("moons"), Split())


def _study(bad: Spoiled) -> NormStudy:
    return NormStudy(NormSettings(), _data(), _norm_run(bad), _norm_run(bad))


def _findings(bad: Spoiled) -> Findings:
    by_batch = tuple(ByBatch(size, bad.share(4), bad.share(8)) for size in (2, 4))
    by_momentum = (ByMomentum(0.1, (1, 2, 3), bad.shares(3)),)
    shifted = tuple(Shifted(shift, bad.part, bad.part, bad.part) for shift in (0.0, 0.1))
    return Findings(bad.part, bad.part, by_batch, by_momentum, shifted, "", 0)


def _comparison(bad: Spoiled) -> Comparison:
    shares = np.linspace(0, 1, 5, dtype=np.float32)
    curves = [TrustCurve(shares, bad.single(5), bad.share(5).astype(np.float32)) for _ in range(3)]
    return Comparison(curves[0], tuple(curves[1:]))


def _compared(bad: Spoiled) -> Compared:
    return Compared(0, bad.array(3, 3, 3), Pattern(bad.array(3, 3), bad.array(3), 0.5), None, 0.5)


@cache
def _survey() -> Survey:
    """A small survey of one plane."""
    return survey(SurveyPlan(Setup(layers=4, width=4, steps=50), points=7))


def _panel(bad: Spoiled) -> PanelView:
    panel = _survey().panels[0]
    return replace(
        panel, losses=bad.single(*panel.losses.shape), off_plane=bad.array(*panel.off_plane.shape),
        at_places=bad.single(*panel.at_places.shape),
    )  # fmt: skip


def _surveyed(bad: Spoiled) -> Survey:
    variants = [replace(one, on_path=bad.single(*one.on_path.shape)) for one in _survey().variants]
    return replace(_survey(), variants=tuple(variants), panels=(_panel(bad),))


@cache
def _raced() -> Snapshot:
    """Two recipes, two seeds, few steps on moons."""
    base = with_value(with_value(Recipe(), "kind", "mlp"), "steps", 12)
    race = Race((base, base), prepare(load("moons"), Split(train_size=40)), seeds=(0, 1))
    race.play()
    while race.has_work:
        race.run_slice(0.05)
    return race.snapshot


def _run(run: RunView, bad: Spoiled) -> RunView:
    found = run.curves.layers
    numbers: dict[str, Any] = {
        one.name: bad.array(*values.shape, dtype=values.dtype)
        for one in fields(Curves)
        if isinstance(values := getattr(run.curves, one.name), np.ndarray) and one.name != "step"
    }
    parts: dict[str, Any] = {
        one.name: bad.array(*values.shape, dtype=values.dtype)
        for one in fields(LayerCurves)
        if isinstance(values := getattr(found, one.name), np.ndarray)
    }
    return replace(run, curves=replace(run.curves, layers=replace(found, **parts), **numbers))


def _race(bad: Spoiled) -> Snapshot:
    """The first recipe is spoiled, the second sound."""
    runs = [_run(run, bad) if run.recipe == 0 else run for run in _raced().runs]
    return replace(_raced(), runs=tuple(runs))


def _branched(bad: Spoiled) -> Snapshot:
    """A race that left the spoiled one after four steps."""
    spoiled = _race(bad)
    return replace(spoiled, fork=Fork(4, (0, 1), spoiled.recipes, spoiled.runs))


def _boundary(bad: Spoiled) -> Boundary:
    points, labels = np.zeros((2, 2), np.float32), np.array([0, 1])
    return Boundary(
        bad.share(6, 6, 2).astype(np.float32),
        (-1.0, 1.0),
        (-1.0, 1.0),
        *(points, labels) * 3,
    )


def _surface(bad: Spoiled) -> Boundary:
    points, targets = np.zeros((2, 2), np.float32), bad.single(2, 1)
    plane = bad.single(6, 6, 1)
    return Boundary(plane, (-1.0, 1.0), (-1.0, 1.0), *(points, targets) * 3)


def _errors(bad: Spoiled) -> Errors:
    return Errors(bad.single(3, 2), np.ones((3, 1), np.float32), bad.single(3, 1))


def _fits(bad: Spoiled) -> list[Fit]:
    return [Fit(bad.single(4, 2), bad.single(3, 2), bad.single(3, 2))]


def _answers(bad: Spoiled) -> Answers:
    two = np.array([0, 1])
    return Answers(("a", "b"), two, two, bad.array(2), np.zeros((2, 2), np.int64), (), 2)


def _report(_bad: Spoiled) -> WeightReport:
    edges = np.linspace(-1, 1, 5, dtype=np.float32)  # of an axis, whatever the weights
    return WeightReport(0, edges, np.array([1, 2, 3, 4]), ())


def _full_size(bad: Spoiled) -> bytes | None:
    codes, kernel = np.zeros((4, 4, 3), np.uint8), bad.array(3, 3)
    scale = colour.symmetric(1.0)
    if not np.isfinite(kernel).all():
        with pytest.raises(ValueError, match="a kernel holds finite numbers"):
            full_size.full_size_png(codes, kernel, Application(), colour.SIGNED, scale, LIGHT)
        return None
    return full_size.full_size_png(codes, kernel, Application(), colour.SIGNED, scale, LIGHT)


def _asked_of(one: Callable[..., Any], make: Callable[[Spoiled], Any], bad: Spoiled) -> Any:
    return one(make(bad))


UNIT = maps.Span(0.0, 1.0, signed=False)
NORM: dict[Callable[..., Any], Callable[[Spoiled], Any]] = {
    batch_norm.loss_points: _study, batch_norm.accuracy_points: _study,
    batch_norm.swing_points: _study, batch_norm.change_points: _study,
    batch_norm.by_batch_points: _findings, batch_norm.output_points: _findings,
    batch_norm.momentum_points: _findings, batch_norm.shift_points: _findings,
}  # fmt: skip


def _instrument(shown: Callable[..., Any], bad: Spoiled) -> Any:
    return shown(_ill(bad), LIGHT)


CALLS: dict[Callable[..., Any], Callable[[Spoiled], Any]] = {
    curves.drawable: lambda bad: curves.drawable(bad.array(4, 4)),
    curves.reduced: lambda bad: curves.reduced(bad.array(4, 4), 2),
    curves.map_picture: lambda bad: curves.map_picture(bad.array(4, 4), LIGHT, 4),
    curves.common_span: lambda bad: curves.common_span([bad.array(4, 4)]),
    attributions.attribution_picture: lambda bad: attributions.attribution_picture(
        bad.single(4, 4), LIGHT
    ),
    attributions.trust_points: lambda bad: attributions.trust_points(_comparison(bad)),
    bands.band_picture: lambda bad: bands.band_picture(
        bad.single(4, 4), [0.2, 0.6], ["#000000", "#808080", "#ffffff"], LIGHT
    ),
    colour.to_codes: lambda bad: colour.to_codes(bad.single(4, 4), -1.0, 1.0),
    colour.paint: lambda bad: colour.paint(bad.single(4, 4), -1.0, 1.0, GREYS),
    colour.usual_reach: lambda bad: colour.usual_reach(bad.array(9)),
    colour.symmetric: lambda bad: colour.symmetric(colour.usual_reach(bad.array(9))),
    colour.extent: lambda bad: colour.extent(
        bad.single(4, 4, 1), Statistics(bad.fill, bad.fill, bad.fill)
    ),
    colour.colour_result: lambda bad: [
        colour.colour_result(bad.single(4, 4, channels), colour.symmetric(1.0), GREYS)
        for channels in (1, 3)
    ],
    analysis.kernel_picture: lambda bad: analysis.kernel_picture(bad.array(3, 3), LIGHT),
    output.filter_output: lambda bad: [
        output.filter_output(bad.single(4, 4, channels), view).scale
        for view in colour.VIEWS
        for channels in (1, 3)
    ],
    output.small_picture: lambda bad: [
        output.small_picture(output.filter_output(bad.single(4, 4, channels), view), LIGHT)
        for view in colour.VIEWS
        for channels in (1, 3)
    ],
    one_pass.depth_points: lambda bad: [
        one_pass.depth_points([_passage(bad)], [_theory(bad)], measure)
        for measure in one_pass.DEPTH_MEASURES
    ],
    one_pass.value_points: lambda bad: one_pass.value_points(_passage(bad)),
    one_pass.idle_points: lambda bad: one_pass.idle_points([_passage(bad)]),
    batch_norm.sums_points: lambda bad: batch_norm.sums_points(_moments(bad), 0, after=True),
    batch_norm.parameter_points: lambda bad: batch_norm.parameter_points(
        _norm_run(bad), 0, batch_norm.GAMMA
    ),
    batch_norm.drift_points: lambda bad: [
        batch_norm.drift_points(_study(bad), 0, measure) for measure in (mean_drift, spread_drift)
    ],
    **{one: partial(_asked_of, one, make) for one, make in NORM.items()},
    strips.reach: lambda bad: strips.reach([_strip(bad)]),
    strips.strip_points: lambda bad: strips.strip_points(_strip(bad)),
    examples.class_montage: lambda bad: examples.class_montage(
        bad.tensor(2, 1, 4, 4), [[0], [1]], LIGHT
    ),
    examples.points_chart: lambda bad: examples.points_chart(
        bad.tensor(2, 2), torch.tensor([0, 1]), ("a", "b"), LIGHT
    ),
    analysis.gain_chart: lambda bad: analysis.gain_chart(
        GainProfile(np.linspace(0, 0.5, 4), bad.array(4), bad.array(4), (0.2,), ()), LIGHT
    ),
    analysis.singular_values_chart: lambda bad: analysis.singular_values_chart(bad.array(3), LIGHT),
    analysis.square_picture: lambda bad: analysis.square_picture(bad.single(4, 4), 1.0, LIGHT, 8),
    full_size.full_size_png: _full_size,
    check.error_cells: lambda bad: check.error_cells(
        Check(ALL, bad.array(PARAMETERS), bad.array(PARAMETERS))
    ),
    check.sweep_points: lambda bad: check.sweep_points(
        [Sweep(np.float64, bad.array(len(EPSILONS)))], Theory(bad.fill, 2, bad.fill)
    ),
    check.fault_points: lambda bad: check.fault_points(
        [("a", bad.part, bad.part)]
    ),
    likeness.pattern_picture: lambda bad: likeness.pattern_picture(bad.array(3, 3), LIGHT),
    likeness.large_pattern: lambda bad: likeness.large_pattern(bad.array(3, 3), LIGHT),
    likeness.pair_picture: lambda bad: likeness.pair_picture(
        _compared(bad), LIGHT, side=8, close=True
    ),
    likeness.pairs: lambda bad: likeness.pairs(
        [_compared(bad)], bank(3), LIGHT, side=8, columns=1, gap=1
    ),
    likeness.chance_points: lambda bad: likeness.chance_points([_compared(bad)], bank(3)),
    planes.bands_of: lambda bad: planes.bands_of((_panel(bad),), 0, LIGHT),
    planes.heights: lambda bad: planes.heights(_panel(bad), 0),
    planes.plane_picture: lambda bad: planes.plane_picture(
        _panel(bad), 0, planes.bands_of((_panel(bad),), 0, LIGHT), LIGHT, 20
    ),
    planes.off_plane_points: lambda bad: planes.off_plane_points(
        _surveyed(bad), _panel(bad)
    ),
    planes.path_points: lambda bad: planes.path_points(_surveyed(bad), _panel(bad), 0),
    maps.span_of: lambda bad: maps.span_of(bad.single(2, 4, 4)),
    maps.span_within: lambda bad: maps.span_within(bad.single(4, 4), 1.0),
    maps.sorted_places: lambda bad: [
        maps.sorted_places(bad.single(2, 4, 4), order) for order in maps.ORDERS
    ],
    maps.painted: lambda bad: maps.painted(bad.single(4, 4), UNIT, LIGHT),
    maps.coded: lambda bad: maps.coded(bad.single(4, 4), UNIT),
    maps.montage: lambda bad: maps.montage(
        bad.single(2, 4, 4), [1, 0], LIGHT, columns=1, size=(2, 2), spans=[UNIT, UNIT], gap=1
    ),
    montage.reach_of: lambda bad: montage.reach_of([bad.array(2, 2), np.ones((2, 2))]),
    montage.kernel_picture: lambda bad: [
        montage.kernel_picture(bad.array(3, 3, channels), 1.0, LIGHT) for channels in (1, 2, 3)
    ],
    montage.example_picture: lambda bad: montage.example_picture(bad.array(3, 3, 1)),
    moved_digits.move_points: lambda bad: moved_digits.move_points(
        Moved(9, 1, tuple(bad.shares(3) for _ in range(3)), bad.part, bad.part, bad.part)
    ),
    moved_digits.slope_points: lambda bad: moved_digits.slope_points([_arm(bad)]),
    moved_digits.learning_points: lambda bad: moved_digits.learning_points([_arm(bad)]),
    race.curves_of: lambda bad: [
        race.curves_of(_race(bad), measure, smoothing=0.5)
        for pair in race.pairs(CLASSIFICATION)
        for measure in pair.measures
    ],
    race.old_course_of: lambda bad: [
        race.old_course_of(_branched(bad), measure)
        for pair in race.pairs(CLASSIFICATION)
        for measure in pair.measures
    ],
    race.marks_of: lambda bad: race.marks_of(_race(bad)),
    race.usual_most: lambda bad: race.usual_most(_race(bad)),
    targets.targets_chart: lambda bad: [
        targets.targets_chart(bad.tensor(2, size), bad.tensor(2, 1), LIGHT) for size in (1, 2)
    ],
    targets.told_points: lambda bad: targets.told_points(_errors(bad), 0),
    targets.told_reach: lambda bad: targets.told_reach(_errors(bad)),
    targets.fit_points: lambda bad: targets.fit_points(_fits(bad)),
    targets.fit_reach: lambda bad: targets.fit_reach(_fits(bad)),
    answers.confusion_points: lambda bad: answers.confusion_points(_answers(bad)),
    answers.boundary_picture: lambda bad: [
        answers.boundary_picture(found(bad), LIGHT) for found in (_boundary, _surface)
    ],
    answers.target_reach: lambda bad: answers.target_reach(_surface(bad)),
    dropped_units.dropped_picture: lambda bad: dropped_units.dropped_picture(
        Dropped("a", "units", np.ones((2, 3), bool), bad.single(2, 3)), LIGHT
    ),
    layers.layer_points: lambda bad: [
        layers.layer_points(_race(bad), measure) for measure in layers.LAYER_MEASURES
    ],
    layers.unit_points: lambda bad: layers.unit_points(
        [[UnitShares("a", 4, bad.part, bad.part)]]
    ),
    layers.layer_history: lambda bad: [
        layers.layer_history(_race(bad).runs[0], measure)
        for measure in layers.LAYER_MEASURES
    ],
    verdict.verdict_points: lambda bad: verdict.verdict_points(
        [Verdict(0, bad.tuple(3), bad.fill, bad.fill, bad.fill, "ahead")], ["a"], (0, 1, 2), 100.0
    ),
    weights.histogram_points: lambda bad: weights.histogram_points([_report(bad)]),
    weights.pruning_points: lambda bad: weights.pruning_points(
        [[[Pruned(share, bad.part, bad.fill) for share in (0.0, 0.5)]]], 0.5
    ),
    receptive.strength_picture: lambda bad: receptive.strength_picture(
        np.zeros((4, 4, 3), np.uint8),
        np.abs(bad.single(4, 4)),
        LIGHT,
        part=Box(0, 0, 4, 4),
        boxes=(),
    ),
    specs.table_of: lambda bad: specs.table_of([(bad.fill,), (0.5,)], value=pa.float32()),
    specs.finite_only: lambda bad: pd.DataFrame({"value": specs.finite_only(bad.array(3))}),
    specs.finite: lambda bad: specs.finite(bad.fill),
    specs.numbered: lambda bad: specs.numbered(
        alt.Chart(pd.DataFrame({"value": specs.finite_only(bad.array(3))})).mark_point()
    ),
    weight_paths.path_points: lambda bad: weight_paths.path_points(
        np.array([0.1, 1.0]), bad.array(2, 2), ["a", "b"], 0.1
    ),
    weight_paths.bar_points: lambda bad: weight_paths.bar_points(bad.array(2), ["a", "b"]),
    pixel_weights.weight_picture: lambda bad: pixel_weights.weight_picture(
        bad.array(4, 4), bad.single(4, 4), LIGHT
    ),
    pruning.pruned_points: lambda bad: pruning.pruned_points(
        [[SmallPruned(0.0, Size(4, 2, 16, 20), bad.part)]] * 2, 0.0
    ),
    strengths.strength_points: lambda bad: [
        strengths.strength_points(_strengths(bad), measure) for measure in strengths.MEASURES
    ],
    changes_of_mind.change_points: lambda bad: changes_of_mind.change_points(
        Changes(bad.array(10, 4), np.zeros((10, 10), np.int64)), 6, bad.fill
    ),
    mirrored.mirrored_points: lambda _bad: mirrored.mirrored_points(
        {"horizontal": (Mirrored(0, 5), Mirrored(5, 5))}, ("a", "b")
    ),
    test_time_copies.gain_points: lambda bad: [
        test_time_copies.gain_points(
            {"flip": Outputs(bad.array(16, 3, 2), np.array([0, 1, 1]))}, mean
        )
        for mean in MEANS
    ],
    test_time_copies.answer_points: lambda bad: test_time_copies.answer_points(
        bad.array(2, 2), bad.array(2), ("a", "b")
    ),
    augmentation_gains.size_points: lambda bad: augmentation_gains.size_points(
        BySize("digits", (20, 50), bad.share(2, 3), bad.share(2, 3))
    ),
    augmentation_gains.price_points: lambda bad: augmentation_gains.price_points(
        Prices("digits", ("flip", "shift"), bad.share(3), bad.share(2, 3))
    ),
    augmentation_gains.robust_points: lambda bad: augmentation_gains.robust_points(
        Robustness({"blur": bad.share(len(TESTS["blur"].strengths), 2, 3)}), "blur"
    ),
    tenths.tenth_points: lambda bad: tenths.tenth_points(
        Tenths(np.clip(bad.array(10), 0, 1), np.clip(bad.array(10), 0, 1), 1000)
    ),
    dropout_features.wall: lambda bad: dropout_features.wall(bad.single(3, 784), LIGHT),
    dropout_features.share_points: lambda bad: dropout_features.share_points(
        bad.array(5), bad.single(4, 5)
    ),
    dropout_features.lost_points: lambda bad: dropout_features.lost_points(
        [0, 1, 2], list(bad.tuple(3)), list(bad.tuple(3))
    ),
    data_sizes.size_points: lambda bad: [
        data_sizes.size_points(
            DataSizes((100, 250), (0.0, 0.5), bad.array(2, 2, 3), bad.array(2, 2, 3)), measure
        )
        for measure in ("loss", "error")
    ],
    together.race_points: lambda bad: [
        together.race_points(MixtureRace(bad.array(2, 3), bad.array(2, 3)), measure, ("a", "b"))
        for measure in ("accuracy", "loss")
    ],
    together.uneven_points: lambda bad: together.uneven_points(
        Uneven(*(bad.array(3) for _ in range(4)))
    ),
    together.map_tiles: lambda bad: together.map_tiles(
        bad.single(3, 4, 4), bad.single(3, 4, 4), LIGHT, columns=2
    ),
    units.growth_points: lambda bad: units.growth_points(
        [(step, bad.single(2)) for step in (0, 1)], ["a", "b"], bad.fill
    ),
    learned_by_heart.step_points: lambda bad: learned_by_heart.step_points(
        ByHeart((0, 10), bad.array(5, 3, 2), bad.array(5, 3, 2), {}), "training"
    ),
    learned_by_heart.tile_wall: lambda bad: learned_by_heart.tile_wall(_tiles(bad), LIGHT, 2),
    learned_by_heart.said_points: lambda bad: learned_by_heart.said_points(_tiles(bad), 0),
    tried_remedies.remedy_points: lambda bad: tried_remedies.remedy_points(
        Remedies((Measured("none", "", bad.array(3, 2), bad.array(3, 2)),)), 0.0, 0
    ),
    smaller_models.size_points: lambda bad: [
        smaller_models.size_points(
            Smaller((Grown("one", "4", 9, bad.share(2, 3), bad.share(2, 3), bad.share(2)),)),
            measure, level,
        )
        for measure in smaller_models.MEASURES for level in (0.5, 2.0)
    ],
    one_sine.wave_points: lambda bad: one_sine.wave_points(Sine((1, -1, 1), "float32")),
    decay_maps.decay_points: lambda bad: [
        decay_maps.decay_points(
            DecayMaps(9, bad.array(2, len(RATES), len(DECAYS), 2)), method
        )
        for method in (0, 1)
    ],
    over_sizes.curve_points: lambda bad: [
        over_sizes.curve_points([LearningCurve(3, (20, 50), bad.array(2, 3), bad.array(2, 3))])
    ],
    splits_strips.digit_strip: lambda bad: splits_strips.digit_strip(
        bad.single(3, 28, 28), LIGHT, columns=2
    ),
    phase_plane.rate_picture: lambda bad: phase_plane.rate_picture(bad.array(3, 4), LIGHT),
    marbles_ground.places: lambda _: marbles_ground.places((0.0, 3.0), (0.0, 2.0)),
    marbles_ground.ground: lambda bad: marbles_ground.ground(
        bad.array(marbles_ground.ROWS, marbles_ground.COLUMNS), LIGHT
    ),
    clinic_instruments.curves: lambda bad: clinic_instruments.curves([_ill(bad)] * 2, LIGHT),
    **{
        shown: partial(_instrument, shown)
        for shown in clinic_instruments.SHOWN.values()
    },
    clinic_marks.marked: lambda bad: clinic_marks.marked(
        clinic_instruments.steps(_ill(bad), LIGHT), "frozen", _ill(bad)
    ),
}  # fmt: skip


def _ill(bad: Spoiled) -> ClinicRecord:
    """Three measurements of a run with two layers."""
    pictures, labels = np.zeros((2, 28, 28), np.uint8), np.array([3, 4])
    mean, deviation = bad.array(2).tolist()
    looks = ClinicLooks(
        pictures, labels, pictures, labels, (mean, deviation), (mean, deviation),
        np.eye(10, dtype=np.int64), bad.part, bad.part, bad.part, bad.part, pictures, labels,
        labels, bad.array(2),
    )  # fmt: skip
    return ClinicRecord(
        ("layer 1", "layer 2"), (4, 10), np.array([0, 5, 10]),
        bad.array(3), bad.array(3), bad.share(3), bad.share(3), bad.array(3, 2), bad.array(3, 2),
        bad.share(3, 2), bad.share(3, 2), bad.share(3, 2), looks, 11, finished=False, lost=False,
    )  # fmt: skip


def _strip(bad: Spoiled) -> Strip:
    return Strip(0, ("a", "b"), np.array([1.0, 5.0, 9.0]), np.clip(bad.array(3, 2), -30, 38))


def _tiles(bad: Spoiled) -> Tiles:
    labels = np.array([3, 4])
    return Tiles(bad.single(2, 14, 14), labels, labels[::-1], bad.single(2, 2, 10))


def _strengths(bad: Spoiled) -> Strengths:
    arrays = [bad.array(2, 3, len(LAMBDAS)) for _ in range(5)]
    return Strengths(LAMBDAS, 0.2, *arrays)


def _arm(bad: Spoiled) -> Arm:
    return Arm("CNN", False, bad.shares(2), (0, 5), (bad.shares(2), bad.shares(2)))


def public() -> Iterator[Callable[..., Any]]:
    """Every public function of the modules of charts, where it is defined."""
    for found in pkgutil.walk_packages(explainer.charts.__path__, "explainer.charts."):
        module = importlib.import_module(found.name)
        for name, one in vars(module).items():
            ours = getattr(one, "__module__", None) == found.name
            if callable(one) and ours and not name.startswith("_") and not inspect.isclass(one):
                yield one


def takes_numbers(one: Callable[..., Any]) -> bool:
    """Whether any of its parameters may hold a measured number."""
    parameters = inspect.signature(one).parameters.values()
    numbers = any(str(each.annotation) not in NUMBERLESS for each in parameters)
    return numbers and one.__name__ not in OWN


def not_finite(value: Any) -> Iterator[str]:
    """What the browser could not draw or read, in words."""
    if isinstance(value, alt.TopLevelMixin):
        json.dumps(value.to_dict(), allow_nan=False)
    elif isinstance(value, pd.DataFrame):  # Streamlit sends it like this: NaN becomes null
        yield from not_finite(pa.Table.from_pandas(value))
    elif isinstance(value, pa.Table):
        for name in value.column_names:
            numbers = value[name].drop_null().to_numpy()
            if numbers.dtype.kind == "f" and not np.isfinite(numbers).all():
                yield f"the column {name}"
    elif isinstance(value, np.ndarray | float):
        yield from [] if np.isfinite(value).all() else [str(value)]
    elif is_dataclass(value) and not isinstance(value, type):
        yield from not_finite([getattr(value, one.name) for one in fields(value)])
    elif isinstance(value, list | tuple):
        for one in value:
            yield from not_finite(one)


def test_every_function_that_takes_numbers_has_an_example_call() -> None:
    missing = {f"{one.__module__}.{one.__name__}" for one in public()
               if takes_numbers(one) and one not in CALLS}  # fmt: skip
    assert not missing


def test_no_example_call_is_of_what_is_gone() -> None:
    assert set(CALLS) <= set(public())


@pytest.mark.parametrize("every", [False, True], ids=["one", "all"])
@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
@pytest.mark.parametrize(
    "one", CALLS, ids=[f"{one.__module__.rpartition('.')[2]}.{one.__name__}" for one in CALLS]
)
def test_what_is_no_finite_number_ends_no_chart(
    one: Callable[..., Any], fill: float, *, every: bool
) -> None:
    found = CALLS[one](Spoiled(fill, every=every))
    if one not in (*DRAWN_BY_HAND, *UNBOUNDED):
        assert not list(not_finite(found))


@pytest.mark.parametrize("fill", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_no_finite_number_is_as_wrong_as_can_be(fill: float) -> None:
    right = np.linspace(0.1, 1, PARAMETERS)
    wrong = right.copy()
    wrong[3] = fill
    cells = check.error_cells(Check(ALL, right, wrong))
    assert cells.decade.tolist() == [-10.0] * 3 + [0.0] + [-10.0] * (PARAMETERS - 4)
