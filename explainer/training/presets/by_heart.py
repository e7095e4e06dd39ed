"""Stories about learning by heart, and what holds a network back from it."""

from __future__ import annotations

from explainer.training.augmentation.pipeline import step
from explainer.training.data.splits import Split
from explainer.training.presets.preset import Preset, entrant
from explainer.training.recipe.recipe import Network, Regularisation, Training
from explainer.words import N_

MLP = Network(kind="mlp", depth=2, width=128)
MILD = Training(optimiser="sgd", learning_rate=0.1, steps=3000)
STEADY = Training(optimiser="momentum", learning_rate=0.02, steps=1500)
BRIEF = Training(optimiser="momentum", learning_rate=0.02, steps=600)
SLOW = Training(optimiser="sgd", learning_rate=0.02, steps=3000)

SMALL_CNN = Network(kind="cnn", blocks=2, channels=8)
QUICK = Training(optimiser="momentum", learning_rate=0.02, steps=200)
QUICKER = Training(optimiser="momentum", learning_rate=0.02, steps=160)
SHORT = Training(optimiser="momentum", learning_rate=0.02, steps=300)

REMEDIES = Preset(
    slug="four-remedies",
    title=N_("Four remedies against learning by heart"),
    watch=N_(
        "**Watch** the dashed lines first: with every recipe the network soon knows its 200 digits "
        "by heart. Then watch how far from them the solid lines stay, and where the loss rises."
    ),
    seen=N_(
        "Each of the four ends with a lower validation loss than plain training, augmentation with "
        "less than two thirds of it; but only augmentation and dropout get more of the unseen "
        "digits right. L1 and L2 make the network less sure where it errs, not right more often; "
        "and L1 alone, by the proximal step, sets weights to exactly zero, some three in ten."
    ),
    why=N_(
        "Augmentation adds what a digit may do and stay the same, which no penalty can know. "
        "Dropout keeps units from relying on one another (Srivastava et al. 2014). A penalty keeps "
        "weights small, and with them the logits: a wrong answer costs less, and is as wrong."
    ),
    data="mnist-sample",
    recipes=(
        entrant("Plain", SMALL_CNN, QUICKER),
        entrant("L1, proximal", SMALL_CNN, QUICKER, Regularisation(l1_proximal=1e-2)),
        entrant("L2", SMALL_CNN, QUICKER, Regularisation(l2=2e-2)),
        entrant("Dropout 0.5", SMALL_CNN, QUICKER, Regularisation(dropout=0.5)),
        entrant(
            "Augmentation",
            SMALL_CNN,
            QUICKER,
            augmentation=(step("rotation", degrees=15), step("shift", share=0.1)),
        ),
    ),
    split=Split(train_size=200),
    seeds=5,
    judged="loss",
    question=N_("Which recipe will have the lowest validation loss?"),
)

L1_OR_L2 = Preset(
    slug="l1-or-l2",
    title=N_("L1 or L2"),
    watch=N_(
        "**Watch** the share of weights that are exactly zero, and the length of all weights."
    ),
    seen=N_(
        "L1 with the proximal step sets about seven in ten weights to exactly zero, L1 by "
        "subgradient and L2 make them small but set none to zero, and all three shorten the "
        "weights; none of them gets more validation digits right than the plain network does."
    ),
    why=N_(
        "L1 pulls every weight with the same force however small it is, so it arrives at zero "
        "(Tibshirani 1996), while the pull of L2 fades as the weight does; the subgradient steps "
        "across zero and back, and only the proximal step stops there (Parikh and Boyd 2014)."
    ),
    data="digits",
    recipes=(
        entrant("Plain", MLP, MILD),
        entrant("L1, subgradient", MLP, MILD, Regularisation(l1_subgradient=1e-3)),
        entrant("L1, proximal", MLP, MILD, Regularisation(l1_proximal=1e-3)),
        entrant("L2", MLP, MILD, Regularisation(l2=1e-2)),
    ),
    split=Split(train_size=500),
    judged="zeros",
    question=N_("Which recipe will set most weights to exactly zero?"),
)

DROPOUT = Preset(
    slug="dropout-or-nothing",
    title=N_("Dropout: none, half, too much"),
    watch=N_(
        "**Watch** the training curves: the network is measured whole, and knows its 200 digits by "
        "heart although at every step half of its units were missing; nine in ten are too many."
    ),
    seen=N_(
        "Without nine in ten of its units at every step the network hardly gets to learn. Without "
        "half of them it learns its digits by heart as before, and gets one or two more of a "
        "hundred unseen ones right; its validation loss is lower by a quarter or more."
    ),
    why=N_(
        "A unit that may be missing at any step cannot be relied on, so the network spreads what "
        "it knows over many units, and that carries over to digits it has not seen (Srivastava et "
        "al. 2014). What is left of ten units when nine are missing is too little to learn with."
    ),
    data="mnist-sample",
    recipes=(
        entrant("No dropout", SMALL_CNN, QUICK),
        entrant("Dropout 0.5", SMALL_CNN, QUICK, Regularisation(dropout=0.5)),
        entrant("Dropout 0.9", SMALL_CNN, QUICK, Regularisation(dropout=0.9)),
    ),
    split=Split(train_size=200),
    seeds=10,
    judged="loss",
    question=N_("Which recipe will have the lowest validation loss?"),
)

