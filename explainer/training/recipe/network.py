"""The section of a recipe that says what the network is; every field with its bounds."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.activations.registry import TRAINED
from explainer.training.recipe.features import COORDINATES, FEATURES
from explainer.training.recipe.fields import (
    check_all,
    choice,
    number,
    several,
    switch,
    whole,
    wholes,
)
from explainer.training.recipe.idle import (
    without_common_width,
    without_dense_layers,
    without_hidden_layers,
    without_sigma,
    without_two_layers,
)
from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.poolings import POOLINGS
from explainer.words import N_, later


@dataclass(frozen=True)
class Network:
    """The network: a multilayer perceptron or a small convolutional network.

    An MLP is `depth` hidden dense layers of `width` units, the first of them of `widths` where
    there are any; with `residual`, each of them after the first adds its input to what it gives,
    $h_l = h_{l-1} + f(W_l h_{l-1} + b_l)$: nothing stands on the way past a layer (He et al. 2016,
    Identity Mappings). A CNN is `blocks` of convolution, activation and pooling, with `channels`
    maps in the first and twice as many in each that follows, then `dense_layers` hidden dense
    layers of `width`. With `mean_of_maps` they see the mean of each map alone (Lin et al. 2014).
    An MLP is given the `features` of points in the plane; of other data the values themselves.
    """

    kind: str = choice(
        "net", N_("Network"), "cnn", KINDS, N_("Dense layers alone, or convolutions first.")
    )
    depth: int = whole(
        "depth", N_("Hidden layers"), 2, 0, 100, N_("None: a linear model."), only="mlp"
    )
    width: int = whole(
        "width",
        N_("Units in a layer"),
        64,
        1,
        1024,
        N_("Of every hidden dense layer."),
        logarithmic=True,
        idle=without_common_width,
    )
    blocks: int = whole("blocks", N_("Blocks"), 2, 1, 4, N_("Each halves the picture."), only="cnn")
    channels: int = whole(
        "ch",
        N_("Filters in the first block"),
        8,
        1,
        64,
        N_("Each next block has twice as many."),
        only="cnn",
    )
    kernel_size: int = whole(
        "ks", N_("Kernel size"), 3, 1, 7, N_("Odd, in pixels."), step=2, only="cnn"
    )
    dense_layers: int = whole(
        "head", N_("Dense layers after the blocks"), 0, 0, 3, N_("Hidden ones."), only="cnn"
    )
    pooling: str = choice(
        "pool", N_("Pooling"), "max", POOLINGS, N_("What is left of a 2 × 2 window."), "cnn"
    )
    mean_of_maps: bool = switch(
        "gap",
        N_("Global average pooling"),
        False,
        N_("The mean of each map goes to the dense layers: where no longer counts."),
        "cnn",
    )
    activation: str = choice(
        "act", N_("Activation"), "relu", TRAINED, N_("After every hidden layer.")
    )
    batch_norm: bool = switch(
        "bn", N_("Batch norm"), False, N_("Before every activation."), idle=without_hidden_layers
    )
    initialisation: str = choice(
        "init", N_("Initialisation"), "he", SCHEMES, N_("The scale of the start.")
    )
    layer_norm: bool = switch(
        "ln", N_("Layer norm"), False, N_("Before every activation."), idle=without_hidden_layers
    )
    residual: bool = switch(
        "skip",
        N_("Skip connections"),
        False,
        N_("A hidden layer adds its input to its output."),
        "mlp",
        without_two_layers,
    )
    bias: bool = switch("bias", N_("Biases"), True, N_("None stands before batch norm, ever."))
    init_sigma: float = number(
        "sigma",
        N_("σ of “Normal, σ”"),
        0.1,
        0.0,
        10.0,
        0.01,
        N_("Used by that initialisation alone."),
        idle=without_sigma,
    )
    features: tuple[str, ...] = several(
        "feat",
        N_("Features"),
        COORDINATES,
        FEATURES,
        N_("What the network is given of a point; x and y have mean 0 and standard deviation 1."),
        only="mlp",
        plane=True,
    )
    widths: tuple[int, ...] = wholes(
        "units",
        N_("Units layer by layer"),
        100,
        1,
        1024,
        N_("Of the first hidden layers, such as 8, 4; those after them are of the usual width."),
        only="mlp",
        idle=without_dense_layers,
    )

    def width_of(self, layer: int) -> int:
        """How many units the hidden dense layer of that number has, from 1."""
        own = () if KINDS[self.kind].convolutions else self.widths
        return own[layer - 1] if layer <= len(own) else self.width

    @property
    def hidden_dense_layers(self) -> int:
        """How many dense layers stand before the last one."""
        return self.dense_layers if KINDS[self.kind].convolutions else self.depth

    def __post_init__(self) -> None:
        check_all(self)
        if self.batch_norm and self.layer_norm:
            raise ValueError(
                later("batch norm and layer norm are both on, but there is one norm at most")
            )
        layers = range(1, self.hidden_dense_layers + 1)
        if self.residual and len({self.width_of(layer) for layer in layers}) > 1:
            raise ValueError(
                later("skip connections add what two layers give, but these have other widths")
            )
