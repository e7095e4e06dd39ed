from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.gradients.attribution.baselines import BASELINES, baseline_picture
from explainer.gradients.attribution.layers import map_layers, suggested_layer
from explainer.gradients.attribution.method import Method
from explainer.gradients.attribution.methods import METHODS, attribute
from explainer.gradients.attribution.progress import CancelledError
from explainer.gradients.attribution.target import PREDICTED, RUNNER_UP, Difference, Target
from explainer.networks.zoo.shipped import SHIPPED, Shipped
from tests.gradients.attribution.conftest import Awake

TARGETS = {"difference": Difference(PREDICTED, RUNNER_UP), "runner-up": RUNNER_UP}
LONG = ["smoothgrad", "integrated-gradients", "occlusion", "score-cam"]
each_method = pytest.mark.parametrize("entry", METHODS, ids=lambda entry: entry.slug)


@each_method
@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
@pytest.mark.parametrize("architecture", SHIPPED, ids=lambda architecture: architecture.slug)
def test_every_method_gives_a_finite_map_of_every_shipped_network(
    architecture: Shipped, target: Target, entry: Method, picture: Tensor
) -> None:
    network = architecture.build().eval()
    layer = suggested_layer(network, picture)
    found = attribute(network, picture, target, entry.slug, layer=layer)
    assert found.values.shape == (32, 32)
    assert found.values.dtype == np.float32
    assert np.isfinite(found.values).all()
    assert found.seconds > 0
    assert entry.signed or found.values.min() >= 0
    assert (found.cam is not None) == (found.layer is not None) == entry.needs_layer


@each_method
def test_an_entry_is_whole(entry: Method) -> None:
    assert entry.meaning.endswith(".")
    assert entry.meaning.count(". ") == 0
    assert 2014 <= entry.year <= 2020
    assert METHODS[entry.slug] is entry
    for setting in entry.settings:
        assert setting.check(setting.default) == setting.default  # type: ignore[arg-type]


def test_the_first_and_the_last_layer_with_maps_can_both_be_asked(
    awake: Awake, picture: Tensor
) -> None:
    network = awake("resnet20")
    layers = map_layers(network, picture)
    assert layers[0].name == "conv1"
    assert (layers[0].channels, layers[0].height, layers[0].width) == (16, 32, 32)
    assert layers[-1].name == "mean"
    for layer in (layers[0], layers[-1]):
        assert attribute(network, picture, PREDICTED, "grad-cam", layer=layer.name).cam


@pytest.mark.parametrize(
    ("slug", "layer"),
    [("lenet", "pool2"), ("vgg", "conv3_2_activation"), ("resnet20", "stage3_block3")],
)
def test_the_layer_suggested_is_the_last_with_more_than_one_pixel(
    awake: Awake, picture: Tensor, slug: str, layer: str
) -> None:
    assert suggested_layer(awake(slug), picture) == layer


def test_a_network_without_maps_has_no_layer_to_suggest() -> None:
    with pytest.raises(ValueError, match="no layer"):
        suggested_layer(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), torch.zeros(1, 1, 2, 2))


@pytest.mark.parametrize("slug", LONG)
def test_a_long_method_tells_how_far_it_is_and_can_be_cancelled(
    awake: Awake, picture: Tensor, slug: str
) -> None:
    network, told = awake("vgg"), list[float]()

    def attributed(go_on: bool) -> None:
        def progress(share: float) -> bool:
            told.append(share)
            return go_on

        attribute(network, picture, PREDICTED, slug, layer="conv3_2", progress=progress)

    attributed(go_on=True)
    assert told == sorted(told)
    assert told[-1] == 1
    told.clear()
    with pytest.raises(CancelledError):
        attributed(go_on=False)
    assert len(told) == 1


def test_a_progress_function_that_answers_nothing_lets_it_go_on(
    awake: Awake, picture: Tensor
) -> None:
    told: list[float] = []
    attribute(awake("lenet"), picture, PREDICTED, "occlusion", progress=told.append)
    assert told[-1] == 1


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (torch.zeros(2, 3, 32, 32), r"\(2, 3, 32, 32\)"),
        (torch.zeros(3, 32, 32), r"\(3, 32, 32\)"),
        (torch.full((1, 3, 32, 32), torch.nan), "finite"),
        (torch.zeros(1, 3, 32, 32, dtype=torch.float64), "float32"),
    ],
)
def test_what_is_not_one_finite_picture_is_refused(
    awake: Awake, inputs: Tensor, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        attribute(awake("lenet"), inputs, PREDICTED, "gradient")


def test_what_is_not_known_is_named(awake: Awake, picture: Tensor) -> None:
    network = awake("lenet")
    with pytest.raises(ValueError, match="no method 'guess'"):
        attribute(network, picture, PREDICTED, "guess")
    with pytest.raises(ValueError, match="no setting 'depth'"):
        attribute(network, picture, PREDICTED, "gradient", settings={"depth": 1})
    with pytest.raises(ValueError, match="black has 2 values"):
        attribute(network, picture, PREDICTED, "gradient", black=torch.zeros(2))
    with pytest.raises(ValueError, match="no baseline 'white'"):
        baseline_picture("white", picture, torch.zeros(1, 3, 1, 1))


def test_a_baseline_is_black_or_keeps_the_mean_colour(picture: Tensor) -> None:
    black = torch.tensor([-1.0, -2.0, -3.0])[None, :, None, None]
    made = {entry.slug: entry.make(picture, black) for entry in BASELINES}
    assert all(each.shape == picture.shape for each in made.values())
    assert torch.equal(made["black"], black.expand(1, 3, 32, 32))
    colour = picture.mean(dim=(2, 3))
    torch.testing.assert_close(made["mean"][..., 0, 0], colour)
    torch.testing.assert_close(made["blur"].mean(dim=(2, 3)), colour, atol=0.1, rtol=0)
    assert made["blur"].std() < picture.std() / 2


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (5, 3)])
def test_a_small_picture_can_be_blurred(size: tuple[int, int]) -> None:
    flat = torch.ones(1, 3, *size)
    torch.testing.assert_close(baseline_picture("blur", flat, flat), flat)
