"""What a unit likes, on the page: crops, painted pictures, and the kernels that people wrote."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.convolution.bank import bank
from explainer.convolution.kernels import weights
from explainer.networks.visualisation import top_activations
from explainer.networks.visualisation.albums import tiles_of_photos
from explainer.networks.visualisation.first_kernels import (
    READINGS,
    compared,
    first_convolution,
)
from explainer.networks.visualisation.top_activations import Search
from explainer.networks.zoo.shared import shared_layers, shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.training.data.root import VARIABLE
from tests.app.moving import unfold
from tests.app.reading import app_at, message_to, text_of

VGG = SHIPPED["vgg"]


@pytest.fixture(autouse=True)
def searches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[tuple[str, str], Search]:
    """No data set, and no search that another test has begun."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    fresh = type(top_activations._SEARCHES)()
    monkeypatch.setattr(top_activations, "_SEARCHES", fresh)
    return fresh


def liking(layer: str, index: int, **query: str) -> AppTest:
    """The page where it shows what a map likes."""
    return app_at(
        "feature_maps", feature_maps__layer=layer, feature_maps__map=str(index),
        feature_maps__likes="true", feature_maps__side="128", **query,
    )  # fmt: skip


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return unescape("".join(element.proto.body for element in app.get("html")))


def captions(app: AppTest) -> str:
    """All captions of the page."""
    return " ".join(caption.value for caption in app.caption)


def buttons(app: AppTest) -> set[str]:
    """The labels of the buttons."""
    return {button.label for button in app.button}


def until_searched(app: AppTest) -> AppTest:
    """Run the page until the search is done."""
    for _ in range(60):
        if "Stop the search" not in buttons(app):
            return app
        app.run()
        assert not app.exception, app.exception
    raise AssertionError("the search does not end")


def test_nothing_is_searched_or_painted_before_somebody_asks(
    searches: dict[tuple[str, str], Search],
) -> None:
    app = app_at("feature_maps")
    assert not searches
    assert "Paint" not in buttons(app)
    assert not [one for one in app.get("bidi_component") if one.key == "feature_maps.kernels.maps"]


def test_the_best_crop_has_the_value_that_torch_gives() -> None:
    app = until_searched(liking("conv2_1_activation", 5))
    album = tiles_of_photos(32)
    inputs = VGG.normalise(torch.from_numpy(album.pictures).permute(0, 3, 1, 2).float() / 255)
    network = shared_network("vgg")
    with torch.no_grad():
        for module in list(network.children())[:10]:
            inputs = module(inputs)
    peaks = inputs[:, 5].flatten(1).max(1).values.sort(descending=True).values
    shown = re.findall(r"<b>([−\d.]+)</b><br>", html_of(app))
    assert [float(one) for one in shown[:12]] == [round(float(p), 2) for p in peaks[:12]]
    assert "363 tiles of the photos that come with the app" in captions(app)


