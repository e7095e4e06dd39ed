"""The registry of kernels: what every entry must be, and what some of them are."""

import cv2
import numpy as np
import pytest

from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import KERNELS, Kernel, Parameter, weights

CASES = [pytest.param(entry, id=entry.slug) for entry in KERNELS]
PARAMETERS = [
    pytest.param(entry, parameter, id=f"{entry.slug}-{parameter.name}")
    for entry in KERNELS
    for parameter in entry.parameters
]
ZERO_SUM_GROUPS = {"Edges", "Spots, lines and stripes"}


def _extremes(entry: Kernel) -> list[dict[str, float]]:
    return [
        {parameter.name: bound}
        for parameter in entry.parameters
        for bound in (parameter.minimum, parameter.maximum)
    ]


@pytest.mark.parametrize("entry", CASES)
def test_sizes_are_odd_and_at_most_31_at_every_bound(entry: Kernel) -> None:
    for values in [{}, *_extremes(entry)]:
        built = weights(entry.slug, **values)
        assert built.dtype == np.float64
        assert np.isfinite(built).all()
        assert all(size % 2 == 1 and 1 <= size <= 31 for size in built.shape)


@pytest.mark.parametrize("entry", CASES)
def test_edges_and_textures_sum_to_zero_and_all_others_to_one(entry: Kernel) -> None:
    total = 0.0 if entry.group in ZERO_SUM_GROUPS else 1.0
    for values in [{}, *_extremes(entry)]:
        assert weights(entry.slug, **values).sum() == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("entry", CASES)
def test_a_constant_picture_keeps_its_value_or_becomes_zero(entry: Kernel) -> None:
    flat = np.full((40, 40, 3), 0.5, dtype=np.float32)
    result = apply(flat, weights(entry.slug), Application())
    expected = 0.0 if entry.group in ZERO_SUM_GROUPS else 0.5
    np.testing.assert_allclose(result, expected, atol=2e-6)


@pytest.mark.parametrize("entry", CASES)
def test_every_entry_says_what_it_means(entry: Kernel) -> None:
    assert entry.title
    assert entry.meaning.endswith(".")
    assert entry.slug == entry.slug.lower()
    for parameter in entry.parameters:
        assert parameter.minimum <= parameter.default <= parameter.maximum
        assert parameter.check(parameter.default) == parameter.default


@pytest.mark.parametrize(("entry", "parameter"), PARAMETERS)
def test_values_out_of_bounds_are_refused_with_the_bound(
    entry: Kernel, parameter: Parameter
) -> None:
    for value in (parameter.minimum - 1, parameter.maximum + 1):
        said = f"{value:g}".replace("-", "−")
        with pytest.raises(ValueError, match=f"{parameter.name} is {said}, but it goes"):
            weights(entry.slug, **{parameter.name: value})
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"{parameter.name} is {value:g}"):
            weights(entry.slug, **{parameter.name: value})


def test_slugs_are_unique_and_a_vertical_edge_comes_first() -> None:
    slugs = [entry.slug for entry in KERNELS]
    assert len(set(slugs)) == len(slugs)
    assert slugs[0] == "vertical-edge"


def test_an_unknown_kernel_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="no kernel 'blurr'; there are vertical-edge, "):
        KERNELS["blurr"]


def test_an_unknown_parameter_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="Gaussian blur has no parameter 'size'; it has sigma"):
        weights("gaussian", size=3)
    with pytest.raises(ValueError, match="it has none"):
        weights("sobel-x", sigma=3)


def test_an_even_box_is_refused() -> None:
    with pytest.raises(ValueError, match="size is 4, but it goes from 1 to 31 in steps of 2"):
        weights("box", size=4)


@pytest.mark.parametrize("slug", ["vertical-edge", "prewitt-x", "sobel-x", "scharr-x"])
def test_x_kernels_are_positive_where_it_gets_brighter_to_the_right(slug: str) -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 11, dtype=np.float32)[None, :, None], (9, 11, 1))
    assert (apply(ramp, weights(slug), Application(padding="none")) > 0).all()


@pytest.mark.parametrize("slug", ["horizontal-edge", "prewitt-y", "sobel-y", "scharr-y"])
def test_y_kernels_are_positive_where_it_gets_brighter_downwards(slug: str) -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 11, dtype=np.float32)[:, None, None], (11, 9, 1))
    assert (apply(ramp, weights(slug), Application(padding="none")) > 0).all()


