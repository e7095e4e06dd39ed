"""Is it as sure as it should be? The diagram, the temperature and the table."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.likelihood.calibrated import RECIPES, SEEDS, STEPS, Asked, scores
from explainer.likelihood.calibrated import test_digits as digits_to_test
from explainer.likelihood.calibration import answers, best_temperature, binned, edges_of
from explainer.likelihood.examples import logits
from explainer.live_pictures import LivePicture
from explainer.ui.losses import calibration
from explainer.ui.losses.cooling import GRID
from tests.app.reading import html_of, message_to, section_of, split, text_of, unpacked


def made_up() -> Asked:
    """Networks that become surer as they learn, a quarter of the digits always misread."""
    random, labels = np.random.default_rng(4), np.arange(120) % 10
    said = np.where(random.random(120) < 0.75, labels, (labels + 1) % 10)
    sure = np.linspace(0.5, 8, len(STEPS))[:, None, None, None, None]
    shape = (len(STEPS), len(RECIPES), len(SEEDS), 120, 10)
    given = (sure * np.eye(10)[said] + 0.3 * random.standard_normal(shape)).astype(np.float32)
    return Asked(STEPS, given[..., ::2, :], given[..., 1::2, :], labels[::2], labels[1::2])


FOUND = made_up()
SCORES = scores(FOUND)


@pytest.fixture(autouse=True)
def _measured_before() -> Iterator[None]:
    calibration.KEPT.put("trained", (FOUND, SCORES))
    yield
    calibration.KEPT.clear()


def page() -> None:
    from explainer.ui.losses.calibration import calibration_section

    calibration_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"losses__{name}": value for name, value in query.items()})


def test_the_diagram_follows_the_hand() -> None:
    offered: LivePicture = opened(network="dropout", run="3").session_state["losses.belief.live"]
    for step, temperature, count in ((20, 0.2, 2), (200, 1, 15), (400, 5, 40)):
        sent = {"step": step, "temperature": temperature, "bins": count}
        header, blobs = split(offered.render(dict[str, object](sent), 3))
        json.dumps(header, allow_nan=False)
        at = STEPS.index(step), 2, 2
        one = answers(FOUND.fresh[at], FOUND.fresh_labels, temperature)
        wanted = binned(one, edges_of(one.confidence, count))
        assert [found["count"] for found in header["bins"]] == wanted.counts.tolist()
        full = [found for found in header["bins"] if found["count"]]
        for name, row in (("sure", wanted.confidence), ("right", wanted.accuracy),
                          ("low", wanted.low), ("high", wanted.high)):  # fmt: skip
            np.testing.assert_allclose([found[name] for found in full], row[np.isfinite(row)])
        best = best_temperature(FOUND.validation[at], FOUND.validation_labels)
        rows = header["table"]["rows"]
        assert [row["strong"] for row in rows].count(True) == 1
        assert rows[-1]["cells"][0] == f"fitted: T = {best:.2f}"
        chosen = next(row["cells"] for row in rows if row["strong"])
        assert chosen[1] == f"{100 * wanted.error:.1f}"
        assert header["also"] == "losses.cooling"
        cooling, arrays = unpacked(blobs[-1])
        assert cooling["at"] == temperature
        place = int(np.abs(GRID - temperature).argmin())
        assert GRID[place] == pytest.approx(temperature)
        assert arrays[0][place] == pytest.approx(one.surprise.mean(), rel=1e-4)
        assert header["keys"]["sure"] == "mean confidence"


@pytest.mark.parametrize("widths", ["width", "mass"])
def test_the_diagram_and_the_curves_say_the_same_at_every_position_of_the_slider(
    widths: str,
) -> None:
    app = opened(network="digit-cnn-mean", widths=widths)
    offered: LivePicture = app.session_state["losses.belief.live"]
    for temperature in (0.2, 0.25, 1.35, 1.45, 4.95, 5):
        header, blobs = split(offered.render({"temperature": temperature}, 3))
        chosen = next(row["cells"] for row in header["table"]["rows"] if row["strong"])
        assert chosen[0] == f"T = {temperature:.2f}"
        place = int(np.abs(GRID - temperature).argmin())
        assert GRID[place] == pytest.approx(temperature)
        surprise, error = unpacked(blobs[-1])[1][0].reshape(2, -1)[:, place]
        assert float(chosen[2]) == pytest.approx(surprise, abs=6e-4)
        assert float(chosen[1]) == pytest.approx(error, abs=0.06)


def test_sure_of_all_and_right_of_three_quarters_is_too_sure() -> None:
    header = message_to(opened(), "losses.belief.reliability")
    assert "**too sure**" in header["told"][0]
    early = message_to(opened(belief__step="20"), "losses.belief.reliability")
    assert "**not sure enough**" in early["told"][0]


def test_a_shipped_network_is_fitted_on_one_half_and_measured_on_the_other() -> None:
    app = opened(network="digit-mlp", widths="mass", belief__bins="4")
    header = message_to(app, "losses.belief.reliability")
    labels, given = digits_to_test()[1], logits("digit-mlp")
    best = best_temperature(given[::2], labels[::2])
    assert header["table"]["rows"][-1]["cells"][0] == f"fitted: T = {best:.2f}"
    one = answers(given[1::2], labels[1::2])
    assert header["told"][0].startswith(f"Right {100 * one.right.mean():.1f} %")
    counts = [found["count"] for found in header["bins"]]
    assert sum(counts) == 500
    assert max(counts) - min(counts) <= 2


@pytest.mark.parametrize("measure", ["gap", "error", "surprise", "wrong"])
def test_each_measure_is_drawn(measure: str) -> None:
    header = message_to(opened(measure=measure), "losses.learned.chart")
    low, high = header["span"]
    assert low < high
    assert len(header["series"]) == len(RECIPES)


def test_the_table_has_five_moments_with_their_verdicts() -> None:
    said = html_of(opened())
    assert said.count("<tr>") == 6
    assert '<th scope="col">confidence − accuracy</th>' in said
    temperature, cooled = SCORES.temperatures[0].mean(), 100 * SCORES.cooled[0].mean()
    assert f"<br>T = {temperature:.2f}: {cooled:.1f}</td>" in said
    assert "too sure" in said
    assert "not sure enough" in said


def test_whose_temperature_differs_from_the_means_is_said() -> None:
    notes = [one.value for one in opened(run="3").caption]
    assert any("one of them, run 3, with a T of its own" in one for one in notes)
    assert "one of them" not in " ".join(one.value for one in opened(network="digit-mlp").caption)


def test_the_script_is_that_of_the_state() -> None:
    app = opened(belief__code="true", belief__bins="7", belief__temperature="2", widths="mass")
    assert "BINS, EQUAL_MASS = 7, True" in app.code[0].value
    assert "for one in (1, 2.0, temperature)" in app.code[0].value


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    names = ("network", "widths", "measure", "run", "belief__step", "belief__temperature",
             "belief__bins", "learned__place")  # fmt: skip
    app = opened(**dict.fromkeys(names, value))
    assert "What to notice" in text_of(app)
