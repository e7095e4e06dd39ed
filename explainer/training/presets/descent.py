"""Stories about getting down the hill at all: depth, batch norm, optimisers and their rates."""

from __future__ import annotations

from explainer.training.data.splits import Split
from explainer.training.presets.preset import Preset, entrant
from explainer.training.recipe.recipe import Network, Training
from explainer.words import N_

TEN_DEEP = Training(optimiser="momentum", learning_rate=0.01, steps=500)
SMALL_RATE = Training(optimiser="sgd", learning_rate=0.01, steps=800)
LARGE_RATE = Training(optimiser="sgd", learning_rate=2.0, steps=800)
THREE_LAYERS = Network(kind="mlp", depth=3, width=64)
FOUR_LAYERS = Network(kind="mlp", depth=4, width=64)
FOUR_NORMED = Network(kind="mlp", depth=4, width=64, batch_norm=True)


def _ten_layers(
    activation: str, *, batch_norm: bool = False, initialisation: str = "he"
) -> Network:
    return Network(
        kind="mlp",
        depth=10,
        width=64,
        activation=activation,
        batch_norm=batch_norm,
        initialisation=initialisation,
    )


DEPTH = Preset(
    slug="ten-layers",
    title=N_("Sigmoid or ReLU, ten layers deep"),
    watch=N_(
        "**Watch** which of these networks of ten hidden layers rise above the 10 % of a guess, "
        "and which never do."
    ),
    seen=N_(
        "ReLU and tanh learn the digits; the sigmoid stays at a guess, but learns them as well as "
        "the others once it has batch norm, and ReLU stays at a guess too where its first weights "
        "are small."
    ),
    why=N_(
        "Each layer multiplies the gradient on its way back by its slopes and by its weights: the "
        "slope of a sigmoid is at most 1/4, and a small start makes the weights about 0.01. Where "
        "the product stays under 1, ten layers leave next to nothing (Glorot and Bengio 2010), "
        "unless the start fits the activation (He et al. 2015) or batch norm rescales every layer "
        "(Ioffe and Szegedy 2015)."
    ),
    data="digits",
    recipes=(
        entrant("Sigmoid", _ten_layers("sigmoid"), TEN_DEEP),
        entrant("ReLU", _ten_layers("relu"), TEN_DEEP),
        entrant("Tanh", _ten_layers("tanh"), TEN_DEEP),
        entrant("Sigmoid, batch norm", _ten_layers("sigmoid", batch_norm=True), TEN_DEEP),
        entrant("ReLU, small start", _ten_layers("relu", initialisation="small"), TEN_DEEP),
    ),
    split=Split(train_size=500),
)

BATCH_NORM = Preset(
    slug="batch-norm",
    title=N_("Batch norm and learning rate"),
    watch=N_(
        "**Watch** two pairs of networks, with and without batch norm: one at a small learning "
        "rate, one at a rate 200 times as large."
    ),
    seen=N_(
        "At 0.01 batch norm brings nothing, the loss even falls a little more slowly; at 2 the "
        "plain network blows up within twenty steps, while the one with batch norm learns the "
        "digits and ends ahead of all."
    ),
    why=N_(
        "Batch norm (Ioffe and Szegedy 2015) takes the length of a layer's weights out of what the "
        "layer says, so a step that is too long makes them longer, and the longer they are the "
        "less the next step turns them (van Laarhoven 2017): the layer slows itself down."
    ),
    data="digits",
    recipes=(
        entrant("Rate 0.01", FOUR_LAYERS, SMALL_RATE),
        entrant("Rate 0.01, batch norm", FOUR_NORMED, SMALL_RATE),
        entrant("Rate 2", FOUR_LAYERS, LARGE_RATE),
        entrant("Rate 2, batch norm", FOUR_NORMED, LARGE_RATE),
    ),
    split=Split(train_size=500),
    seeds=5,
)

OPTIMISERS = Preset(
    slug="optimisers",
    title=N_("SGD, momentum, Adam"),
    watch=N_(
        "**Watch** three optimisers at the learning rate 0.001, and two of them again at 0.1."
    ),
    seen=N_(
        "At 0.001 Adam ends ahead, momentum not far behind and SGD far back; at 0.1 SGD does as "
        "well as Adam did at its rate, and Adam does badly: what decides is less the optimiser "
        "than whether its rate suits it."
    ),
    why=N_(
        "Momentum of 0.9 adds steps up to about ten times their length, and Adam divides each by "
        "the recent size of the gradient, so that a weight moves by up to about the rate itself "
        "however flat the loss is (Kingma and Ba 2015); a comparison is fair where each has a rate "
        "of its own (Choi et al. 2019)."
    ),
    data="digits",
    recipes=tuple(
        entrant(name, THREE_LAYERS, Training(slug, rate, steps=800))
        for name, slug, rate in (
            ("SGD, 0.001", "sgd", 0.001),
            ("Momentum, 0.001", "momentum", 0.001),
            ("Adam, 0.001", "adam", 0.001),
            ("SGD, 0.1", "sgd", 0.1),
            ("Adam, 0.1", "adam", 0.1),
        )
    ),
    split=Split(train_size=500),
)
