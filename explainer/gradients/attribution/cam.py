"""Class activation maps: the maps of one layer, weighted by what each means to the class, summed.

With maps A of the layer and a weight w for each channel c, all three methods draw

    ReLU( Σ_c w_c A_c ),

enlarged to the picture, and differ in the weights alone. Where the sum is negative everywhere the
picture is blank; what was cut off is kept in :class:`ClassActivation`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.gradients.attribution.method import ClassActivation, Method, MethodResult, Question
from explainer.gradients.attribution.passes import logits, maps, maps_and_gradients
from explainer.gradients.attribution.progress import in_batches
from explainer.parameters import Parameter
from explainer.words import N_


def _layer(question: Question) -> str:
    if question.layer is None:
        raise ValueError("a class activation map needs the name of a layer")
    return question.layer


def _answer(question: Question, layer_maps: Tensor, weights: Tensor) -> MethodResult:
    coarse = torch.einsum("c,chw->hw", weights, layer_maps)
    cam = ClassActivation(
        coarse=coarse.numpy(),
        before_relu=_enlarged(coarse[None], question)[0].numpy(),
        weights=weights.numpy(),
    )
    return MethodResult(_enlarged(coarse.clamp(min=0)[None], question)[0], cam=cam)


def _enlarged(layer_maps: Tensor, question: Question) -> Tensor:
    """Maps `(channels, h, w)` as `(channels, H, W)`, bilinear."""
    size = question.picture.shape[-2:]
    return F.interpolate(layer_maps[None], size=size, mode="bilinear", align_corners=False)[0]


def _grad_cam(question: Question) -> MethodResult:
    """w_c is the mean of ∂score/∂A_c over the pixels of the map."""
    layer_maps, gradient = maps_and_gradients(
        question.network, question.picture, question.score, _layer(question)
    )
    return _answer(question, layer_maps, gradient.mean(dim=(1, 2)))


def _grad_cam_plus_plus(question: Question) -> MethodResult:
    """w_c = Σ a · ReLU(g), with g = ∂score/∂A_c and a = g² / (2 g² + g³ Σ A_c), pixel by pixel.

    These are the paper's higher derivatives of exp(score), without the factor exp(score), which
    all weights share. Where g is 0, so is a.
    """
    layer_maps, gradient = maps_and_gradients(
        question.network, question.picture, question.score, _layer(question)
    )
    # Divided by g²: squares and cubes of small gradients leave the range of float32.
    below = 2 + gradient * layer_maps.sum(dim=(1, 2), keepdim=True)
    usable = (gradient != 0) & (below.abs() > 1e-6)
    share = torch.where(usable, 1 / torch.where(usable, below, 1), 0)
    return _answer(question, layer_maps, (share * gradient.clamp(min=0)).sum(dim=(1, 2)))


def _score_cam(question: Question, *, channels: float) -> MethodResult:
    """w = softmax over the channels of score(x · H_c) − score(0).

    H_c is the map of channel c, enlarged and stretched to [0, 1]; a map without contrast is 0. The
    baseline 0 is the mean colour, and as all channels have it in common it cancels. Only the
    `channels` maps that vary most are tried; the others get the weight 0.
    """
    layer_maps = maps(question.network, question.picture, _layer(question))
    spread = layer_maps.flatten(1).double().std(dim=1, correction=0)
    tried = spread.argsort(descending=True, stable=True)
    tried = tried[: int(channels)]
    masks = _stretched(_enlarged(layer_maps[tried], question))
    found = []
    for part in in_batches(len(tried), question.picture, question.progress):
        given = logits(question.network, question.picture * masks[part, None])
        found.append(question.score.of(given))
    weights = torch.zeros(len(layer_maps))
    weights[tried] = torch.cat(found).softmax(dim=0)
    return _answer(question, layer_maps, weights)


def _stretched(layer_maps: Tensor) -> Tensor:
    lowest = layer_maps.amin(dim=(1, 2), keepdim=True)
    extent = layer_maps.amax(dim=(1, 2), keepdim=True) - lowest
    return torch.where(extent > 0, (layer_maps - lowest) / torch.where(extent > 0, extent, 1), 0)


CLASS_ACTIVATION: tuple[Method, ...] = (
    Method(
        slug="grad-cam",
        title=N_("Grad-CAM"),
        meaning=N_("The maps of a layer, each weighted by how much the score rises with it."),
        authors="R. Selvaraju, M. Cogswell, A. Das, R. Vedantam, D. Parikh and D. Batra",
        year=2017,
        needs_layer=True,
        signed=False,
        settings=(),
        compute=_grad_cam,
    ),
    Method(
        slug="grad-cam-plus-plus",
        title=N_("Grad-CAM++"),
        meaning=N_(
            "The maps of a layer, weighted by the places where the score rises with them, each "
            "place with a factor of its own, so that several objects of a class all count."
        ),
        authors="A. Chattopadhyay, A. Sarkar, P. Howlader and V. Balasubramanian",
        year=2018,
        needs_layer=True,
        signed=False,
        settings=(),
        compute=_grad_cam_plus_plus,
    ),
    Method(
        slug="score-cam",
        title=N_("Score-CAM"),
        meaning=N_(
            "The maps of a layer, each weighted by the score of the photo seen through it: no "
            "gradient at all."
        ),
        authors="H. Wang, Z. Wang, M. Du, F. Yang, Z. Zhang, S. Ding, P. Mardziel and X. Hu",
        year=2020,
        needs_layer=True,
        signed=False,
        settings=(
            Parameter(
                "channels", "Channels", 256, 1, 2048, 1, help="how many maps to try", whole=True
            ),
        ),
        compute=_score_cam,
        many_passes=True,
    ),
)
