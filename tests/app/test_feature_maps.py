"""The feature maps page: a network, a layer, a map, and the numbers behind a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.images.gallery import gallery_picture
from explainer.live_pictures import LivePicture
from explainer.networks.zoo.preprocessing import as_input, for_maps
from explainer.networks.zoo.shared import shared_layers, shared_network
from explainer.networks.zoo.shipped import SHIPPED
from tests.app.reading import app_at, arithmetic, message_to, text_of

VGG = SHIPPED["vgg"]


def layer_names() -> list[str]:
    """The layers of the small VGG."""
    return [layer.name for layer in shared_layers("vgg", (3, 256, 256))]


def choose(app: AppTest, layer: str) -> None:
    """Choose a layer by name."""
    app.selectbox(key="feature_maps.layer.vgg").set_value(layer).run()
    assert not app.exception, app.exception


def test_the_cat_is_a_cat_and_the_first_layer_is_open() -> None:
    app = app_at("feature_maps", picture="chelsea")
    assert app.selectbox(key="feature_maps.layer.vgg").value == "conv1_1"
    assert "86." in "".join(caption.value for caption in app.caption)
    header = message_to(app, "feature_maps.conv1_1.network.maps")
    assert len(header["labels"]) == 32
    assert header["numbers"] == list(range(32))
    assert message_to(app, "feature_maps.schematic")["output"][0] == ["cat", "97.2 %"]


def test_a_probability_reads_the_same_here_and_on_the_attribution_page() -> None:
    told = message_to(app_at("feature_maps", picture="chelsea"), "feature_maps.schematic")
    page = app_at("attribution", picture="chelsea")
    there = "".join(one.proto.body for one in page.get("html"))
    assert len(told["output"]) == 3
    for name, share in told["output"]:
        assert f"{name}</span><b>{share}</b>" in there


def test_the_arithmetic_of_a_pixel_adds_up_to_what_torch_gives() -> None:
    app = app_at("feature_maps", picture="chelsea", feature_maps__map="3")
    told = arithmetic(app, 20, 30)
    inputs = as_input(for_maps(gallery_picture("chelsea").codes, VGG, 256), VGG)
    network: Any = shared_network("vgg")
    with torch.no_grad():
        wanted = float(network[0](inputs)[0, 3, 20, 30])
    assert told["total"]["value"] == pytest.approx(wanted, abs=1e-5)
    assert [row["label"] for row in told["rows"]] == ["red", "green", "blue"]
    by_hand = sum(
        float((np.array(row["window"]) * np.array(row["weights"])).sum()) for row in told["rows"]
    )
    assert by_hand == pytest.approx(wanted, abs=1e-5)
    assert sum(term["value"] for term in told["terms"]) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("layer", layer_names())
def test_every_layer_can_be_looked_at(layer: str) -> None:
    app = app_at("feature_maps", picture="coins", feature_maps__side="128")
    choose(app, layer)
    told = arithmetic(app, 0, 0)
    assert told["heading"].startswith(layer)
    assert np.isfinite(told["total"]["value"])
    assert told["rows"] or told["terms"] or told["text"]


@pytest.mark.parametrize("slug", ["lenet", "resnet20"])
def test_some_layers_of_every_kind_of_the_other_networks_can_be_looked_at(slug: str) -> None:
    entry = SHIPPED[slug]
    app = app_at("feature_maps", feature_maps__network=entry.title, feature_maps__side="128")
    size = 128 if entry.any_size else 32
    kinds = {layer.kind: layer.name for layer in shared_layers(slug, (3, size, size))}
    for name in kinds.values():
        app.selectbox(key=f"feature_maps.layer.{slug}").set_value(name).run()
        assert not app.exception, app.exception
        assert np.isfinite(arithmetic(app, 0, 0)["total"]["value"])


def test_a_batch_norm_is_shown_by_itself_and_folded_into_the_convolution_before_it() -> None:
    app = app_at("feature_maps", feature_maps__side="128")
    choose(app, "conv1_2_norm")
    told = arithmetic(app, 20, 30)
    value, folded = told["total"]["value"], told["folded"]
    normalised, gamma, beta = (term["value"] for term in told["terms"])
    assert normalised * gamma + beta == pytest.approx(value, abs=1e-5)
    assert sum(term["value"] for term in folded["terms"]) == pytest.approx(value, abs=1e-5)
    network: Any = shared_network("vgg")
    norm, row = network.conv1_2_norm, folded["rows"][0]
    factor = float(norm.weight[0] / (norm.running_var[0] + norm.eps).sqrt())
    channel = int(row["label"].removeprefix("map "))
    wanted = factor * network.conv1_2.weight[0, channel]
    np.testing.assert_allclose(row["weights"], wanted.numpy(), rtol=1e-5)


def test_a_pinned_pixel_says_how_much_of_its_box_it_uses() -> None:
    app = app_at(
        "feature_maps", picture="chelsea", feature_maps__layer="conv3_2",
        feature_maps__tab="receptive-field",
    )  # fmt: skip
    assert "Click a pixel of the map to pin it" in "".join(one.value for one in app.caption)
    app.session_state["feature_maps.pinned.conv3_2"] = (20, 30)
    app.run()
    assert not app.exception, app.exception
    found = app.session_state["feature_maps.effective_field"][1]
    height, width = found.middle
    share = f"**{found.share_within(height, width):.0%} of the gradient**"
    assert share in text_of(app)
    assert found.share_within(height, width) > 0.4
    assert "In theory it sees **32 × 32** pixels" in text_of(app)


def test_one_scale_for_the_whole_network_is_the_same_for_every_layer() -> None:
    app = app_at("feature_maps", feature_maps__side="128")
    app.segmented_control(key="feature_maps.scale").set_value("the network").run()
    assert not app.exception, app.exception
    legends = []
    for layer in ("conv1_1", "conv3_2"):
        choose(app, layer)
        legend = message_to(app, "feature_maps.unit")["legend"]
        legends.append((legend["low"], legend["high"]))
    assert legends[0] == legends[1]
    choose(app, "conv3_2_activation")
    legend = message_to(app, "feature_maps.unit")["legend"]
    assert (legend["low"], legend["high"]) == ("0", legends[0][1])


def test_a_pin_in_the_maps_of_another_layer_is_none_in_these() -> None:
    app = app_at("feature_maps", feature_maps__pixel="3,5")
    assert message_to(app, "feature_maps.unit")["pinned"] == [3, 5]
    choose(app, "pool1")
    assert message_to(app, "feature_maps.unit")["pinned"] is None
    assert "feature_maps.pixel" not in app.query_params
    choose(app, "conv1_1")
    assert message_to(app, "feature_maps.unit")["pinned"] == [3, 5]


def test_a_link_opens_the_layer_and_the_map_it_names() -> None:
    app = app_at("feature_maps", feature_maps__layer="conv2_1", feature_maps__map="5")
    assert app.selectbox(key="feature_maps.layer.vgg").value == "conv2_1"
    assert message_to(app, "feature_maps.unit")["title"] == "conv2_1, map 5"


def test_a_link_to_what_is_not_there_opens_the_first_layer() -> None:
    app = app_at("feature_maps", feature_maps__layer="conv9", feature_maps__map="-1")
    assert message_to(app, "feature_maps.unit")["title"] == "conv1_1, map 0"


def test_a_pixel_that_is_none_is_refused_in_one_sentence() -> None:
    app = app_at("feature_maps")
    offered: LivePicture = app.session_state["feature_maps.live"]
    with pytest.raises(ValueError, match="no value at"):
        offered.render({"y": 100_000, "x": 0}, 1)
    with pytest.raises(ValueError, match="whole number"):
        offered.render({"y": "a", "x": 0}, 1)


def test_the_softmax_table_holds_every_class() -> None:
    app = app_at("feature_maps", picture="chelsea")
    html = "".join(element.proto.body for element in app.get("html"))
    for name in VGG.classes:
        assert f">{name}</span></td>" in html
    assert "ten things" in text_of(app)


def test_the_arithmetic_is_told_in_the_visitors_language_and_old_links_go_on_working() -> None:
    app = app_at("feature_maps", lang="xx", feature_maps__network="LeNet-5", feature_maps__map="2")
    assert app.segmented_control(key="feature_maps.network").value == "lenet"
    told = arithmetic(app, 2, 3)
    assert told["heading"] == "⟦conv1, map 2, row 2, column 3⟧"
    assert told["terms"][1]["label"] == "⟦bias⟧"
    facts = message_to(app, "feature_maps.schematic")["facts"]
    assert "⟦5 × 5 convolution⟧, ⟦6 maps⟧" in facts[0]


def test_the_order_brings_the_maps_to_the_front_that_are_like_vertical_edges() -> None:
    app = app_at("feature_maps", picture="chelsea", feature_maps__order="vertical-edges")
    header = message_to(app, "feature_maps.conv1_1.vertical-edges.maps")
    strengths = [float(label.split("r = ")[1][:4]) for label in header["labels"]]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] > 0.8
    assert sorted(header["numbers"]) == list(range(32))
    said = f"map {header['numbers'][0]} is the nearest, r = {strengths[0]:.2f}"
    assert said in "".join(one.value for one in app.caption)
    choose(app, "out")
    assert "too few pixels to be compared" in "".join(one.value for one in app.caption)


def test_the_name_of_an_input_leads_to_its_map_with_the_pixel_pinned() -> None:
    app = app_at("feature_maps", picture="chelsea", feature_maps__layer="conv2_1")
    told = arithmetic(app, 20, 30)
    first = told["rows"][0]
    assert first["label"] == f"map {first['from']['map']} of pool1"
    assert (first["from"]["y"], first["from"]["x"]) == (20, 30)
    place = first["from"]
    app.session_state["feature_maps.layer.vgg"] = place["layer"]
    app.session_state["feature_maps.map.pool1"] = place["map"]
    app.session_state["feature_maps.pinned.pool1"] = (place["y"], place["x"])
    app.run()
    unit = message_to(app, "feature_maps.unit")
    assert unit["title"] == f"pool1, map {place['map']}"
    assert unit["pinned"] == [20, 30]
    value = arithmetic(app, 20, 30)["total"]["value"]
    assert value == pytest.approx(first["window"][1][1], abs=1e-5)
