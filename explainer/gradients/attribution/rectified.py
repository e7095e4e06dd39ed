"""Guided backpropagation and the deconvolutional network: other rules for going back through ReLU.

Everything but ReLU goes back as the gradient does. For a ReLU of z, with the signal r coming back:

    gradient                 r · (z > 0)
    deconvolutional network  r · (r > 0)
    guided backpropagation   r · (z > 0) · (r > 0)

The ReLUs are caught where PyTorch calls them, modules and functions alike, in this thread alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from explainer.gradients.attribution.method import Method, MethodResult, Question
from explainer.gradients.attribution.passes import gradients
from explainer.words import N_, _, ngettext

RELUS = frozenset({F.relu, F.relu_, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_})
# The other activations that networks here have; their gates, such as a hard sigmoid, are none.
OTHERS = {
    F.celu: "CELU", F.elu: "ELU", F.gelu: "GELU", F.hardswish: "Hardswish", F.hardtanh: "hard tanh",
    F.leaky_relu: "leaky ReLU", F.mish: "Mish", F.prelu: "PReLU", F.relu6: "ReLU6",
    F.rrelu: "RReLU", F.selu: "SELU", F.silu: "SiLU", F.softplus: "softplus",
    F.softsign: "softsign", torch.prelu: "PReLU", torch.sigmoid: "sigmoid", torch.tanh: "tanh",
}  # fmt: skip
NO_RELU = N_(
    "This network has no ReLU for the method to treat differently: the map is the gradient."
)


class _GuidedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, before: Tensor) -> Tensor:
        ctx.save_for_backward(before)
        return before.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *returned: Tensor) -> Tensor:
        before: Tensor = ctx.saved_tensors[0]
        return returned[0].clamp(min=0) * (before > 0)


class _DeconvolvedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, before: Tensor) -> Tensor:
        return before.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *returned: Tensor) -> Tensor:
        return returned[0].clamp(min=0)


class _OtherReLU(TorchFunctionMode):
    """Within it, each ReLU of this thread is `rule`; `met` counts them, `others` what is none."""

    def __init__(self, rule: type[torch.autograd.Function]) -> None:
        super().__init__()
        self.rule, self.met, self.others = rule, 0, Counter[str]()

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func not in RELUS:
            self.others.update([OTHERS[func]] if func in OTHERS else [])
            return func(*args, **(kwargs or {}))
        self.met += 1
        return cast(Any, self.rule).apply(args[0] if args else cast(Any, kwargs)["input"])


def _guided(question: Question) -> MethodResult:
    return _with_rule(question, _GuidedReLU)


def _deconvolved(question: Question) -> MethodResult:
    return _with_rule(question, _DeconvolvedReLU)


def _with_rule(question: Question, rule: type[torch.autograd.Function]) -> MethodResult:
    with _OtherReLU(rule) as mode:
        found = gradients(question.network, question.picture, question.score)[0]
    return MethodResult(found.sum(dim=0), noted=partial(_note, mode.met, mode.others))


def _note(relus: int, others: Mapping[str, int]) -> str:
    """What is to be said where the rule holds nowhere, or for a part of the network only."""
    if not relus or not others:
        return "" if relus else _(NO_RELU)
    counted = (f"{count} {name}" for name, count in others.items())
    return ngettext(
        "The rule holds for the {count} ReLU of this network only; back through its {others} goes "
        "the gradient as it is.",
        "The rule holds for the {count} ReLUs of this network only; back through its {others} goes "
        "the gradient as it is.",
        relus,
        others=reduce(lambda these, this: _("{these} and {this}", these=these, this=this), counted),
    )


RECTIFIED: tuple[Method, ...] = (
    Method(
        slug="guided-backpropagation",
        title=N_("Guided backpropagation"),
        meaning=N_(
            "The gradient, except that whatever speaks against the class is dropped at every ReLU "
            "on the way back."
        ),
        authors="J. Springenberg, A. Dosovitskiy, T. Brox and M. Riedmiller",
        year=2015,
        needs_layer=False,
        signed=True,
        settings=(),
        compute=_guided,
    ),
    Method(
        slug="deconvnet",
        title=N_("Deconvolutional network"),
        meaning=N_(
            "The score sent back through the network turned round, each ReLU applied to what comes "
            "back and not to what went in."
        ),
        authors="M. Zeiler and R. Fergus",
        year=2014,
        needs_layer=False,
        signed=True,
        settings=(),
        compute=_deconvolved,
    ),
)
