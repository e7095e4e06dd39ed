"""The end of every page: each answer is worked out here, and the page says it when it is asked."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d
from torchvision.transforms import v2

from explainer.convolution.sharing import CONNECTIONS, FirstLayer
from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.target import ClassLogit
from explainer.gradients.check.checking import Setting
from explainer.gradients.check.sweep import EPSILONS, sweep
from explainer.gradients.depth.batch import digit_batch
from explainer.gradients.depth.presets import DEPTH_PRESETS
from explainer.gradients.depth.untrained_pass import at_depth, pass_through
from explainer.networks.drill.windows import Field
from explainer.networks.zoo.shared import entry, layers_of
from explainer.regularisation.shapes import PENALTIES
from explainer.topics import TOPICS
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.recipe.recipe import Network, Recipe, Training
from explainer.ui.ending.predictions import PREDICTIONS
from tests.app.reading import app_at, text_of

SEEDS = (3, 4)


def two_boxes() -> int:
    box = np.full((3, 3), 1 / 9)
    both = convolve2d(box, box)
    assert both[2, 2] == pytest.approx(9 / 81)
    assert both[0, 0] == pytest.approx(1 / 81)
    return 0 if both.shape == (5, 5) and both[2, 2] == both.max() > both[0, 0] else 2


def twice_as_large() -> int:
    dense, __, shared = CONNECTIONS
    small, large = FirstLayer(32, 48, 8, 3), FirstLayer(64, 96, 8, 3)
    times = [one.count(large).weights // one.count(small).weights for one in (dense, shared)]
    return [[4, 4], [16, 1], [4, 1]].index(times)


def seen_after_pooling() -> int:
    vgg = entry("vgg")
    layers = {one.name: one for one in layers_of(vgg, (3, 32, 32))}
    sizes = []
    for name in ("conv1_2", "conv2_1"):
        field = layers[name].field[0]
        assert isinstance(field, Field)
        sizes.append(field.size)
    assert sizes[0] == 5
    return [7, 8, 10, 12].index(sizes[1])


def sum_of_integrated_gradients() -> int:
    for seed in SEEDS:
        torch.manual_seed(seed)
        network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 5)
        ).eval()
        picture = torch.rand(1, 3, 6, 6)
        with torch.no_grad():
            logit, black = (float(network(one)[0, 2]) for one in (picture, 0 * picture))
        answer = attribute(
            network, picture, ClassLogit(2), "integrated-gradients",
            settings={"steps": 64}, black=torch.zeros(1, 3, 1, 1),
        )  # fmt: skip
        assert abs(black) > 0.01
        assert answer.values.sum() == pytest.approx(logit - black, abs=0.01)
    return 1


def slope_at_six() -> int:
    x = torch.tensor(6.0, requires_grad=True)
    torch.sigmoid(x).backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    return int(np.argmin(np.abs(np.log([0.1, 0.02, 0.0025]) - np.log(float(x.grad)))))


def relu_with_xavier() -> int:
    story = DEPTH_PRESETS["xavier-or-he"]
    network = at_depth(story.settings[0], story.depth, story.width)
    assert (story.depth, story.width) == (30, 256)
    assert (network.activation, network.initialisation) == ("relu", "xavier")
    gradient = pass_through(network, digit_batch(64, SEEDS[0]), SEEDS[0]).gradient
    assert gradient[0] / gradient[-1] < 1e-4
    return 3


def error_below_the_best_step() -> int:
    for seed in SEEDS:
        errors = dict(zip(EPSILONS, sweep(Setting(seed=seed), np.float64).errors, strict=True))
        assert errors[1e-9] > 100 * errors[1e-5]
    return 0


def sharpness_of_the_same_function() -> int:
    """Of a network of two weights, v·relu(w·x), and of the same with 8·w and v/8."""
    x = torch.linspace(0.1, 2, 20, dtype=torch.float64)

    def loss(weights: torch.Tensor) -> torch.Tensor:
        return ((weights[1] * torch.relu(weights[0] * x) - x) ** 2).mean()

    found = []
    for weights in ([1.0, 1.0], [8.0, 1 / 8]):
        at = torch.tensor(weights, dtype=torch.float64)
        assert float(loss(at)) == pytest.approx(0)
        hessian = torch.autograd.functional.hessian(loss, at)  # type: ignore[no-untyped-call]
        found.append(float(torch.linalg.eigvalsh(hessian)[-1]))
    return 1 if found[1] > 10 * found[0] else 0


def stronger_at_a_small_weight() -> int:
    pulls = []
    for penalty in (PENALTIES["l1"], PENALTIES["l2"]):
        step, weight = 1e-6, np.array([0.001])
        values = [float(penalty.shape.values(weight + way * step)) for way in (1, -1)]
        pulls.append((values[0] - values[1]) / (2 * step))
    assert pulls[0] > 100 * pulls[1]
    return 0


def learned_by_heart() -> int:
    recipe = Recipe(Network(kind="mlp", depth=1, width=32), training=Training("sgd", 0.1, steps=60))
    losses = {}
    for size in (40, 1000):
        data = prepare(load("digits"), Split(train_size=size))
        race = Race([recipe], data, seeds=SEEDS, device=device("cpu"))
        race.play()
        while race.has_work:
            race.run_slice(0.2)
        ends = [run.last for run in race.snapshot.runs]
        losses[size] = [(one.train_loss, one.validation_loss) for one in ends if one]
        race.close()
    for few, many in zip(losses[40], losses[1000], strict=True):
        assert few[0] < many[0]
        assert few[1] > many[1]
    return 0


def mean_of_a_dropped_unit() -> int:
    kept = torch.rand(100_000, generator=torch.Generator().manual_seed(0)) >= 0.3
    factors = torch.tensor([0.3, 0.7, 1.0])
    return int((kept.float().mean() - factors).abs().argmin())


def share_left_as_it_was() -> int:
    picture = torch.rand(3, 2, 2, generator=torch.Generator().manual_seed(1))
    pipeline = v2.Compose([v2.RandomHorizontalFlip(0.5), v2.RandomGrayscale(0.1)])
    with torch.random.fork_rng():
        torch.manual_seed(0)
        left = np.mean([torch.equal(pipeline(picture), picture) for __ in range(4000)])
    return int(np.abs(np.array([0.4, 0.45, 0.5, 0.9]) - left).argmin())


def least_error_under_noise() -> int:
    chance = np.random.default_rng(0)
    x = np.linspace(-1, 1, 4000)
    measured = np.sin(3 * x) + chance.normal(0, 0.3, x.size)
    errors = [((measured - f) ** 2).mean() for f in (np.sin(3 * x), np.sin(2.5 * x), 1.5 * x)]
    return int(np.abs(np.array([0, 0.03, 0.09, 0.3]) - min(errors)).argmin())


def interval_of_ninety_in_a_hundred() -> int:
    """Of accuracies at both ends so many or more, and so few or fewer, come in 2.5 % of tests."""
    chance = np.random.default_rng(0)
    ends = np.array([(0.895, 0.905), (0.87, 0.93), (0.82, 0.95), (0.7, 0.99)])
    low = (chance.binomial(100, ends[:, 0], (40_000, 4)) >= 90).mean(0)
    high = (chance.binomial(100, ends[:, 1], (40_000, 4)) <= 90).mean(0)
    return int((np.abs(low - 0.025) + np.abs(high - 0.025)).argmin())


def limit_of_nesterov() -> int:
    """The rate η/λ at which the steps on a bowl of curvature 1 begin to grow."""
    limits = np.array([20, 3.8, 2, 1.36])

    def grows(rate: float, beta: float = 0.9) -> bool:
        place, velocity = 1.0, 0.0
        for __ in range(5000):
            velocity = beta * velocity + place
            place -= rate * (place + beta * velocity)
            if abs(place) > 1e6:
                return True
        return False

    assert [grows(0.98 * one) for one in limits] == [True, True, True, False]
    assert grows(1.02 * limits[3])
    return 3


def pull_of_the_tenth() -> int:
    residuals = torch.tensor([1.0, -1, 1, -1, 1, -1, 1, -1, 1, 10]).requires_grad_()
    (pulls,) = torch.autograd.grad(residuals.square().sum(), residuals)
    share = float(pulls[-1] / pulls.abs().sum())
    return int(np.abs(np.array([0.10, 0.34, 0.53, 0.92]) - share).argmin())


def ill_of_those_called_ill() -> int:
    ill, called = np.arange(100_000) < 100, np.zeros(100_000, bool)
    called[:99] = called[100 : 100 + 999] = True
    assert (called & ~ill).sum() / (~ill).sum() == pytest.approx(0.01)
    share = float(ill[called].mean())
    return int(np.abs(np.array([0.99, 0.5, 0.09, 0.01]) - share).argmin())


def loss_of_nothing_known() -> int:
    found = torch.nn.functional.cross_entropy(torch.zeros(50, 10), torch.arange(50) % 10)
    return int(np.abs(np.array([0.1, 1, 2.3, 10]) - float(found)).argmin())


ANSWERS: dict[str, Callable[[], int]] = {
    "filters": two_boxes,
    "why_convolution": twice_as_large,
    "feature_maps": seen_after_pooling,
    "attribution": sum_of_integrated_gradients,
    "activations": slope_at_six,
    "penalties": stronger_at_a_small_weight,
    "dropout": mean_of_a_dropped_unit,
    "optimisers": limit_of_nesterov,
    "losses": pull_of_the_tenth,
    "clinic": loss_of_nothing_known,
    "overfitting": least_error_under_noise,
    "metrics": ill_of_those_called_ill,
    "splits": interval_of_ninety_in_a_hundred,
    "augmentation": share_left_as_it_was,
    "depth": relu_with_xavier,
    "gradient_check": error_below_the_best_step,
    "landscape": sharpness_of_the_same_function,
    "training_lab": learned_by_heart,
}


@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_the_answer_of_a_prediction_is_right(slug: str) -> None:
    assert ANSWERS[slug]() == PREDICTIONS[slug].answer


def test_a_page_answers_a_prediction_and_leads_to_the_next() -> None:
    app = app_at("filters")
    asked = PREDICTIONS["filters"]
    assert asked.why not in text_of(app)
    wrong = (asked.answer + 1) % len(asked.options)
    app.radio(key="filters.predicted").set_value(wrong).run()
    assert f"**{asked.options[asked.answer]}.** {asked.why}" in text_of(app)
    app.radio(key="filters.predicted").set_value(asked.answer).run()
    assert f"**So it is.** {asked.why}" in text_of(app)
    ways = {one.proto.page for one in app.get("page_link")}
    assert "why_convolution" in ways


def test_every_page_leads_to_the_next() -> None:
    from explainer.ui.ending.ending import next_topic

    for one, other in pairwise(TOPICS):
        assert next_topic(one.slug) is other
    assert next_topic(TOPICS[-1].slug) is None
