import math

import pytest
import torch
from torch import Tensor
from torchvision.transforms import functional as oracle
from torchvision.transforms.v2.functional import erase

from explainer.training.augmentation import (
    AUGMENTATIONS,
    Augmentation,
    AugmentationStep,
    augment,
    augment_normalised,
    geometry,
    mixing,
    pixels,
    soft,
    step,
)
from explainer.training.data.splits import Normaliser

SIZES = [(32, 1, 8, 8), (6, 3, 32, 32), (5, 3, 12, 20)]
MAPS = [entry for entry in AUGMENTATIONS if entry.maps is not None]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(*shape: int, seed: int = 7) -> Tensor:
    return torch.rand(*shape, generator=generator(seed))


def targets(count: int, classes: int = 10) -> Tensor:
    return torch.arange(count) % classes


def slug_of(entry: Augmentation) -> str:
    return entry.slug


def strongest(entry: Augmentation) -> AugmentationStep:
    """The entry with every parameter at its stronger end: 0.1 of the area, all else at most."""
    ends = {p.name: p.minimum if p.name == "smallest" else p.maximum for p in entry.parameters}
    return step(entry.slug, **ends)


@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("entry", AUGMENTATIONS, ids=slug_of)
def test_shape_type_and_range_stay_and_nothing_changes_in_place(
    entry: Augmentation, shape: tuple[int, ...]
) -> None:
    inputs, labels = pictures(*shape), targets(shape[0])
    kept, kept_labels = inputs.clone(), labels.clone()
    for one in (step(entry.slug), strongest(entry)):
        changed, answers = augment(inputs, labels, 10, (one,), generator())
        assert changed.shape == shape
        assert changed.dtype == torch.float32
        assert changed.min() >= -1e-6
        assert changed.max() <= 1 + 1e-6
        assert answers.is_floating_point() == entry.softens
        torch.testing.assert_close(soft(answers, 10).sum(1), torch.ones(shape[0]))
    assert torch.equal(inputs, kept)
    assert torch.equal(labels, kept_labels)


@pytest.mark.parametrize("entry", AUGMENTATIONS, ids=slug_of)
def test_the_same_seed_gives_the_same_batch_and_another_seed_another(entry: Augmentation) -> None:
    inputs, labels = pictures(16, 3, 16, 16), targets(16)
    first, again, other = (
        augment(inputs, labels, 10, (strongest(entry), step("noise")), generator(seed))[0]
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("entry", AUGMENTATIONS, ids=slug_of)
def test_global_randomness_is_neither_used_nor_moved(entry: Augmentation) -> None:
    before = torch.random.get_rng_state()
    augment(pictures(4, 3, 8, 8), targets(4), 10, (step(entry.slug),), generator())
    assert torch.equal(torch.random.get_rng_state(), before)


NOTHING = {
    "flip": {"p": 0.0},
    "shift": {"share": 0.0},
    "rotation": {"degrees": 0.0},
    "crop": {"smallest": 1.0},
    "colour": {"brightness": 0.0, "contrast": 0.0, "saturation": 0.0},
    "erasing": {"p": 0.0},
    "noise": {"sigma": 0.0},
}


@pytest.mark.parametrize("slug", NOTHING)
def test_the_weakest_setting_changes_nothing(slug: str) -> None:
    inputs = pictures(8, 3, 16, 16)
    changed, _ = augment(inputs, targets(8), 10, (step(slug, **NOTHING[slug]),), generator())
    torch.testing.assert_close(changed, inputs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("entry", [e for e in AUGMENTATIONS if not e.softens], ids=slug_of)
def test_every_picture_of_a_batch_gets_its_own_values(entry: Augmentation) -> None:
    inputs = pictures(1, 3, 16, 16).expand(64, -1, -1, -1)
    changed, _ = augment(inputs, targets(64), 10, (step(entry.slug),), generator())
    assert len(torch.unique(changed.flatten(1), dim=0)) > (1 if entry.slug == "flip" else 20)


def test_without_steps_the_arguments_come_back() -> None:
    inputs, labels = pictures(2, 1, 4, 4), targets(2)
    changed, answers = augment(inputs, labels, 10, (), generator())
    assert changed is inputs
    assert answers is labels


def test_a_flip_mirrors_about_its_share_of_the_pictures_exactly() -> None:
    inputs = pictures(4000, 1, 2, 3)
    flipped, _ = augment(inputs, targets(4000), 10, (step("flip", p=0.3),), generator())
    mirrored = (flipped == oracle.hflip(inputs)).flatten(1).all(1)
    same = (flipped == inputs).flatten(1).all(1)
    assert (mirrored ^ same).all()
    assert mirrored.float().mean().item() == pytest.approx(0.3, abs=0.03)


def test_flips_as_maps_are_the_exact_flips() -> None:
    inputs = pictures(20, 3, 6, 9)
    by_map = geometry.warped(inputs, geometry.flips(20, (6, 9), generator(3), p=0.5))
    torch.testing.assert_close(by_map, geometry.flipped(inputs, generator(3), p=0.5))


@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 1, 8, 8), (1, 2, 12, 20)], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_a_rotation_is_that_of_torchvision(seed: int, shape: tuple[int, ...]) -> None:
    height, width = shape[2:]
    maps = geometry.rotations(1, (height, width), generator(seed), degrees=60)
    sine = maps[0, 1, 0].item() * height / width
    expected = oracle.rotate(
        pictures(*shape),
        math.degrees(math.asin(sine)),
        interpolation=oracle.InterpolationMode.BILINEAR,
    )
    torch.testing.assert_close(geometry.warped(pictures(*shape), maps), expected, atol=2e-4, rtol=0)


