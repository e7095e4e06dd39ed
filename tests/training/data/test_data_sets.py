import subprocess
import sys

import pytest
import torch

from explainer.parameters import Choice
from explainer.training.data.data_set import DataSet, Examples
from explainer.training.data.outlines import OUTLINES, REACH
from explainer.training.data.registry import DATA_SETS, load
from explainer.training.data.shapes import BACKGROUND, SIDE, covered
from explainer.training.data.textures import TEXTURES

AT_HAND = [entry for entry in DATA_SETS if not entry.needs_download]
SEEDED = [entry for entry in AT_HAND if "seed" in entry.defaults()]


def slug_of(entry: DataSet) -> str:
    return entry.slug


def test_slugs_are_unique_and_every_entry_says_what_it_is() -> None:
    assert len({entry.slug for entry in DATA_SETS}) == len(DATA_SETS)
    assert all(entry.title and entry.group and entry.meaning.endswith(".") for entry in DATA_SETS)


@pytest.mark.parametrize("entry", DATA_SETS, ids=slug_of)
def test_defaults_are_within_their_own_ranges(entry: DataSet) -> None:
    for parameter in entry.parameters:
        value = parameter.default
        assert isinstance(parameter, Choice) == isinstance(value, str)
        assert parameter.check(value) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", AT_HAND, ids=slug_of)
def test_examples_have_the_promised_shapes_types_and_ranges(entry: DataSet) -> None:
    examples = load(entry.slug)
    count = len(examples)
    assert examples.inputs.dtype == torch.float32
    assert examples.inputs.is_contiguous()
    assert examples.labels.dtype == torch.int64
    assert examples.labels.shape == (count,)
    assert sorted(set(examples.labels.tolist())) == list(range(len(examples.classes)))
    low, high = examples.inputs.aminmax()
    if examples.pictures:
        assert examples.inputs.shape == (count, *examples.shape)
        assert 0 <= low < 0.2 < 0.8 < high <= 1
    else:
        assert examples.inputs.shape == (count, 2)
        assert -2 < low < -0.5 < 0.5 < high < 2
    assert examples.name == entry.slug
    assert examples.credit


@pytest.mark.parametrize("entry", AT_HAND, ids=slug_of)
def test_loading_twice_gives_the_same_examples(entry: DataSet) -> None:
    first, second = load(entry.slug), load(entry.slug)
    assert torch.equal(first.inputs, second.inputs)
    assert torch.equal(first.labels, second.labels)


@pytest.mark.parametrize("entry", SEEDED, ids=slug_of)
def test_another_seed_gives_other_examples_of_balanced_classes(entry: DataSet) -> None:
    first, second = load(entry.slug, count=300, seed=1), load(entry.slug, count=300, seed=2)
    assert not torch.equal(first.inputs, second.inputs)
    counts = torch.bincount(second.labels)
    assert len(second) == 300
    assert counts.max() - counts.min() <= 1
    assert dict(second.settings) == entry.defaults() | {"count": 300, "seed": 2}


def test_digits_are_the_1797_of_scikit_learn() -> None:
    digits = load("digits")
    assert digits.inputs.shape == (1797, 1, 8, 8)
    assert torch.equal(digits.inputs * 16, (digits.inputs * 16).round())
    assert digits.labels[:10].tolist() == list(range(10))


def test_the_first_hundred_of_the_faces_are_faces() -> None:
    faces = load("faces")
    assert faces.inputs.shape == (200, 1, 25, 25)
    assert [faces.classes[label] for label in (faces.labels[99], faces.labels[100])] == [
        "face",
        "not a face",
    ]


def test_circles_without_noise_have_the_radii_one_and_a_half() -> None:
    circles = load("circles", noise=0)
    radii = circles.inputs.norm(dim=1)
    torch.testing.assert_close(radii, torch.where(circles.labels == 0, 1.0, 0.5))


def test_xor_without_noise_is_the_sign_of_the_product() -> None:
    points = load("xor", noise=0)
    assert torch.equal(points.labels == 1, points.inputs.prod(dim=1) < 0)


def test_the_arms_of_the_spirals_are_each_other_turned_by_180_degrees() -> None:
    points = load("spirals", noise=0, count=2000)
    first, second = (points.inputs[points.labels == arm] for arm in (0, 1))
    nearest = torch.cdist(-first, second).min(dim=1).values
    assert nearest.max() < 0.1
    assert torch.cdist(first, second).min() > 0.02


def test_more_noise_moves_the_same_points_further_the_same_way() -> None:
    still, near, far = (load("moons", noise=noise).inputs for noise in (0, 0.1, 0.2))
    torch.testing.assert_close(far - still, 2 * (near - still), atol=1e-5, rtol=0)


def plain_shapes(**settings: float | str) -> Examples:
    return load("shapes", **{"noise": 0, "count": 200, **settings})


def test_every_shape_covers_the_area_of_its_circle() -> None:
    labels, ones = torch.arange(len(OUTLINES)), torch.ones(len(OUTLINES))
    cover = covered(labels, torch.zeros(len(OUTLINES), 2), 8 * ones, 0.3 * ones)
    areas = cover.sum(dim=(1, 2))
    torch.testing.assert_close(areas, torch.pi * 64 * ones, rtol=0.01, atol=0)


