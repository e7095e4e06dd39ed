import numpy as np
import pytest
import torch
from scipy import ndimage
from torchvision.transforms import functional as oracle

from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.shifted import SHIFTS, Shift, blurred, shifted, suitable, turned

SETS = ("digits", "shapes", "moons")
PAIRS = [(slug, entry) for slug in SETS for entry in SHIFTS if entry.suits(load(slug))]
ROWS = torch.tensor([3, 1, 4, 15])


@pytest.mark.parametrize(("slug", "entry"), PAIRS, ids=lambda value: getattr(value, "slug", value))
def test_a_shift_changes_the_rows_asked_for_and_keeps_their_form(slug: str, entry: Shift) -> None:
    examples = load(slug, **({"background": "class"} if slug == "shapes" else {}))
    kept = examples.inputs.clone()
    first, again = (shifted(examples, ROWS, entry.slug, seed=3) for _ in range(2))
    assert first.shape == (4, *examples.shape)
    assert first.dtype == torch.float32
    assert torch.equal(first, again)
    assert (first != kept[ROWS]).flatten(1).any(1).all()
    if examples.pictures:
        assert first.min() >= -1e-6
        assert first.max() <= 1 + 1e-6
    assert torch.equal(examples.inputs, kept)


def test_which_shifts_suit_which_data() -> None:
    slugs = {slug: [entry.slug for entry in suitable(load(slug))] for slug in SETS}
    assert slugs["digits"] == ["blur", "noise", "rotation"]
    assert slugs["shapes"] == ["blur", "noise", "rotation", "backgrounds"]
    assert slugs["moons"] == ["noise", "rotation"]


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.5])
def test_the_blur_is_scipys_gaussian(sigma: float) -> None:
    pictures = torch.rand(2, 3, 16, 20, generator=torch.Generator().manual_seed(0))
    radius = int(np.ceil(3 * sigma))
    expected = ndimage.gaussian_filter(
        pictures.numpy(), (0, 0, sigma, sigma), mode="nearest", radius=(0, 0, radius, radius)
    )
    torch.testing.assert_close(
        blurred(pictures, sigma=sigma), torch.from_numpy(expected), atol=1e-5, rtol=0
    )


def test_a_blur_of_zero_and_a_turn_of_zero_change_nothing() -> None:
    digits = load("digits")
    for slug, values in (("blur", {"sigma": 0}), ("rotation", {"degrees": 0})):
        same = shifted(digits, ROWS, slug, seed=0, **values)
        torch.testing.assert_close(same, digits.inputs[ROWS])


@pytest.mark.parametrize("degrees", [-90.0, 20.0, 75.0])
def test_pictures_turn_as_in_torchvision(degrees: float) -> None:
    pictures = torch.rand(2, 3, 16, 20, generator=torch.Generator().manual_seed(0))
    bilinear = oracle.InterpolationMode.BILINEAR
    expected = oracle.rotate(pictures, degrees, interpolation=bilinear)
    torch.testing.assert_close(turned(pictures, degrees=degrees), expected, atol=2e-4, rtol=0)


def test_a_point_on_the_right_turns_to_the_top() -> None:
    points = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    expected = torch.tensor([[0.0, 2.0], [-1.0, 0.0]])
    torch.testing.assert_close(turned(points, degrees=90), expected, atol=1e-6, rtol=0)


def test_noise_has_its_standard_deviation() -> None:
    points = load("moons", count=2000)
    rows = torch.arange(2000)
    moved = shifted(points, rows, "noise", seed=1, sigma=0.3) - points.inputs
    assert moved.std().item() == pytest.approx(0.3, rel=0.05)


def shapes_for_shift() -> Examples:
    return load(
        "shapes", count=200, background="class", noise=0, jitter=0, smallest=8, largest=8, seed=4
    )


def test_other_backgrounds_stand_behind_the_same_objects() -> None:
    examples = shapes_for_shift()
    rows = torch.arange(0, 200, 3)
    other = shifted(examples, rows, "backgrounds", seed=0)
    middle = (..., slice(14, 18), slice(14, 18))
    assert torch.equal(other[middle], examples.inputs[rows][middle])
    changed = (other != examples.inputs[rows]).flatten(1).any(1)
    assert 0.6 < changed.float().mean() < 1  # a fifth keep their texture by chance


def test_a_shift_that_does_not_suit_or_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="Blur does not suit Two moons"):
        shifted(load("moons"), ROWS, "blur", seed=0)
    with pytest.raises(ValueError, match="no shift 'fog'; there are blur, noise"):
        SHIFTS["fog"]
    with pytest.raises(ValueError, match="sigma is 9, but it goes from 0 to 3"):
        shifted(load("digits"), ROWS, "blur", seed=0, sigma=9)


@pytest.mark.parametrize("entry", SHIFTS, ids=lambda entry: entry.slug)
def test_defaults_lie_in_their_ranges(entry: Shift) -> None:
    assert all(p.check(entry.defaults()[p.name]) == p.default for p in entry.parameters)
