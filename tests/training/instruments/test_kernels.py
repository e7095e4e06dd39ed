from __future__ import annotations

import numpy as np
import pytest

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.kernels import as_pictures, first_kernels
from explainer.training.recipe.recipe import Network, Recipe


def test_kernels_of_a_convolution_have_their_channels_last(colourful: Prepared) -> None:
    run = Run(Recipe(Network(channels=8, kernel_size=5)), 0, colourful)
    found, weight = first_kernels(run, 6), run.model.get_parameter("conv1.weight").detach().numpy()
    assert found.shape == (6, 5, 5, 3)
    assert found.dtype == np.float32
    assert found[4, 1, 2, 0] == weight[4, 0, 1, 2]
    np.testing.assert_array_equal(found, weight[:6].transpose(0, 2, 3, 1))


def test_units_of_a_dense_layer_have_the_shape_of_the_picture(colourful: Prepared) -> None:
    run = Run(Recipe(Network("mlp", 1, 5)), 0, colourful)
    channels, height, width = colourful.shape
    found = first_kernels(run)
    assert found.shape == (5, height, width, channels)
    picture = colourful.train_inputs[0]
    expected = run.model.get_submodule("dense1")(picture.flatten()).detach().numpy()
    products = (found * picture.permute(1, 2, 0).numpy()).sum((1, 2, 3))
    np.testing.assert_allclose(products, expected, rtol=1e-3, atol=1e-4)


def test_a_linear_model_has_one_kernel_for_each_class(digits: Prepared) -> None:
    assert first_kernels(Run(Recipe(Network("mlp", 0)), 0, digits)).shape == (10, 8, 8, 1)


def test_on_points_a_kernel_is_the_weights_of_x_and_y(moons: Prepared) -> None:
    run = Run(Recipe(Network("mlp", 1, 20)), 0, moons)
    found = first_kernels(run)
    assert found.shape == (16, 1, 2, 1)
    weight = run.model.get_parameter("dense1.weight").detach().numpy()
    np.testing.assert_array_equal(found[:, 0, :, 0], weight[:16])


def test_weights_kept_elsewhere_make_the_same_pictures(digits: Prepared) -> None:
    run = Run(Recipe(Network("mlp", 1, 5)), 0, digits)
    kept = run.model.get_parameter("dense1.weight").detach().numpy().astype(np.float16)
    found = as_pictures(kept, digits.shape)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, first_kernels(run), atol=1e-3)


def test_none_at_all_is_refused(digits: Prepared) -> None:
    with pytest.raises(ValueError, match="most is 0, but it starts at 1"):
        first_kernels(Run(Recipe(), 0, digits), 0)