SHIFTED, TURNED = step("shift", share=0.1), step("rotation", degrees=15)

AUGMENTATION = Preset(
    slug="20-images",
    title=N_("20 images and augmentation"),
    watch=N_(
        "**Watch** what each network makes of the validation part: two examples of each digit are "
        "all there is, and every network will know those by heart."
    ),
    seen=N_(
        "Moving the pictures gets about ten more of a hundred validation digits right, turning "
        "them fewer, and both together about fifteen; mirroring them brings nothing."
    ),
    why=N_(
        "An augmentation teaches what may change while the class stays, and that has to be true: "
        "a 3 that has moved is still a 3 (Simard et al. 2003), but a mirrored 3 is no digit at "
        "all, so the network learns pictures that it will never meet."
    ),
    data="mnist-sample",
    recipes=(
        entrant("Plain", SMALL_CNN, SHORT),
        entrant("Moved", SMALL_CNN, SHORT, augmentation=(SHIFTED,)),
        entrant("Turned", SMALL_CNN, SHORT, augmentation=(TURNED,)),
        entrant("Turned and moved", SMALL_CNN, SHORT, augmentation=(TURNED, SHIFTED)),
        entrant("Mirrored", SMALL_CNN, SHORT, augmentation=(step("flip", p=0.5),)),
    ),
    split=Split(train_size=20),
    seeds=5,
)

TOO_BIG = Preset(
    slug="too-big",
    title=N_("Too big a network"),
    watch=N_(
        "**Watch** which networks learn the 200 training labels by heart, although one in five is "
        "wrong, and what that costs each of them on validation."
    ),
    seen=N_(
        "With 4 units in a layer the network hardly learns the digits; from 16 on it learns almost "
        "every label by heart, the wrong ones too, and yet the wider networks end ahead: those of "
        "16 and 64 units lose far more after their best moment than those of 256 and 512."
    ),
    why=N_(
        "A network that is only just large enough has to bend all of itself to reach a wrong "
        "label, while among the many ways in which a wide one can fit, gradient descent tends to "
        "find a smooth one (Neyshabur et al. 2015, Belkin et al. 2019)."
    ),
    data="digits",
    recipes=tuple(
        entrant(f"{width} units", Network(kind="mlp", depth=2, width=width), BRIEF)
        for width in (4, 16, 64, 256, 512)
    ),
    split=Split(train_size=200, label_noise=0.2),
    seeds=5,
)

STRENGTH = Preset(
    slug="strength",
    title=N_("λ too small, right, too large"),
    watch=N_(
        "**Watch**, for each λ of L2, the accuracy on the 200 training labels, of which three in "
        "ten are wrong, and the accuracy on validation."
    ),
    seen=N_(
        "λ = 0.001 changes next to nothing; λ = 0.05 gets about ten more of a hundred "
        "validation digits right, and agrees with only three quarters of its own training labels; "
        "λ = 1 shrinks all weights to zero, and the network gives every digit the same class."
    ),
    why=N_(
        "The penalty makes it dear to bend around single wrong labels (Krogh and Hertz 1992): too "
        "weak, it is outbid by them, and too strong, having no weights is cheaper than being right."
    ),
    data="digits",
    recipes=(
        entrant("No penalty", MLP, STEADY),
        *(
            entrant(f"λ = {strength:g}", MLP, STEADY, Regularisation(l2=strength))
            for strength in (0.001, 0.01, 0.05, 1.0)
        ),
    ),
    split=Split(train_size=200, label_noise=0.3),
    seeds=5,
)

MOMENT_TO_STOP = Preset(
    slug="moment-to-stop",
    title=N_("The best moment to stop"),
    watch=N_(
        "**Watch** where the validation accuracy is highest, where the validation loss is lowest, "
        "and where each network stops, when three in ten of its 200 training labels are wrong."
    ),
    seen=N_(
        "Accuracy peaks early, the loss is lowest a little later, and from there both get worse: "
        "of the three without L2 the first to stop ends ahead, though their test scores are all "
        "but the same, and L2, trained to the end, ends ahead of them all."
    ),
    why=N_(
        "A network learns first what many examples share and the single wrong labels last (Arpit "
        "et al. 2017), so stopping keeps the one without the other; the test is taken with the "
        "weights of the lowest validation loss, which come before any of them stops, and L2 makes "
        "the wrong labels too dear to learn at all."
    ),
    data="digits",
    recipes=(
        entrant("To the end", MLP, SLOW),
        entrant("Patience 100", MLP, SLOW, Regularisation(patience=100)),
        entrant("Patience 500", MLP, SLOW, Regularisation(patience=500)),
        entrant("L2, to the end", MLP, SLOW, Regularisation(l2=0.05)),
    ),
    split=Split(train_size=200, label_noise=0.3),
)
