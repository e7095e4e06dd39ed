"""Races that tell a story, ready to run: data, split, recipes, and three sentences each.

One more story is one more entry; a test runs every one, shortened, and holds it to its sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from explainer.training.data.splits import Split
from explainer.training.recipe import Network, Recipe, Regularisation, Training


@dataclass(frozen=True)
class Preset:
    """A story: what to `watch`, what `usually` happens, and `why`; one sentence each.

    `data` is the slug of a registered data set, taken with its defaults and divided by `split`.
    """

    slug: str
    title: str
    watch: str
    usually: str
    why: str
    data: str
    recipes: tuple[Recipe, ...]
    split: Split = field(default_factory=Split)
    seeds: int = 3


def _recipe(
    name: str, network: Network, training: Training, held: Regularisation | None = None
) -> Recipe:
    return Recipe(network, held or Regularisation(), training, name=name)


MLP = Network(kind="mlp", depth=2, width=128)
LARGE_MLP = Network(kind="mlp", depth=2, width=256)
MILD = Training(optimiser="sgd", learning_rate=0.1, steps=3000)
FEW = Training(optimiser="momentum", learning_rate=0.02, steps=1000)

PRESETS: tuple[Preset, ...] = (
    Preset(
        slug="l1-or-l2",
        title="L1 or L2",
        watch="Watch the share of weights that are exactly zero, and the length of all weights.",
        usually="L1 with the proximal step sets most weights to exactly zero, L1 by subgradient "
        "and L2 make them small but set none to zero, and all of them shorten the weights.",
        why="L1 pulls every weight with the same force however small it is, so it arrives at zero, "
        "while the pull of L2 fades as the weight does; the subgradient steps across zero and "
        "back, and only the proximal step stops there.",
        data="digits",
        recipes=(
            _recipe("Nothing", MLP, MILD),
            _recipe("L1, subgradient", MLP, MILD, Regularisation(l1_subgradient=1e-3)),
            _recipe("L1, proximal", MLP, MILD, Regularisation(l1_proximal=1e-3)),
            _recipe("L2", MLP, MILD, Regularisation(l2=1e-2)),
        ),
        split=Split(train_size=500),
    ),
    Preset(
        slug="dropout-or-nothing",
        title="Dropout or nothing",
        watch="Watch the two accuracies: on the 100 digits trained on, and on the validation part.",
        usually="Both networks soon know their 100 digits by heart, and the one with dropout gets "
        "a point or two more of the validation digits right; its validation loss at its best is "
        "lower too, and rises again when training goes on for long.",
        why="A unit that may be missing at any step cannot be relied on, so the network spreads "
        "what it knows over many units, which is what carries over to digits it has not seen.",
        data="digits",
        recipes=(
            _recipe("Nothing", LARGE_MLP, FEW),
            _recipe("Dropout 0.5", LARGE_MLP, FEW, Regularisation(dropout=0.5)),
        ),
        split=Split(train_size=100),
    ),
)
_BY_SLUG = {entry.slug: entry for entry in PRESETS}


def preset(slug: str) -> Preset:
    """The preset of that slug. Raises `ValueError` that names the slugs there are."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"no preset {slug!r}; there are {', '.join(_BY_SLUG)}") from None