def test_distances_are_exact_at_hand_worked_points() -> None:
    half = torch.pi**0.5 / 2  # half the side of a square of area π
    x, y = torch.tensor([0.0, 1.0, half + 3]), torch.tensor([0.0, 0.0, half + 4])
    by_name = {outline.name: outline for outline in OUTLINES}
    circle = by_name["circle"].distance(x, y)
    square = by_name["square"].distance(x, y)
    assert circle[:2].tolist() == [-1, 0]
    torch.testing.assert_close(square, torch.tensor([-half, 1 - half, 5.0]))


@pytest.mark.parametrize("outline", OUTLINES, ids=lambda outline: outline.name)
def test_no_outline_reaches_further_than_the_room_that_is_kept(outline: object) -> None:
    angle = torch.linspace(0, 2 * torch.pi, 721)
    distance = outline.distance(REACH * angle.cos(), REACH * angle.sin())  # type: ignore[attr-defined]
    assert distance.min() >= 0


def test_nothing_is_cut_off_at_the_furthest_place_that_jitter_allows() -> None:
    labels, radius = torch.arange(len(OUTLINES)).repeat(40), torch.full((200,), 7.0)
    room = torch.full((200, 2), SIDE / 2 - REACH * 7)
    cover = covered(labels, room, radius, torch.linspace(0, 2 * torch.pi, 200))
    torch.testing.assert_close(cover.sum(dim=(1, 2)), torch.pi * radius**2, rtol=0.015, atol=0)


def test_another_background_leaves_the_same_objects_pixel_by_pixel() -> None:
    settings = {"jitter": 0, "smallest": 8, "largest": 8}
    by_class, anything = (plain_shapes(background=b, **settings) for b in ("class", "random"))
    assert torch.equal(by_class.labels, anything.labels)
    middle = (..., slice(14, 18), slice(14, 18))
    assert torch.equal(by_class.inputs[middle], anything.inputs[middle])
    corners = by_class.inputs[..., :3, :3] - anything.inputs[..., :3, :3]
    changed = corners.abs().amax(dim=(1, 2, 3)) > 0.01
    assert 0.7 < changed.float().mean() < 0.9  # a fifth keep their texture by chance


def background_classifier(train: Examples, test: Examples) -> float:
    """The accuracy of the nearest class mean of a border's spectrum: it never sees the object."""

    def spectrum(inputs: torch.Tensor) -> torch.Tensor:
        edge = torch.cat([inputs[:, 0, :4], inputs[:, 0, -4:]], 1)
        waves: torch.Tensor = torch.fft.rfft(edge - edge.mean(-1, keepdim=True))
        return waves.abs().mean(1)

    features = spectrum(train.inputs)
    means = torch.stack([features[train.labels == k].mean(0) for k in range(len(train.classes))])
    guesses = torch.cdist(spectrum(test.inputs), means).argmin(1)
    return (guesses == test.labels).float().mean().item()


def test_the_background_tells_the_class_only_where_it_is_meant_to() -> None:
    settings = {"count": 1000, "smallest": 4, "largest": 5, "jitter": 0.3}
    train = plain_shapes(background="class", seed=1, **settings)
    same = plain_shapes(background="class", seed=2, **settings)
    other = plain_shapes(background="random", seed=2, **settings)
    assert background_classifier(train, same) > 0.45
    assert background_classifier(train, other) < 0.27


def test_fixed_colours_are_one_a_class_and_random_ones_are_not() -> None:
    settings = {"jitter": 0, "smallest": 8, "largest": 8}
    for colour, expected in (("fixed", 1), ("random", 40)):
        examples = plain_shapes(colour=colour, **settings)
        centres = examples.inputs[examples.labels == 0][:, :, 16, 16]
        assert len(set(map(tuple, centres.tolist()))) == expected


def test_there_is_a_texture_for_every_shape() -> None:
    assert len(TEXTURES) >= len(OUTLINES)


def test_unknown_names_and_values_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no data set 'cats'; there are mnist-sample"):
        DATA_SETS["cats"]
    with pytest.raises(ValueError, match="Two moons has no setting 'size'; it has count, noise"):
        load("moons", size=3)
    with pytest.raises(ValueError, match=r"noise is 2, but it goes from 0 to 0\.5"):
        load("moons", noise=2)
    with pytest.raises(ValueError, match="background is 'sea', but it is one of plain, class"):
        load("shapes", background="sea")
    with pytest.raises(ValueError, match="noise is 'much', but it is a number"):
        load("moons", noise="much")
    assert BACKGROUND.check("class") == "class"


def test_examples_that_do_not_fit_together_are_refused() -> None:
    labels = torch.zeros(3, dtype=torch.int64)
    with pytest.raises(ValueError, match="3 labels need inputs"):
        Examples("a", "A", torch.zeros(4, 2), labels, ("a", "b"), None, "")
    with pytest.raises(ValueError, match=r"in 1\.\.2, not 3"):
        Examples("a", "A", torch.zeros(3, 2), labels, ("a", "b"), 3, "")


def test_the_registry_imports_none_of_the_libraries_that_only_some_data_need() -> None:
    script = (
        "import sys\nimport explainer.training.data.registry\n"
        "import explainer.training.data.own.folders\n"
        "import explainer.training.data.download\n"
        "heavy = {'sklearn', 'skimage', 'torchvision', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
