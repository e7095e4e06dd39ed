"""A story about what carries over to pictures that have changed in one way."""

from __future__ import annotations

from explainer.training.augmentation.pipeline import step
from explainer.training.data.splits import Split
from explainer.training.presets.preset import Preset, entrant
from explainer.training.recipe.recipe import Network, Training
from explainer.words import N_

MLP = Network(kind="mlp", depth=2, width=64)
CNN = Network(kind="cnn", blocks=3, channels=8)
GENTLE = Training(optimiser="momentum", learning_rate=0.01, steps=300)
TURNED_AND_MOVED = (step("rotation", degrees=15), step("shift", share=0.1))

OTHER_BACKGROUND = Preset(
    slug="other-background",
    title=N_("Same object, other background"),
    watch=N_(
        "**Watch** who does best on validation, where each shape has a background of its own as in "
        "training, and then on the shifted test part, where any shape has any background."
    ),
    seen=N_(
        "The CNN is far ahead on validation and far behind the MLP in front of other backgrounds; "
        "there, turning and moving the training pictures does not help the CNN, and costs the MLP "
        "dearly."
    ),
    why=N_(
        "A CNN finds a texture wherever it is, and one that gives the class away is easier than a "
        "shape (Geirhos et al. 2019), while the MLP, tied to places, can hardly learn a texture "
        "and uses the shape; turning and moving hide the shape's place and leave the texture as it "
        "is."
    ),
    data="shapes",
    data_settings=(("background", "class"), ("jitter", 0.2), ("rotation", 15)),
    recipes=(
        entrant("MLP", MLP, GENTLE),
        entrant("MLP, turned and moved", MLP, GENTLE, augmentation=TURNED_AND_MOVED),
        entrant("CNN", CNN, GENTLE),
        entrant("CNN, turned and moved", CNN, GENTLE, augmentation=TURNED_AND_MOVED),
    ),
    split=Split(train_size=600),
    shift="backgrounds",
    judged="shifted",
    question=N_("Which recipe will do best in front of other backgrounds?"),
)
