"""The registry of methods of attribution, and the one function that asks any of them.

One more method is one more entry in one of the tuples. Captum has seven of these methods and is
what the tests compare them with. It is not what runs: its hooks go into the network that all
visitors share, its ReLU rules warn on every use, its noise is the global generator's, and a long
computation can be neither followed nor stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import torch
from torch import Tensor, nn

from explainer.gradients.attribution.cam import CLASS_ACTIVATION
from explainer.gradients.attribution.gradient import GRADIENTS
from explainer.gradients.attribution.method import Attribution, Method, Question
from explainer.gradients.attribution.occlusion import OCCLUSION
from explainer.gradients.attribution.passes import logits, private_copy
from explainer.gradients.attribution.progress import Progress
from explainer.gradients.attribution.rectified import RECTIFIED
from explainer.gradients.attribution.target import Target, resolve
from explainer.parameters import Value, checked
from explainer.registry import Registry
from explainer.words import N_

METHODS = Registry[Method](N_("method"), *GRADIENTS, *RECTIFIED, OCCLUSION, *CLASS_ACTIVATION)


def attribute(
    network: nn.Module,
    inputs: Tensor,
    target: Target,
    slug: str,
    *,
    layer: str | None = None,
    settings: Mapping[str, Value] | None = None,
    black: Tensor | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """The map of method `slug` for a picture `(1, C, H, W)`, normalised for the network.

    `layer` names the layer of a class activation map; other methods leave it alone. Settings left
    out take their defaults. `black` `(C,)` is a black pixel, normalised; 0 if left out. The network
    is left as it is, whatever its mode and its hooks, and several threads may ask at once.

    Raises `ValueError` for an unknown method, setting, class or layer, and for a picture that is
    not one; `CancelledError` where `progress`, told the share that is done, answers False.
    """
    begun = perf_counter()
    entry = METHODS[slug]
    values = checked(entry.title, entry.settings, settings or {})
    picture, copy = checked_picture(inputs), private_copy(network)
    given = logits(copy, picture)
    score = resolve(target, given)
    used = layer if entry.needs_layer else None
    question = Question(copy, picture, score, used, as_pixel(black, picture), progress)
    answer = entry.compute(question, **values)
    return Attribution(
        slug=slug,
        values=answer.values.detach().numpy(),
        target=score,
        score=float(score.of(given)),
        logits=given[0].numpy(),
        seconds=perf_counter() - begun,
        layer=used,
        cam=answer.cam,
        total=answer.total,
        noted=answer.noted,
    )


def checked_picture(inputs: Tensor) -> Tensor:
    """`inputs` without its graph. Raises `ValueError` unless it is one finite float picture."""
    if inputs.ndim != 4 or inputs.shape[0] != 1 or 0 in inputs.shape:
        raise ValueError(f"inputs are {tuple(inputs.shape)}, but one picture (1, C, H, W) is asked")
    if inputs.dtype != torch.float32 or not bool(inputs.isfinite().all()):
        raise ValueError("inputs must be finite and float32")
    return inputs.detach()


def as_pixel(black: Tensor | None, picture: Tensor) -> Tensor:
    """The black pixel `(C,)`, of any shape with C values, as `(1, C, 1, 1)`; 0 for None."""
    channels = picture.shape[1]
    pixel = torch.zeros(channels) if black is None else black.detach().flatten()
    if len(pixel) != channels:
        raise ValueError(f"black has {len(pixel)} values, but the picture has {channels} channels")
    return pixel[None, :, None, None]