@pytest.mark.parametrize("seed", range(4))
def test_a_shift_is_that_of_torchvision_by_whole_pixels(seed: int) -> None:
    inputs = pictures(1, 3, 12, 20)
    maps = geometry.shifts(1, (12, 20), generator(seed), share=0.25)
    right, down = (-maps[0, 0, 2] * 10).item(), (-maps[0, 1, 2] * 6).item()
    assert right == pytest.approx(round(right), abs=1e-5)
    assert abs(right) <= 5
    assert abs(down) <= 3
    expected = oracle.affine(inputs, 0, [round(right), round(down)], 1.0, [0.0])
    torch.testing.assert_close(geometry.warped(inputs, maps), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("seed", range(4))
def test_a_crop_is_a_window_enlarged_as_torchvision_does(seed: int) -> None:
    inputs = pictures(1, 3, 24, 24)
    maps = geometry.crops(1, (24, 24), generator(seed), smallest=0.3)
    side, x, y = maps[0, 0, 0].item(), maps[0, 0, 2].item(), maps[0, 1, 2].item()
    assert 0.3 <= side**2 <= 1
    assert max(abs(x), abs(y)) <= 1 - side
    move = [-x / side * 12, -y / side * 12]
    bilinear = oracle.InterpolationMode.BILINEAR
    expected = oracle.affine(inputs, 0, move, 1 / side, [0.0], interpolation=bilinear)
    torch.testing.assert_close(geometry.warped(inputs, maps), expected, atol=1e-3, rtol=0)


def test_half_the_side_enlarged_is_what_interpolation_makes_of_the_window() -> None:
    inputs = pictures(1, 1, 16, 16)
    centre = torch.tensor([[[0.5, 0, 0], [0, 0.5, 0]]])
    resized = torch.nn.functional.interpolate(
        inputs[..., 4:12, 4:12], size=16, mode="bilinear", align_corners=False
    )
    inner = (..., slice(1, 15), slice(1, 15))
    torch.testing.assert_close(geometry.warped(inputs, centre)[inner], resized[inner])


def test_angles_fill_the_range_on_both_sides_and_stay_in_it() -> None:
    maps = geometry.rotations(5000, (8, 8), generator(), degrees=30)
    angles = torch.rad2deg(torch.asin(maps[:, 1, 0]))
    assert angles.abs().max() <= 30 + 1e-3
    assert angles.mean().item() == pytest.approx(0, abs=1)
    assert angles.std().item() == pytest.approx(60 / math.sqrt(12), rel=0.05)


def smooth_picture() -> Tensor:
    """One picture that interpolation hardly blurs, dark towards its border: (1, 1, 96, 96)."""
    line = torch.linspace(-1, 1, 96)
    bump = torch.exp(-40 * ((line[:, None] - 0.15) ** 2 + (line[None, :] + 0.1) ** 2))
    return bump[None, None]


def gentle(entry: Augmentation) -> AugmentationStep:
    """The entry so weak that nothing leaves the picture, or hardly anything."""
    values = {"share": 0.08, "degrees": 25.0, "smallest": 0.75, "p": 0.5}
    return step(entry.slug, **{p.name: values[p.name] for p in entry.parameters})


@pytest.mark.parametrize("first", MAPS, ids=slug_of)
@pytest.mark.parametrize("second", MAPS, ids=slug_of)
def test_one_pass_does_what_two_passes_do_in_the_same_order(
    first: Augmentation, second: Augmentation
) -> None:
    inputs = smooth_picture().repeat(8, 1, 1, 1)
    steps = (gentle(first), gentle(second))
    together, _ = augment(inputs, targets(8), 10, steps, generator(5))
    one_by_one, draws = inputs, generator(5)
    for one in steps:
        assert one.record.maps is not None
        maps = one.record.maps(8, (96, 96), draws, **dict(one.values))
        one_by_one = geometry.warped(one_by_one, maps)
    torch.testing.assert_close(together, one_by_one, atol=0.02, rtol=0)


FACTORS = [0.0, 0.4, 1.0, 1.7]


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (pixels.brightened, oracle.adjust_brightness),
        (pixels.contrasted, oracle.adjust_contrast),
        (pixels.saturated, oracle.adjust_saturation),
    ],
    ids=["brightness", "contrast", "saturation"],
)
def test_colours_change_as_in_torchvision(change, expected, factor: float) -> None:  # type: ignore[no-untyped-def]
    inputs = pictures(3, 3, 9, 9)
    factors = torch.tensor([factor, 1.0, 1.3])
    changed = change(inputs, factors)
    for picture, result, one in zip(inputs, changed, factors.tolist(), strict=True):
        torch.testing.assert_close(result, expected(picture, one), atol=1e-6, rtol=0)


