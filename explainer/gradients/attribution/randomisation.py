"""The randomisation check: does a map change when the weights are shuffled?

From the output down, as Adebayo et al. (2018) initialise layers anew; here the values within each
tensor of a layer are shuffled instead, so that the network forgets what it learned and keeps the
sizes of its weights. A map that stays the same tells of the picture
alone, as an edge detector would, and nothing of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from explainer.gradients.attribution.method import Map
from explainer.gradients.attribution.methods import attribute, checked_picture
from explainer.gradients.attribution.passes import logits, private_copy
from explainer.gradients.attribution.progress import Progress, report, within
from explainer.gradients.attribution.similarity import rank_correlation, structure_similarity
from explainer.gradients.attribution.target import Target, resolve
from explainer.parameters import Value
from explainer.words import N_

INDEPENDENT = N_("does not depend on the weights")
PARTLY = N_("depends on the weights in part")
DEPENDENT = N_("depends on the weights")
# The same of the last layer alone, which says nothing of all the others.
OF_LAST_LAYER = {
    INDEPENDENT: N_("hardly changes"),
    PARTLY: N_("changes in part"),
    DEPENDENT: N_("becomes another one"),
}
# Of the rank correlation. Measured on the small VGG and ResNet-20, six photos each: with all layers
# shuffled, every method's lies below 0.52, coarse maps getting that far by chance; with the last
# alone, the means are 0.9 for guided backpropagation and 0.2 to 0.6 for what follows the gradient.
INDEPENDENT_FROM = 0.75
DEPENDENT_BELOW = 0.55

Explain = Callable[[nn.Module, Progress | None], Map]


@dataclass(frozen=True)
class Stage:
    """The maps once all layers from the output down to `layer` are shuffled.

    One rank correlation and one structural similarity with the original map for each shuffle, both
    of absolute maps; `values` `(H, W)` is the map of the first.
    """

    layer: str
    layers: int
    rank_correlations: tuple[float, ...]
    structural_similarities: tuple[float, ...]
    values: Map

    @property
    def rank_correlation(self) -> float:
        """The median over the shuffles: 1 for the same order of pixels, near 0 for another."""
        return median(self.rank_correlations)

    @property
    def structural_similarity(self) -> float:
        """The median over the shuffles: 1 for the same picture, near 0 for another."""
        return median(self.structural_similarities)

    @property
    def verdict(self) -> str:
        """`INDEPENDENT`, `PARTLY` or `DEPENDENT`, by the rank correlation."""
        if self.rank_correlation >= INDEPENDENT_FROM:
            return INDEPENDENT
        return DEPENDENT if self.rank_correlation < DEPENDENT_BELOW else PARTLY


@dataclass(frozen=True)
class Randomisation:
    """The map of the network as it is, and the stages from the output down to all layers."""

    values: Map
    stages: tuple[Stage, ...]

    @property
    def verdict(self) -> str:
        """What becomes of the map when all layers are shuffled: the last stage's verdict."""
        return self.stages[-1].verdict

    @property
    def output_verdict(self) -> str:
        """What becomes of it when the output layer is: whether the map is about the class."""
        return self.stages[0].verdict


def randomised_method(
    network: nn.Module,
    inputs: Tensor,
    target: Target,
    slug: str,
    *,
    layer: str | None = None,
    settings: Mapping[str, Value] | None = None,
    black: Tensor | None = None,
    cascade: bool = False,
    shuffles: int = 3,
    seed: int = 0,
    progress: Progress | None = None,
) -> Randomisation:
    """The check for one method of the registry; all as in :func:`attribute` and below.

    The class is fixed first: what a shuffled network ranks highest is another one.
    """
    fixed = resolve(target, logits(private_copy(network), checked_picture(inputs))).target()

    def explain(explained: nn.Module, told: Progress | None) -> Map:
        return attribute(
            explained,
            inputs,
            fixed,
            slug,
            layer=layer,
            settings=settings,
            black=black,
            progress=told,
        ).values

    return randomisation(
        network, explain, cascade=cascade, shuffles=shuffles, seed=seed, progress=progress
    )


def randomisation(
    network: nn.Module,
    explain: Explain,
    *,
    cascade: bool = False,
    shuffles: int = 3,
    seed: int = 0,
    progress: Progress | None = None,
) -> Randomisation:
    """The map that `explain` gives of the network, against those of its shuffled copies.

    Stages are the last layer and all layers; with `cascade`, every number of layers between.
    `explain` gets a network and what to tell its own progress. The network is left alone. Raises
    `ValueError` for one without weights, and `CancelledError` where `progress` answers False.
    """
    names = weighted_layers(network)
    if not names or shuffles < 1:
        raise ValueError(f"{len(names)} layers with weights and {shuffles} shuffles: 1 at least")
    counts = range(1, len(names) + 1) if cascade else sorted({1, len(names)})
    told = _parts(1 + len(counts) * shuffles, progress)
    original = explain(private_copy(network), next(told))
    stages = []
    for count in counts:
        copies = (shuffled(network, names[-count:], seed + again) for again in range(shuffles))
        found = [explain(copy, next(told)) for copy in copies]
        stages.append(_stage(names[-count], count, original, found))
    report(progress, 1.0)
    return Randomisation(original, tuple(stages))


def _parts(number: int, progress: Progress | None) -> Iterator[Progress | None]:
    """A progress function for each of `number` equal parts, told of its beginning when asked."""
    for part in range(number):
        report(progress, part / number)
        yield within(progress, part / number, (part + 1) / number)


def _stage(layer: str, layers: int, original: Map, found: list[Map]) -> Stage:
    return Stage(
        layer=layer,
        layers=layers,
        rank_correlations=tuple(rank_correlation(original, each) for each in found),
        structural_similarities=tuple(structure_similarity(original, each) for each in found),
        values=found[0],
    )


def weighted_layers(network: nn.Module) -> tuple[str, ...]:
    """The names of the modules that hold weights themselves, from the input to the output."""
    named = network.named_modules()
    return tuple(name for name, module in named if any(True for _ in module.parameters(False)))


def shuffled(network: nn.Module, layers: tuple[str, ...], seed: int) -> nn.Module:
    """A copy in which each tensor of `layers` has its values in another order.

    Parameters and batch norm's statistics alike; all other tensors are shared with the network.
    """
    copy, generator = private_copy(network), torch.Generator().manual_seed(seed)
    modules = dict(copy.named_modules())
    # From the output up, so that a longer cascade begins with the shuffles of a shorter one.
    for name in reversed(layers):
        module = modules[name]
        for key, parameter in module._parameters.items():
            if parameter is not None:
                mixed = nn.Parameter(_mixed(parameter, generator), requires_grad=False)
                module._parameters[key] = mixed
        for key, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[key] = _mixed(buffer, generator)
    return copy


def _mixed(values: Tensor, generator: torch.Generator) -> Tensor:
    flat = values.detach().flatten()
    return flat[torch.randperm(len(flat), generator=generator)].reshape(values.shape)
