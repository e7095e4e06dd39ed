"""What a node of a computation graph can do: its value, its slopes, and how both are written.

Slopes where there is none follow PyTorch: 0 for ReLU, |a| and sign at 0, and a half each for max
and min of equal numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from explainer.words import N_

Number = Callable[..., float]


@dataclass(frozen=True)
class Operation:
    """An operation on one number or several.

    `value(*inputs)` is a float; `slopes[i](out, *inputs)` the derivative with respect to input i.
    `sign` stands in the node, `text` and `slope_texts` in the sentences, `code` in the script; in
    them `{0}`, `{1}` are the inputs and `{out}` is the result. `says` is what the way back does.
    """

    sign: str
    value: Number
    slopes: tuple[Number, ...]
    text: str
    slope_texts: tuple[str, ...]
    code: str
    says: str
    tight: bool = False  # whether a negative number in it needs parentheses


def _function(
    name: str, value: Number, slope: Number, slope_text: str, says: str, code: str = ""
) -> tuple[str, Operation]:
    text = code or f"torch.{name}({{0}})"
    return name, Operation(name, value, (slope,), f"{name}({{0}})", (slope_text,), text, says)


def _sigmoid(a: float) -> float:
    return (1 + math.tanh(a / 2)) / 2


def _normal(a: float) -> float:
    return math.exp(-a * a / 2) / math.sqrt(2 * math.pi)


def _sign(a: float) -> float:
    return float((a > 0) - (a < 0))


def _power_of_exponent(out: float, a: float, b: float) -> float:
    return 0.0 if a == 0 and b >= 0 else out * math.log(a)


ADD = Operation(
    "+",
    lambda a, b: a + b,
    (lambda o, a, b: 1.0, lambda o, a, b: 1.0),
    "{0} + {1}",
    ("1", "1"),
    "{0} + {1}",
    N_("A sum hands the gradient on as it is, to each of its parts."),
)
SUBTRACT = Operation(
    "−",
    lambda a, b: a - b,
    (lambda o, a, b: 1.0, lambda o, a, b: -1.0),
    "{0} − {1}",
    ("1", "−1"),
    "{0} - {1}",
    N_("A difference hands the gradient on, with the sign turned for what is subtracted."),
)
MULTIPLY = Operation(
    "×",
    lambda a, b: a * b,
    (lambda o, a, b: b, lambda o, a, b: a),
    "{0} · {1}",
    ("{1}", "{0}"),
    "{0} * {1}",
    N_("A product hands the gradient on times the other factor."),
)
DIVIDE = Operation(
    "÷",
    lambda a, b: a / b,
    (lambda o, a, b: 1 / b, lambda o, a, b: -o / b),
    "{0} / {1}",
    ("1 / {1}", "−{out} / {1}"),
    "{0} / {1}",
    N_("A quotient divides the gradient by what is below; more below means less in all."),
)
POWER = Operation(
    "^",
    lambda a, b: math.pow(a, b),
    (lambda o, a, b: b * math.pow(a, b - 1) if b else 0.0, _power_of_exponent),
    "{0} ^ {1}",
    ("{1} · {0} ^ ({1} − 1)", "{out} · ln {0}"),
    "{0} ** {1}",
    N_("A power comes down as a factor, and is one less."),
    tight=True,
)
SQUARE = Operation(
    "( )²",
    lambda a: a * a,
    (lambda o, a: 2 * a,),
    "{0}²",
    ("2 · {0}",),
    "{0} ** 2",
    N_("A square hands the gradient on times twice what was squared."),
    tight=True,
)
NEGATE = Operation(
    "−( )",
    lambda a: -a,
    (lambda o, a: -1.0,),
    "−{0}",
    ("−1",),
    "-{0}",
    N_("A minus sign turns the gradient round."),
    tight=True,
)
BINARY = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY, "/": DIVIDE, "^": POWER}

FUNCTIONS: dict[str, Operation] = dict(
    (
        _function("exp", math.exp, lambda o, a: o, "{out}", N_("exp is its own derivative.")),
        _function(
            "log",
            math.log,
            lambda o, a: 1 / a,
            "1 / {0}",
            N_("The slope of the logarithm is one over where it is taken."),
        ),
        _function(
            "sqrt",
            math.sqrt,
            lambda o, a: 1 / (2 * o),
            "1 / (2 {out})",
            N_("The slope of a root is half its inverse."),
        ),
        _function(
            "abs",
            abs,
            lambda o, a: _sign(a),
            N_("the sign of {0}"),
            N_("The absolute value hands on the gradient, or its negative."),
        ),
        _function(
            "sign",
            _sign,
            lambda o, a: 0.0,
            "0",
            N_("A step is flat on both sides: no gradient gets through."),
        ),
        _function(
            "sin",
            math.sin,
            lambda o, a: math.cos(a),
            "cos({0})",
            N_("The slope of the sine is the cosine."),
        ),
        _function(
            "cos",
            math.cos,
            lambda o, a: -math.sin(a),
            "−sin({0})",
            N_("The slope of the cosine is minus the sine."),
        ),
        _function(
            "atan",
            math.atan,
            lambda o, a: 1 / (1 + a * a),
            "1 / (1 + {0}²)",
            N_("Far from 0 the arctangent is flat."),
        ),
        _function(
            "tanh",
            math.tanh,
            lambda o, a: 1 - o * o,
            "1 − {out}²",
            N_("tanh lets all through at 0 and nearly nothing where it saturates."),
        ),
        _function(
            "sigmoid",
            _sigmoid,
            lambda o, a: o * (1 - o),
            "{out} · (1 − {out})",
            N_(
                "The sigmoid lets a quarter through at most, and nearly nothing where it saturates."
            ),
        ),
        _function(
            "softplus",
            lambda a: max(a, 0.0) + math.log1p(math.exp(-abs(a))),
            lambda o, a: _sigmoid(a),
            "sigmoid({0})",
            N_("The slope of softplus is the sigmoid."),
            "torch.nn.functional.softplus({0}, threshold=1000)",
        ),
        _function(
            "relu",
            lambda a: max(a, 0.0),
            lambda o, a: float(a > 0),
            N_("1 if {0} > 0, else 0"),
            N_("ReLU is a gate: all of the gradient, or nothing."),
        ),
        _function(
            "erf",
            math.erf,
            lambda o, a: 2 / math.sqrt(math.pi) * math.exp(-a * a),
            "2/√π · exp(−{0}²)",
            N_("Far from 0 the error function is flat."),
        ),
        _function(
            "phi",
            lambda a: (1 + math.erf(a / math.sqrt(2))) / 2,
            lambda o, a: _normal(a),
            N_("the normal density at {0}"),
            N_("The slope of Φ is the bell curve."),
            "torch.special.ndtr({0})",
        ),
    )
)


def _chosen(own: float, other: float, *, larger: bool) -> float:
    return 0.5 if own == other else float((own > other) == larger)


MAXIMUM = Operation(
    "max",
    max,
    (lambda o, a, b: _chosen(a, b, larger=True), lambda o, a, b: _chosen(b, a, larger=True)),
    "max({0}, {1})",
    (N_("1 if {0} > {1}, ½ if equal, else 0"), N_("1 if {1} > {0}, ½ if equal, else 0")),
    "torch.maximum({0}, {1})",
    N_("max is a switch: the larger one gets all of the gradient."),
)
MINIMUM = Operation(
    "min",
    min,
    (lambda o, a, b: _chosen(a, b, larger=False), lambda o, a, b: _chosen(b, a, larger=False)),
    "min({0}, {1})",
    (N_("1 if {0} < {1}, ½ if equal, else 0"), N_("1 if {1} < {0}, ½ if equal, else 0")),
    "torch.minimum({0}, {1})",
    N_("min is a switch: the smaller one gets all of the gradient."),
)
FUNCTIONS |= {"max": MAXIMUM, "min": MINIMUM}