def test_grey_pictures_keep_their_saturation_but_not_their_brightness() -> None:
    inputs = pictures(4, 1, 8, 8)
    steps = (step("colour", brightness=0, contrast=0, saturation=1),)
    same, _ = augment(inputs, targets(4), 10, steps, generator())
    assert torch.equal(same, inputs)
    changed, _ = augment(inputs, targets(4), 10, (step("colour"),), generator())
    assert not torch.equal(changed, inputs)


def test_noise_has_its_standard_deviation_and_mean_zero() -> None:
    grey = torch.full((50, 1, 32, 32), 0.5)
    noisy, _ = augment(grey, targets(50), 10, (step("noise", sigma=0.1),), generator())
    assert (noisy - grey).mean().item() == pytest.approx(0, abs=2e-3)
    assert (noisy - grey).std().item() == pytest.approx(0.1, rel=0.02)


def test_an_erased_box_is_what_torchvision_erases() -> None:
    inputs = pictures(40, 3, 12, 20) + 0.1
    erased = pixels.erased(inputs, generator(), p=1, share=0.4)
    for before, after in zip(inputs, erased, strict=True):
        rows, columns = torch.nonzero(after[0] == 0, as_tuple=True)
        if not len(rows):
            assert torch.equal(before, after)
            continue
        top, left = int(rows.min()), int(columns.min())
        height, width = int(rows.max()) - top + 1, int(columns.max()) - left + 1
        assert torch.equal(after, erase(before, top, left, height, width, torch.zeros(1)))
        assert height * width <= 0.4 * 12 * 20 + 16  # the sides are rounded to whole pixels


def test_erasing_strikes_about_its_share_and_every_place() -> None:
    ones = torch.ones(3000, 1, 10, 10)
    erased = pixels.erased(ones, generator(), p=0.4, share=0.5)
    struck = (erased == 0).flatten(1).any(1)
    assert struck.float().mean().item() == pytest.approx(0.4, abs=0.04)
    assert ((erased == 0).float().mean(0) > 0.005).all()