def test_a_search_stops_when_asked_and_goes_on_when_asked(
    searches: dict[tuple[str, str], Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(top_activations, "MOST_PICTURES_AT_ONCE", 20)
    monkeypatch.setattr("explainer.ui.feature_maps.crops.SLICE", 0)
    app = liking("conv1_1", 3)
    app.button(key="feature_maps.search_stop").click().run()
    (search,) = searches.values()
    seen = search.seen
    assert 0 < seen < len(search.album)
    app.run()
    assert search.seen == seen
    assert "The search was stopped" in captions(app)
    app.button(key="feature_maps.search_on").click().run()
    assert search.seen > seen


def test_a_unit_that_nothing_excites_says_so() -> None:
    app = until_searched(liking("conv1_1_activation", 20))
    assert not (top_activations._SEARCHES["vgg", "conv1_1_activation"].best(20).values > 0).any()
    assert ["Map 20 is zero everywhere" in info.value for info in app.info] == [True]
    assert "crop of a picture" not in html_of(app)


def test_the_value_rises_while_one_looks_and_what_was_stopped_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("explainer.ui.feature_maps.painting.SLICE", 0)
    app = liking("conv3_1_activation", 5)
    app.button(key="feature_maps.paint").click().run()
    kept = app.session_state["feature_maps.painting"][1]
    first = kept.latest.values.copy()
    for _ in range(4):
        app.run()
    assert kept.latest.step >= 4
    assert (kept.latest.values > first).all()
    app.button(key="feature_maps.paint_stop").click().run()
    step = kept.latest.step
    app.run()
    assert (kept.ended, kept.latest.step) == (True, step)
    assert "Paint again" in buttons(app)
    assert "seed 3" in html_of(app)
    assert "driven through what goes into its activation, conv3_1_norm" in captions(app)
    assert not any(module._forward_hooks for module in shared_network("vgg").modules())


def test_another_map_has_not_been_painted_yet() -> None:
    app = liking("conv2_1", 5, feature_maps__steps="32")
    app.button(key="feature_maps.paint").click().run()
    assert "seed 1" in html_of(app)
    other = liking("conv2_1", 6)
    assert "seed 1" not in html_of(other)
    unfold(app).slider(key="feature_maps.smoothness").set_value(0.5).run()
    assert "Paint" in buttons(app)
    assert "seed 1" not in html_of(app)


@pytest.mark.parametrize("slug", ["lenet", "resnet20"])
def test_every_network_can_be_asked_at_its_first_and_last_layer(slug: str) -> None:
    entry = SHIPPED[slug]
    app = app_at(
        "feature_maps", feature_maps__network=entry.title, feature_maps__likes="true",
        feature_maps__side="128", feature_maps__steps="32",
    )  # fmt: skip
    names = [layer.name for layer in shared_layers(slug, (3, 32, 32))]
    for name in (names[0], names[-1]):
        app.selectbox(key=f"feature_maps.layer.{slug}").set_value(name).run()
        app.button(key="feature_maps.paint").click().run()
        assert not app.exception, app.exception
        painted = app.session_state["feature_maps.painting"][1].latest
        assert np.isfinite(painted.values).all()


def kernels_page(**query: str) -> AppTest:
    """The page where it compares kernels."""
    return app_at(
        "feature_maps", picture="coffee", feature_maps__kernels="true", feature_maps__side="128",
        **query,
    )  # fmt: skip


def test_the_verdict_counts_what_is_closer_than_chance() -> None:
    app = kernels_page()
    convolution = first_convolution(shared_network("vgg"), shared_layers("vgg", (3, 32, 32)))
    assert convolution is not None
    found = compared(convolution, READINGS["own-colours"])
    close = sum(one.strength >= bank(3).threshold for one in found)
    assert f"**{close} of 32** kernels" in text_of(app)
    message = message_to(app, "feature_maps.kernels.maps")
    assert message["numbers"] == [one.index for one in found]
    labels = message["labels"]
    assert len(labels) == 32
    assert labels[0].startswith(f"Kernel {found[0].index}: ")
    assert sum("nothing close" in label for label in labels) == 32 - close


def test_a_link_opens_the_kernel_it_names_and_says_where_nothing_is_close() -> None:
    convolution = first_convolution(shared_network("vgg"), shared_layers("vgg", (3, 32, 32)))
    assert convolution is not None
    last = compared(convolution, READINGS["own-colours"])[-1]
    app = kernels_page(feature_maps__kernel=str(last.index))
    assert f"Nothing hand-made is close to kernel {last.index}" in text_of(app)


def links(app: AppTest) -> list[dict[str, str]]:
    """What the links to the Filters page carry."""
    urls = [element.proto.url for element in app.get("link_button")]
    assert all(url.startswith("filters?") for url in urls)
    return [dict(parse_qsl(url.partition("?")[2])) for url in urls]


def test_the_links_open_the_same_kernels_on_the_filters_page() -> None:
    convolution = first_convolution(shared_network("vgg"), shared_layers("vgg", (3, 32, 32)))
    assert convolution is not None
    found = compared(convolution, READINGS["grey"])
    one = next(o for o in found if o.match and o.match.kernel.slug and o.match.kernel.parameters)
    assert one.match is not None
    app = kernels_page(feature_maps__reading="on grey", feature_maps__kernel=str(one.index))
    hand_made, learned = links(app)
    assert hand_made["picture"] == learned["picture"] == "coffee"
    opened = app_at("filters", **{name.replace(".", "__"): v for name, v in hand_made.items()})
    shown = message_to(opened, "filters.lens")
    wanted = weights(one.match.kernel.slug, **dict(one.match.kernel.parameters))
    np.testing.assert_allclose(np.array(shown["weights"]).ravel(), wanted.ravel(), atol=1e-6)
    own = app_at("filters", **{name.replace(".", "__"): v for name, v in learned.items()})
    shown = message_to(own, "filters.lens")
    pattern = one.pattern.weights / np.abs(one.pattern.weights).max()
    np.testing.assert_allclose(np.array(shown["weights"]).ravel(), pattern.ravel(), atol=1e-4)


def test_the_arithmetic_of_r_adds_up() -> None:
    html = html_of(kernels_page())
    rows = re.findall(r"<tr><td>\d, \d</td><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", html)
    assert len(rows) == 9
    products = [[float(cell.replace("−", "-")) for cell in row] for row in rows]
    total = re.search(r"<td>sum</td>.*?<b>(.*?)</b>", html)
    assert total is not None
    exact, r = (float(one.replace("−", "-")) for one in total[1].split(" ≈ "))
    assert sum(row[2] for row in products) == pytest.approx(exact, abs=0.006)
    assert r == round(exact, 2)


def test_r_has_two_decimals_wherever_it_is_said() -> None:
    app = kernels_page()
    labels = message_to(app, "feature_maps.kernels.maps")["labels"]
    shown = labels[0].partition("r = ")[2]
    assert re.fullmatch(r"−?\d\.\d\d", shown)
    assert f"r = {shown}. " in text_of(app)
