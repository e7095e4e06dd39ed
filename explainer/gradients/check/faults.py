"""What goes wrong with gradients that are written by hand: one entry a fault.

Most are a wrong line of the backward pass. Two are none: there the gradient is right and the check
is deceived, by a loss that is random, or by a kink between the two points of a difference.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from explainer.gradients.check.backward import RIGHT, Rules
from explainer.registry import Registry
from explainer.words import N_


@dataclass(frozen=True)
class Fault:
    """A mistake by name: the line as it should be and as it was written, and the rules with it.

    `meaning` says what happens and where. `redraws`: the loss draws a dropout mask anew whenever it
    is asked. `kink`: the network has ReLU, and one unit stands at its kink for one picture.
    `deceives`: the gradient is right all the same. `of_penalty`: so it is where λ is 0.
    """

    slug: str
    title: str
    meaning: str
    right: str = ""
    wrong: str = ""
    rules: Rules = RIGHT
    redraws: bool = False
    kink: bool = False
    of_penalty: bool = False

    @property
    def deceives(self) -> bool:
        """Whether it is the check that is wrong, not the gradient."""
        return self.redraws or self.kink


FAULTS = Registry[Fault](
    N_("fault"),
    Fault("none", N_("Nothing"), N_("Every line is as the chain rule has it.")),
    Fault(
        "sign",
        N_("Wrong sign"),
        N_("The error of the output is subtracted the wrong way round, and everything before it "
        "inherits that."),
        "d2 = (p - y) / len(y)",
        "d2 = (y - p) / len(y)",
        Rules(logits=lambda p, y: (y - p) / len(y)),
    ),
    Fault(
        "mean",
        N_("Factor 1/N forgotten"),
        N_("The loss is a mean over the pictures, the gradient a sum: ten times too large."),
        "d2 = (p - y) / len(y)",
        "d2 = p - y",
        Rules(logits=lambda p, y: p - y),
    ),
    Fault(
        "twice",
        N_("Not set to zero"),
        N_("Gradients add up over calls. One call too many, and all is twice as large."),
        "gradient = backward(theta)",
        "gradient = backward(theta)\ngradient += backward(theta)",
        Rules(total=lambda gradient: 2 * gradient),
    ),
    Fault(
        "axis",
        N_("Wrong axis"),
        N_(
            "The hidden biases sum over the units of a picture, not over the pictures. Ten units, "
            "ten pictures: the shape fits."
        ),
        "d_b1 = d1.sum(axis=0)",
        "d_b1 = d1.sum(axis=1)",
        Rules(hidden_bias=lambda d1: d1.sum(axis=1)),
    ),
    Fault(
        "transposed",
        N_("Transposed"),
        N_(
            "The product for the output weights is taken the other way round. The matrix is "
            "square, so the shape fits, and its diagonal is even right."
        ),
        "d_W2 = h.T @ d2 + 2 * PENALTY * W2",
        "d_W2 = d2.T @ h + 2 * PENALTY * W2",
        Rules(output_weights=lambda h, d2, pull: d2.T @ h + pull),
    ),
    Fault(
        "slope",
        N_("Slope at the wrong place"),
        N_(
            "The slope is written for the activation's output and given its input. Where z is "
            "small, tanh z is nearly z, and the gradient is nearly right; for ReLU it is right."
        ),
        "d1 = d_h * slope(h)",
        "d1 = d_h * slope(z1)",
        Rules(slope_at=lambda found: found.z1),
    ),
    Fault(
        "penalty",
        N_("Penalty forgotten"),
        N_(
            "The loss has the penalty λ Σ W², the gradient of the first layer's weights lacks 2 λ "
            "W."
        ),
        "d_W1 = x.T @ d1 + 2 * PENALTY * W1",
        "d_W1 = x.T @ d1",
        Rules(hidden_weights=lambda x, d1, pull: x.T @ d1),
        of_penalty=True,
    ),
    Fault(
        "dropout",
        N_("Dropout left on"),
        N_("The gradient is right for the units that were left out when it was computed. But each "
        "evaluation of the loss leaves out others, and their difference is divided by ε."),
        "mask = np.ones((len(x), 10))",
        "mask = draw_mask()",
        redraws=True,
    ),
    Fault(
        "kink",
        N_("A kink, no fault"),
        N_("With ReLU, one unit stands 2 · 10⁻⁶ above its kink for one picture. A larger ε reaches "
        "over the kink and takes a mean of two slopes. The gradient is right."),
        kink=True,
    ),
)  # fmt: skip
NONE = FAULTS["none"]
HIDEABLE = tuple(one for one in FAULTS if one.wrong and not one.deceives)
"""Faults to be found from the picture: wrong lines, whichever the activation."""


def hidden(number: int) -> Fault:
    """The fault of riddle `number`, from 0 up: of as many riddles in a row each comes once."""
    turn, place = divmod(number, len(HIDEABLE))
    return random.Random(turn).sample(HIDEABLE, len(HIDEABLE))[place]