def test_a_box_beyond_the_border_is_cut() -> None:
    corners, sides = torch.tensor([[-1.0], [2.0]]), torch.tensor([[3.0], [5.0]])
    box = pixels.boxes(list(corners), list(sides), torch.zeros(1, 3, 4, 4))
    expected = [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert box.int()[0, 0].tolist() == expected


@pytest.mark.parametrize("slug", ["mixup", "cutmix"])
def test_the_targets_say_how_much_of_each_picture_is_there(slug: str) -> None:
    """Each picture is even, so the mean of a mixture tells its shares, as its target does."""
    values = torch.arange(8) / 8
    inputs = values[:, None, None, None].expand(-1, 1, 16, 16)
    mixed, answers = augment(inputs, targets(8), 8, (step(slug),), generator(1))
    assert answers.shape == (8, 8)
    torch.testing.assert_close(answers.sum(1), torch.ones(8))
    torch.testing.assert_close(mixed.mean((1, 2, 3)), answers @ values)
    assert ((answers > 0).sum(1) <= 2).all()
    assert (answers.diagonal() < 1).any()


def test_mixup_is_the_blend_of_two_pictures() -> None:
    inputs = pictures(10, 3, 8, 8)
    mixed, answers = augment(inputs, targets(10), 10, (step("mixup"),), generator())
    blend = torch.einsum("ij,jchw->ichw", answers, inputs)
    torch.testing.assert_close(mixed, blend)


def test_every_pixel_of_cutmix_is_from_one_of_two_pictures() -> None:
    inputs = pictures(10, 3, 8, 8)
    mixed, answers = augment(inputs, targets(10), 10, (step("cutmix"),), generator())
    for row, shares in enumerate(answers):
        others = [other for other in torch.nonzero(shares)[:, 0].tolist() if other != row]
        own = (mixed[row] == inputs[row]).all(0)
        assert own.float().mean().item() == pytest.approx(shares[row].item())
        assert all(torch.equal(mixed[row][:, ~own], inputs[o][:, ~own]) for o in others)


def test_mixed_targets_can_be_mixed_again() -> None:
    steps = (step("mixup"), step("cutmix"))
    _, answers = augment(pictures(10, 3, 8, 8), targets(10), 10, steps, generator())
    torch.testing.assert_close(answers.sum(1), torch.ones(10))
    assert ((answers > 0).sum(1) > 2).any()


@pytest.mark.parametrize("alpha", [0.2, 1.0, 2.0])
def test_shares_follow_the_beta_distribution(alpha: float) -> None:
    drawn = mixing.beta(20_000, alpha, generator())
    assert drawn.mean().item() == pytest.approx(0.5, abs=0.01)
    assert drawn.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), rel=0.03)


def test_points_take_noise_and_mixup_and_are_spared_the_rest() -> None:
    points, labels = torch.randn(20, 2, generator=generator()), targets(20, 2)
    for entry in AUGMENTATIONS:
        changed, _ = augment(points, labels, 2, (step(entry.slug),), generator())
        assert torch.equal(changed, points) == entry.pictures_only
        assert changed.shape == (20, 2)


def test_noise_on_points_is_not_held_in_any_range() -> None:
    points = torch.full((100, 2), 3.0)
    noisy, _ = augment(points, targets(100), 10, (step("noise"),), generator())
    assert noisy.mean().item() == pytest.approx(3, abs=0.02)


def test_normalised_inputs_are_augmented_in_their_own_range() -> None:
    inputs, labels = pictures(6, 3, 16, 16), targets(6)
    scale = Normaliser(torch.tensor([0.2, 0.5, 0.7]), torch.tensor([0.1, 0.2, 0.3]))
    steps = (step("rotation"), step("colour"), step("mixup"))
    plain, answers = augment(inputs, labels, 10, steps, generator())
    normalised = scale.apply(inputs)
    there, same = augment_normalised(normalised, labels, 10, steps, generator(), scale)
    torch.testing.assert_close(there, scale.apply(plain), atol=1e-4, rtol=1e-4)
    assert torch.equal(answers, same)
    assert augment_normalised(normalised, labels, 10, (), generator(), scale)[0] is normalised


def test_soft_targets_of_classes_are_their_one_hot_rows() -> None:
    assert soft(torch.tensor([1, 0]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_a_step_holds_every_value_and_can_be_compared() -> None:
    assert step("flip") == step("flip", p=0.5) == AugmentationStep("flip", (("p", 0.5),))
    assert hash(step("flip")) == hash(step("flip", p=0.5))
    assert step("erasing").record is AUGMENTATIONS["erasing"]


def test_unknown_names_and_values_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="no augmentation 'blur'; there are flip, shift"):
        step("blur")
    with pytest.raises(ValueError, match="Mirror has no parameter 'angle'; it has p"):
        step("flip", angle=3)
    with pytest.raises(ValueError, match=r"p is 1\.5, but it goes from 0 to 1"):
        step("flip", p=1.5)


def test_slugs_are_unique_and_every_entry_says_what_it_does() -> None:
    assert len({entry.slug for entry in AUGMENTATIONS}) == len(AUGMENTATIONS)
    assert all(entry.title and entry.meaning.endswith(".") for entry in AUGMENTATIONS)


@pytest.mark.parametrize("entry", AUGMENTATIONS, ids=slug_of)
def test_a_batch_on_another_device_than_the_generator_stays_there(entry: Augmentation) -> None:
    inputs, labels = pictures(4, 3, 8, 8).to("meta"), targets(4).to("meta")
    changed, answers = augment(inputs, labels, 10, (step(entry.slug),), generator())
    assert changed.is_meta
    assert answers.is_meta
