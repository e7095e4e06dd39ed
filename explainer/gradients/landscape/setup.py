"""What a network of the landscape page is and how it was trained, as data."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.activations.registry import ACTIVATIONS, TRAINED
from explainer.gradients.landscape.networks import Network
from explainer.parameters import not_among
from explainer.words import later

CLASSES, PIXELS = 10, 64
KINDS = ("cnn", "mlp")
LAYERS = (4, 8, 14, 20)
WIDTHS = (4, 8, 12)
# Those with a slope of their own to learn would add directions to the plane.
LEARNING = tuple(entry.slug for entry in TRAINED if not entry.learns)
BATCHES = (8, 16, 32, 64, 128, 256, 512)
RATES = (0.003, 0.01, 0.02, 0.05, 0.1, 0.2)
STEPS = (50, 100, 200, 400, 800, 1600)
SCALES = (1, 2, 4, 8, 16)
LARGEST_SEED = 99
UNITS_PER_WIDTH = 4
HOMOGENEOUS = ("relu", "leaky-relu")  # f(αz) = α f(z) for α > 0
MOMENTUM = 0.9


@dataclass(frozen=True)
class Setup:
    """A network and its training, all that decides the weights it ends with.

    `layers` counts convolutions and dense layers; a CNN has `width` maps in its first third, then
    twice and four times as many, an MLP four times `width` units in every layer. It learns by SGD
    with momentum 0.9. `rescale` is α: after training, in every block, the first layer's output is
    multiplied by α and the weights that read it by 1/α. Raises `ValueError` for a value that is not
    offered.
    """

    kind: str = "cnn"
    layers: int = 4
    width: int = 8
    skips: bool = False
    batch_norm: bool = False
    activation: str = "relu"
    batch: int = 64
    learning_rate: float = 0.05
    steps: int = 200
    seed: int = 0
    rescale: int = 1

    def __post_init__(self) -> None:
        for name, allowed in OFFERED.items():
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(not_among(name, value, allowed))
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(
                later(
                    "{name} is {value}, but it goes from {least} to {most}",
                    name="seed", value=self.seed, least=0, most=LARGEST_SEED,
                )
            )  # fmt: skip
        if self.rescale != 1 and self.activation not in HOMOGENEOUS:
            raise ValueError(
                later(
                    "only with ReLU or leaky ReLU can two layers be rescaled, and the activation "
                    "is {activation}",
                    activation=later(ACTIVATIONS[self.activation].title),
                )
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, outputs of the stem and of each block, and classes."""
        blocks = self.layers // 2 - 1
        if self.kind == "mlp":
            return (PIXELS, *[UNITS_PER_WIDTH * self.width] * (blocks + 1), CLASSES)
        stages = (3 * block // blocks for block in range(blocks))
        return (1, self.width, *(self.width * 2**stage for stage in stages), CLASSES)

    def build(self) -> Network:
        """The network, with PyTorch's own initial weights."""
        return Network(
            self.sizes,
            ACTIVATIONS[self.activation].module,
            convolutional=self.kind == "cnn",
            skips=self.skips,
            batch_norm=self.batch_norm,
        )


OFFERED: dict[str, tuple[object, ...]] = {
    "kind": KINDS,
    "layers": LAYERS,
    "width": WIDTHS,
    "activation": LEARNING,
    "batch": BATCHES,
    "learning_rate": RATES,
    "steps": STEPS,
    "rescale": SCALES,
}