@pytest.mark.parametrize(("direction", "sign"), [(45, 1), (135, -1)])
def test_diagonal_edges_look_up_right_or_up_left(direction: int, sign: int) -> None:
    built = weights("diagonal-edge", direction=direction)
    assert built[0, 1] == 1
    assert built[1, 2] == sign


def test_sobel_is_one_two_one_times_the_difference() -> None:
    expected = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    np.testing.assert_array_equal(weights("sobel-x"), expected)
    np.testing.assert_array_equal(weights("sobel-y"), np.transpose(expected))


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.5, 5.0])
def test_the_gaussian_is_opencvs(sigma: float) -> None:
    built = weights("gaussian", sigma=sigma)
    line = cv2.getGaussianKernel(built.shape[0], sigma, cv2.CV_64F)
    np.testing.assert_allclose(built, line @ line.T, atol=1e-12)


@pytest.mark.parametrize(
    "slug", ["laplacian-of-gaussian", "difference-of-gaussians", "gabor", "ridge"]
)
@pytest.mark.parametrize("value", [1.0, 1.3, 2.0, 3.1, 3.75])
def test_textures_sum_to_exactly_zero(slug: str, value: float) -> None:
    name = "wide" if slug == "difference-of-gaussians" else "sigma"
    built = weights(slug, **{name: value})
    assert built.sum() == 0.0
    assert built.T.sum() == 0.0


def test_the_laplacian_of_gaussian_is_most_negative_in_its_centre() -> None:
    built = weights("laplacian-of-gaussian", sigma=2)
    assert built.argmin() == built.size // 2
    np.testing.assert_array_equal(built, built.T)
    np.testing.assert_array_equal(built, built[::-1])


def test_shift_moves_the_picture_right_and_down() -> None:
    picture = np.zeros((9, 9, 1), dtype=np.float32)
    picture[4, 4] = 1
    moved = apply(picture, weights("shift", dx=2, dy=-3), Application(padding="zero"))
    assert np.argwhere(moved[..., 0]).tolist() == [[1, 6]]


def test_motion_blur_along_an_axis_is_one_row_or_column_of_equal_weights() -> None:
    np.testing.assert_allclose(weights("motion-blur", length=5, angle=0), np.full((1, 5), 0.2))
    np.testing.assert_allclose(weights("motion-blur", length=5, angle=90), np.full((5, 1), 0.2))


def test_motion_blur_rises_to_the_right_below_90_degrees() -> None:
    built = weights("motion-blur", length=7, angle=45)
    assert built[0, -1] > 0
    assert built[0, 0] == 0
    assert built[-1, 0] > 0


def test_sharpen_of_nothing_is_the_identity() -> None:
    np.testing.assert_array_equal(weights("sharpen", amount=0), weights("identity"))


def test_gabor_answers_to_stripes_of_its_own_direction_and_spacing() -> None:
    columns = np.arange(60, dtype=np.float32)
    stripes = np.broadcast_to(0.5 + 0.5 * np.cos(2 * np.pi * columns / 6), (60, 60))
    upright = stripes[..., None].astype(np.float32)
    flat = Application(padding="wrap")
    along = np.abs(apply(upright, weights("gabor", theta=0, wavelength=6), flat)).max()
    across = np.abs(apply(upright, weights("gabor", theta=90, wavelength=6), flat)).max()
    assert along > 0.3
    assert across < 0.01 * along


def test_a_ridge_answers_to_lines_that_run_its_way() -> None:
    line = np.zeros((41, 41, 1), dtype=np.float32)
    line[19:22] = 1
    same = apply(line, weights("ridge", theta=0), Application())[20, 20, 0]
    crossed = apply(line, weights("ridge", theta=90), Application())[20, 20, 0]
    assert same > 0.5
    assert abs(crossed) < 1e-6


def test_emboss_lights_a_hill_from_the_upper_left() -> None:
    rows, columns = np.mgrid[-10:11, -10:11]
    hill = np.exp(-(rows**2 + columns**2) / 30).astype(np.float32)[..., None]
    lit = apply(hill, weights("emboss"), Application()) - hill
    assert lit[7, 7, 0] > 0.5  # the flank towards the lamp
    assert lit[13, 13, 0] < -0.5
    assert abs(lit[7, 13, 0]) < 0.1
