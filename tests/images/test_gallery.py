import numpy as np
import pytest

from explainer.images.gallery import DEFAULT, GALLERY, gallery_entry, gallery_picture
from explainer.images.patterns import impulse, ramp, zone_plate
from explainer.images.picture import WORK_LIMIT, PictureError
from explainer.images.samples import SAMPLES, Sample, sample

each_entry = pytest.mark.parametrize("entry", GALLERY, ids=lambda entry: entry.slug)


@each_entry
def test_every_entry_gives_a_picture_of_working_size(entry: Sample) -> None:
    codes = gallery_picture(entry.slug).codes
    assert codes.dtype == np.uint8
    assert codes.ndim == 3
    assert codes.shape[2] == 3
    assert 32 <= min(codes.shape[:2]) <= max(codes.shape[:2]) <= WORK_LIMIT
    assert codes.min() < codes.max()


@each_entry
def test_every_entry_has_its_words_and_its_source(entry: Sample) -> None:
    for text in (entry.title, entry.alt, entry.teaches, entry.credit, entry.licence):
        assert text.strip() == text != ""
    assert entry.teaches.endswith(".")
    assert len(entry.alt) > 20
    assert entry.slug == entry.slug.lower().replace(" ", "-")


@each_entry
def test_every_entry_is_the_same_each_time(entry: Sample) -> None:
    assert entry.picture().digest == gallery_picture(entry.slug).digest
    assert gallery_picture(entry.slug) is gallery_picture(entry.slug)


def test_slugs_are_unique_and_the_first_photograph_is_the_default() -> None:
    assert len({entry.slug for entry in GALLERY}) == len(GALLERY)
    assert SAMPLES[0].slug == DEFAULT


def test_photographs_are_shared_between_the_two_ways_to_ask() -> None:
    assert gallery_picture("coffee") is sample("coffee")
    assert gallery_entry("coffee").title == "Coffee"


@pytest.mark.parametrize("ask", [gallery_entry, gallery_picture, sample])
def test_an_unknown_slug_is_answered_with_the_known_ones(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(PictureError, match="“mona-lisa” here; there are chelsea, coffee"):
        ask("mona-lisa")


def test_a_photograph_has_the_codes_of_scikit_image() -> None:
    from skimage import data

    astronaut: np.ndarray = data.astronaut()  # type: ignore[no-untyped-call]
    coins: np.ndarray = data.coins()  # type: ignore[no-untyped-call]
    assert np.array_equal(sample("astronaut").codes, astronaut)
    assert np.array_equal(sample("coins").codes[..., 1], coins)


def test_the_impulse_is_one_pixel_and_stays_small() -> None:
    codes = gallery_picture("impulse").codes
    assert codes.shape == (33, 33, 3)
    assert codes[16, 16].tolist() == [255, 255, 255]
    assert int(codes.sum()) == 3 * 255
    with pytest.raises(ValueError, match="not 32"):
        impulse(32)


def test_column_x_of_the_ramp_has_code_x() -> None:
    assert gallery_picture("ramp").codes[100, :, 0].tolist() == list(range(256))
    assert ramp(5)[0].tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_the_step_is_between_the_two_middle_columns() -> None:
    codes = gallery_picture("step").codes
    assert codes[7, 126:130, 2].tolist() == [64, 64, 191, 191]


def test_the_checkerboard_begins_dark_and_alternates_every_16_pixels() -> None:
    codes = gallery_picture("checkerboard").codes[..., 0]
    assert codes[:20:16, :36:16].tolist() == [[0, 255, 0], [255, 0, 255]]


def test_the_zone_plate_reaches_nyquist_at_its_sides_and_is_grey_in_its_corners() -> None:
    size = 256
    plate = zone_plate(size)
    # along the row next to the centre the phase is pi r^2 / size
    radius = np.hypot(np.arange(size) + 0.5 - size / 2, 0.5)
    inside = radius < 0.9 * size / 2
    expected = 0.5 + 0.5 * np.cos(np.pi * radius**2 / size)
    np.testing.assert_allclose(plate[size // 2][inside], expected[inside], atol=1e-12)
    assert np.all(plate[:20, :20] == 0.5)
    # near 0.9 R the phase grows by 0.9 pi a pixel: just below alternation
    column = size // 2 + int(0.88 * size / 2)
    assert 0.85 * np.pi < np.diff(np.pi * radius**2 / size)[column] < np.pi


def test_every_pattern_but_the_step_edges_is_anti_aliased_where_it_curves() -> None:
    for slug in ("disc", "star"):
        assert len(np.unique(gallery_picture(slug).codes)) > 20


def test_noise_is_white_and_uniform() -> None:
    codes = gallery_picture("noise").codes[..., 0].astype(float) - 127.5
    assert abs(codes.mean()) < 1
    assert abs(codes.std() - 256 / np.sqrt(12)) < 1
    neighbours = np.mean(codes[:, 1:] * codes[:, :-1]) / codes.var()
    assert abs(neighbours) < 0.02
