"""Networks that are not shipped, through the pages: fetched from a server, or taken from a race."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.images.gallery import gallery_picture
from explainer.networks.zoo.preprocessing import as_input, for_answer, for_maps
from explainer.networks.zoo.shared import ENTRIES, forget, layers_in
from explainer.networks.zoo.torchvision_models import CLASSIFIERS
from explainer.service import stop_service
from explainer.training.data import fetching
from explainer.training.data.root import VARIABLE
from explainer.training.export import best_weights, describe
from explainer.ui.training_lab.asking import answer_now
from explainer.ui.training_lab.control import origin_of
from tests.app.reading import app_at, arithmetic, message_to
from tests.networks.random_networks import torchvision_network
from tests.served_weights import SLOW, right_name, served_as

IMAGENET = {"network": "ImageNet networks"}  # as links had it before they had slugs
YOURS = ["Your network: Plain"]
RACE = "name-Plain~steps-30~ch-2~blocks-1!name-Odd .2a. one.2a.~net-mlp~steps-30~width-4"


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    stop_service()
    fetching._FETCHES.clear()
    for entry in ENTRIES:
        forget(entry.slug)
    layers_in.cache_clear()


@pytest.fixture
def resnet(checkpoints: Path) -> torch.nn.Module:
    """ResNet-18 with random weights, which lie where torch would have put the real ones."""
    torch.manual_seed(0)
    network = torchvision_network("resnet18")
    checkpoints.mkdir(parents=True)
    torch.save(network.state_dict(), CLASSIFIERS["resnet18"].path)
    return network


def at(page: str, **query: str) -> AppTest:
    """A page with settings of its own in the address."""
    own = {f"{page}__{name}": value for name, value in query.items()}
    return app_at(page, picture="chelsea", **own)


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_weights_that_are_there_open_on_feature_maps(resnet: torch.nn.Module) -> None:
    app = at("feature_maps", **IMAGENET)
    assert app.segmented_control(key="feature_maps.imagenet").value == "resnet18"
    assert "11,689,512 weights" in captions(app)
    assert "The likeliest 10 of 1,000; the others share" in captions(app)
    assert "224 × 224 pixels from the middle" in captions(app)
    assert "whole photo at 256 × 170" in captions(app)
    app.selectbox(key="feature_maps.layer.resnet18").set_value("layer1.0.add").run()
    assert not app.exception, app.exception
    told = arithmetic(app, 5, 6)
    entry, network = CLASSIFIERS["resnet18"], resnet
    inputs = as_input(for_maps(gallery_picture("chelsea").codes, entry, 256), entry)
    modules: Any = network
    with torch.no_grad():
        stem = modules.maxpool(modules.relu(modules.bn1(modules.conv1(inputs))))
        block = modules.layer1[0]
        wanted = block.bn2(block.conv2(block.relu(block.bn1(block.conv1(stem))))) + stem
    assert told["total"]["value"] == pytest.approx(float(wanted[0, 0, 5, 6]), abs=1e-4)


@pytest.mark.slow
def test_what_a_map_of_it_likes_and_its_first_kernels_are_shown(
    resnet: torch.nn.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    app = at("feature_maps", **IMAGENET, kernels="true", side="128")
    assert len(message_to(app, "feature_maps.kernels.maps")["labels"]) == 64
    app = at("feature_maps", **IMAGENET, likes="true", steps="32", side="128")
    assert "tiles of the photos that come with the app" in captions(app)
    app.button(key="feature_maps.paint").click().run()
    assert not app.exception, app.exception
    painted = app.session_state["feature_maps.painting"][1].latest
    assert painted.pictures.shape == (3, 64, 64, 3)


def test_the_ten_likeliest_are_torchs(resnet: torch.nn.Module) -> None:
    app = at("feature_maps", **IMAGENET)
    entry = CLASSIFIERS["resnet18"]
    with torch.no_grad():
        logits = resnet(as_input(for_answer(gallery_picture("chelsea").codes, entry), entry))[0]
    html = "".join(element.proto.body for element in app.get("html"))
    places = [html.index(f">{entry.classes[one]}</span></td>") for one in logits.topk(10).indices]
    assert places == sorted(places)
    assert html.count(f"<td>{float(logits.max()):.3f}".replace("-", "−")) == 1


def test_attribution_of_a_thousand_classes(resnet: torch.nn.Module) -> None:
    app = at("attribution", **IMAGENET)
    menu = app.selectbox(key="attribution.question")
    assert len(menu.options) == 1003
    assert menu.value == "predicted"
    assert menu.options[0].endswith("(predicted)")
    kept: dict[Any, Any] = app.session_state["attribution.kept"]
    found = next(one for place, one in kept.items() if place[-1] == "gradient")
    entry = CLASSIFIERS["resnet18"]
    inputs = as_input(for_answer(gallery_picture("chelsea").codes, entry), entry).requires_grad_()
    (wanted,) = torch.autograd.grad(resnet(inputs).max(), inputs)
    np.testing.assert_allclose(found.values, wanted[0].sum(0).numpy(), rtol=1e-2, atol=1e-4)
    assert "still to be computed" in captions(app)


def test_what_is_not_there_is_offered_with_its_size_and_the_shipped_one_goes_on(
    checkpoints: Path,
) -> None:
    for page in ("feature_maps", "attribution"):
        app = at(page, **IMAGENET, imagenet="VGG-16")
        assert app.button(key="fetch.vgg16").label == "Fetch VGG-16 (553 MB)"
        assert "goes on with Small VGG" in captions(app)
        assert "288,746 weights" in captions(app)


def test_a_download_is_watched_stopped_and_begun_again(
    weights_server: tuple[str, list[str]], checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_as(monkeypatch, right_name(weights_server[0], SLOW))
    app = at("feature_maps", **IMAGENET, imagenet="mobilenet-v3")
    app.button(key="fetch.mobilenet-v3").click().run()
    assert not app.exception, app.exception
    assert "Fetching MobileNetV3-Large: " in app.get("progress")[0].proto.text
    app.button(key="fetch.stop.mobilenet-v3").click().run()
    found = fetching.fetch_of("mobilenet-v3")
    assert found is not None
    wait_for(found)
    assert found.share < 1
    app.run()
    assert app.button(key="fetch.mobilenet-v3")


def test_without_a_network_one_sentence_and_the_page_goes_on(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_as(monkeypatch, "http://127.0.0.1:9/weights-0.pth")
    app = at("feature_maps", **IMAGENET, imagenet="MobileNetV3-Large")
    app.button(key="fetch.mobilenet-v3").click().run()
    found = fetching.fetch_of("mobilenet-v3")
    assert found is not None
    wait_for(found)
    app.run()
    assert not app.exception, app.exception
    assert "could not be fetched" in app.warning[0].value
    assert app.selectbox(key="feature_maps.layer.vgg").value == "conv1_1"


def test_a_server_that_fetches_nothing_says_so(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPGLASS_FETCH", "0")
    app = at("feature_maps", **IMAGENET, imagenet="AlexNet")
    assert "this server, which fetches no networks" in app.info[0].value.replace("not on ", "")
    assert not [button for button in app.button if str(button.key).startswith("fetch.")]


def wait_for(found: fetching.Fetch) -> None:
    """Until a download is over."""
    deadline = time.monotonic() + 300
    while not found.over:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def lab() -> AppTest:
    """The lab, its race over, with the tab open that looks inside."""
    app = app_at("training_lab", training_lab__recipes=RACE, training_lab__seeds="1")
    app.button(key="training_lab.start").click().run()
    ticket = app.session_state["training_lab.ticket"]
    deadline = time.monotonic() + 300
    while not ticket.race.snapshot.finished or ticket.race.has_work:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    app.session_state["training_lab.look"] = "Look inside"
    app.run()
    assert not app.exception, app.exception
    return app


def take(lab: AppTest, page: str) -> None:
    """Take the chosen network along and follow the link to a page."""
    lab.button(key="training_lab.inside.take").click().run()
    assert not lab.exception, lab.exception
    links = [link.proto.page for link in lab.get("page_link")]
    assert [link.rpartition("/")[2] for link in links][:2] == ["feature_maps", "attribution"]
    lab.switch_page(f"../pages/{page}.py").run()
    assert not lab.exception, lab.exception


def test_the_best_network_of_a_race_opens_on_feature_maps(lab: AppTest) -> None:
    take(lab, "feature_maps")
    assert lab.segmented_control(key="feature_maps.network").formatted_values == YOURS
    assert "as it was after step" in captions(lab)
    own = lab.session_state["own_networks"][0]
    lab.session_state["training_lab.ticket"].shut()  # the race's memory is free
    lab.run()
    key = f"feature_maps.layer.{own.slug}"
    assert lab.selectbox(key=key).options[0] == "conv1"
    index = int(lab.query_params["feature_maps.map"][0])
    modules: Any = own.network
    with torch.no_grad():
        wanted = modules[0](as_input(own.pictures[0], own))[0, index, 2, 3]
    told = arithmetic(lab, 2, 3)
    assert told["total"]["value"] == pytest.approx(float(wanted), abs=1e-5)
    assert [row["label"] for row in told["rows"]] == ["grey"]
    lab.segmented_control(key="feature_maps.shown").set_value("Your photo").run()
    assert not lab.exception, lab.exception
    assert "becomes 8 × 8 pixels, grey" in captions(lab)


def test_a_network_of_dense_layers_opens_and_its_name_is_shown_letter_by_letter(
    lab: AppTest,
) -> None:
    lab.segmented_control(key="training_lab.inside_of").set_value(1).run()
    take(lab, "feature_maps")
    titles = lab.segmented_control(key="feature_maps.network").formatted_values
    assert titles == [r"Your network: Odd \* one\*"]
    own = lab.session_state["own_networks"][0]
    for layer in lab.selectbox(key=f"feature_maps.layer.{own.slug}").options:
        lab.selectbox(key=f"feature_maps.layer.{own.slug}").set_value(layer).run()
        assert not lab.exception, lab.exception
        assert np.isfinite(arithmetic(lab, 0, 0)["total"]["value"])


def test_the_best_network_of_a_race_opens_on_attribution(lab: AppTest) -> None:
    take(lab, "attribution")
    assert lab.segmented_control(key="attribution.network").formatted_values == YOURS
    assert all(one.startswith("Why ") for one in lab.selectbox(key="attribution.question").options)
    tiles = message_to(lab, "attribution.maps")["tiles"]
    assert "Grad-CAM: map of the picture." in [one["alt"] for one in tiles]


def test_a_network_of_points_stays_in_the_lab() -> None:
    app = app_at(
        "training_lab", training_lab__recipes="net-mlp~steps-20", training_lab__data="Two moons"
    )
    app.button(key="training_lab.start").click().run()
    ticket = app.session_state["training_lab.ticket"]
    while ticket.race.snapshot.runs[0].best is None:
        time.sleep(0.05)
    app.session_state["training_lab.look"] = "Look inside"
    app.run()
    assert not app.exception, app.exception
    assert "training_lab.inside.take" not in [one.key for one in app.button]
    assert any("points, not pictures" in one.value for one in app.info)


@pytest.mark.parametrize("page", ["feature_maps", "attribution"])
def test_the_weights_taken_away_from_the_lab_open_in_another_visit(lab: AppTest, page: str) -> None:
    ticket = lab.session_state["training_lab.ticket"]
    origin = origin_of(ticket)
    assert origin is not None
    files = answer_now(ticket, lambda runs: best_weights(runs, describe(origin[1])))
    name, content = next(iter(files.items()))
    other = at(page)
    other.file_uploader(key=f"{page}.saved").upload(name, content).run()
    assert not other.exception, other.exception
    assert not other.error
    assert other.segmented_control(key=f"{page}.network").formatted_values == YOURS
    assert "as it was after step" in captions(other)
    assert len(other.session_state["own_networks"][0].pictures) == 24
    elsewhere = {"feature_maps": "attribution", "attribution": "feature_maps"}[page]
    other.switch_page(f"../pages/{elsewhere}.py").run()
    assert YOURS[0] in other.segmented_control(key=f"{elsewhere}.network").options


def test_a_file_that_is_no_network_leaves_one_sentence_until_it_is_removed() -> None:
    app = at("feature_maps")
    chosen = app.segmented_control(key="feature_maps.network").value
    for name, content, sentence in (
        ("weights.zip", b"PK\x03\x04" + bytes(50), "unpack it and open one of its"),
        ("**a**.safetensors", b"12345678" * 9, "the length of its header does not fit it"),
    ):
        app.file_uploader(key="feature_maps.saved").upload(name, content).run()
        assert not app.exception, app.exception
        assert sentence in app.error[0].value
        assert app.segmented_control(key="feature_maps.network").value == chosen
    assert r"\*\*a\*\*.safetensors" in app.error[0].value
    app.file_uploader(key="feature_maps.saved").set_value(None).run()
    assert not app.error


def test_a_sentence_about_a_network_stays_on_its_page() -> None:
    app = at("feature_maps")
    app.file_uploader(key="feature_maps.saved").upload("a.safetensors", b"12345678" * 9).run()
    assert app.error
    app.switch_page("../pages/filters.py").run()
    app.switch_page("../pages/feature_maps.py").run(timeout=60)
    assert not app.error
