"""What is seen in the story of one pass, told from the numbers of its settings in their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explainer.gradients.depth.settings import title
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.powers import power_of_ten
from explainer.words import _

Passes = Sequence[UntrainedPass]
LAST = 10  # layers, for what is seen at the end of the way up


def three(found: Passes) -> str:
    """What each of three activations makes of the gradient on its way to the first layer."""
    ways = "; ".join(
        _(
            "with *{setting}* each layer makes it {factor} times as long, and {share} of it "
            "arrives",
            setting=title(one.network),
            factor=power_of_ten(one.typical_factor),
            share=_share(one),
        )
        for one in found
    )
    return _(
        "From the last of {layers} layers back to the first, the gradient's length changes: "
        "{ways}.",
        layers=found[0].layers,
        ways=ways,
    )


def ten_sigmoids(found: Passes) -> str:
    """What is lost with either start: of the gradient on the way down, of the pictures up."""
    parts = "; ".join(
        _(
            "with *{setting}*, {share} of the last layer's gradient reaches the first, and two "
            "pictures differ at the last layer by a 1 − cosine similarity of {difference}",
            setting=title(one.network),
            share=_share(one),
            difference=power_of_ten(float(one.difference[-1])),
        )
        for one in found
    )
    why = _(
        "Every sigmoid layer hands on values about 0.5, which outweigh all differences, so the "
        "upper layers hardly know one picture from another."
    )
    return _("Whichever of the usual starts it has: {parts}. {why}", parts=parts, why=why)


def relu_he(found: Passes) -> str:
    """How level the gradient stays, and how many units are dead at the end."""
    relu, leaky = found
    far = np.abs(np.log(relu.gradient / relu.gradient[-1])).max()
    measured = _(
        "Over {layers} layers the gradient of ReLU stays within a factor of {factor} of where it "
        "began. In the last {last} layers {dead} of the ReLU units are dead, and {leaky} of the "
        "leaky ones.",
        layers=relu.layers,
        factor=power_of_ten(float(np.exp(far))),
        last=min(LAST, relu.layers),
        dead=f"{relu.dead[-LAST:].mean():.0%}",
        leaky=f"{leaky.dead[-LAST:].mean():.0%}",
    )
    why = _(
        "He's weights have the variance 2/n because ReLU lets half of a normal through: 2 times a "
        "half is 1; narrow layers scatter about it. But pictures come to look alike on the way "
        "up, so that a unit is off for all of them or for none. The leaky ReLU has a slope "
        "everywhere."
    )
    return f"{measured} {why}"


def xavier_or_he(found: Passes) -> str:
    """The factor of a layer and the size of the sums, for two starts and two activations."""
    parts = "; ".join(
        _(
            "*{setting}*: the gradient × {factor} a layer, the pre-activations × {sums} from the "
            "first layer to the last",
            setting=title(one.network),
            factor=power_of_ten(one.typical_factor, 3),
            sums=power_of_ten(float(one.sums[-1] / one.sums[0])),
        )
        for one in found
    )
    why = _(
        "Xavier's weights have the variance 1/n, which suits a slope of 1, such as tanh has about "
        "0; ReLU halves the square at every layer, and He's 2/n makes up for it (the page "
        "multiplies those of tanh by 5/3, the usual gain)."
    )
    return f"{parts}. {why}"


def batch_norm(found: Passes) -> str:
    """What batch norm makes of the sigmoid, and of ReLU."""
    without, sigmoid, relu = found
    measured = _(
        "Without batch norm {without} of the sigmoid's gradient arrives. With it, a layer makes "
        "the gradient {sigmoid} times as long for the sigmoid, and {relu} times for ReLU (theory "
        "gives 1.21 for wide layers, Yang et al. 2019).",
        without=_share(without),
        sigmoid=power_of_ten(sigmoid.typical_factor, 3),
        relu=power_of_ten(relu.typical_factor, 3),
    )
    why = _(
        "Batch norm spreads the sigmoid's pre-activations over its steep part at every layer. It "
        "keeps the values in place, not the gradient."
    )
    return f"{measured} {why}"


def skips(found: Passes) -> str:
    """What arrives with skips and without, and what the sums grow to."""
    without, sigmoid, relu, normed = found
    measured = _(
        "At the first of {layers} sigmoid layers there is {sigmoid} times the gradient of the "
        "last with skips, and {without} without. But every layer also adds to what it was given: "
        "with ReLU and He's weights the pre-activations grow to {sums} and the gradient to {relu} "
        "times its length. With layer norm it arrives {normed} times as long as it set out.",
        layers=without.layers,
        sigmoid=_share(sigmoid),
        without=_share(without),
        sums=power_of_ten(float(relu.sums[-1])),
        relu=_share(relu),
        normed=_share(normed),
    )
    why = _(
        "Without the norm the dots leave the dashed line: a ReLU is on where its weights point "
        "along what it is given, so that slopes and weights, which theory takes for independent, "
        "go together."
    )
    return f"{measured} {why}"


def exploding(found: Passes) -> str:
    """How the gradient grows with large weights, whatever the slopes."""
    relu, tanh, sigmoid = found
    return _(
        "Large weights make up for any slope. The ReLU network's gradient gets {relu} times as "
        "long at every layer. Of tanh {saturated} of the values are saturated, which is said to "
        "make gradients vanish, and yet the others let it grow to {tanh} times its length. Even "
        "the sigmoid's, with a slope of at most 0.25, gets {sigmoid} times as long at every layer: "
        "what counts is the slope times the weights.",
        relu=power_of_ten(relu.typical_factor),
        saturated=f"{tanh.saturated.mean():.0%}",
        tanh=_share(tanh),
        sigmoid=power_of_ten(sigmoid.typical_factor),
    )


def _share(one: UntrainedPass) -> str:
    """The gradient at the first layer over that at the last."""
    last = float(one.gradient[-1])
    return power_of_ten(float(one.gradient[0]) / last if last else float("nan"))
