"""Networks that are not shipped, in a real browser: ImageNet's, and the best of one's own race."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import BrowserContext, Page, expect

from explainer.images.gallery import gallery_picture
from explainer.networks.zoo.preprocessing import as_input, for_maps
from explainer.networks.zoo.torchvision_models import CLASSIFIERS
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.export import describe, weights_file
from explainer.training.recipe.recipe import Network, Recipe, Training
from scripts.serving import serving
from tests.browser.conftest import OpenPage, on_every_screen
from tests.browser.test_feature_maps import PLACE, number, painted
from tests.browser.test_filters import named
from tests.networks.random_networks import torchvision_network

IMAGENET = "feature_maps.network=ImageNet+networks&feature_maps.imagenet={}"
SMALL = Network(channels=4, blocks=1, dense_layers=0)
RACE = "/training_lab?training_lab.recipes=name-Mine~steps-40~ch-4&training_lab.seeds=1"


@pytest.fixture(scope="module")
def resnet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """ResNet-18 with random weights, and a folder for torch that has them and nothing else."""
    home, patch = tmp_path_factory.mktemp("torch"), pytest.MonkeyPatch()
    patch.setenv("TORCH_HOME", str(home))
    torch.manual_seed(0)
    network = torchvision_network("resnet18")
    path = CLASSIFIERS["resnet18"].path
    path.parent.mkdir(parents=True)
    torch.save(network.state_dict(), path)
    patch.undo()
    return network, home


@pytest.fixture(scope="module")
def imagenet(browser: BrowserContext, resnet: tuple[Any, Path]) -> Iterator[str]:
    """The address of a server that finds those weights."""
    with serving({"TORCH_HOME": str(resnet[1])}) as served:
        yield served.url


def under_the_pointer(page: Page) -> tuple[float, int, int]:
    """Point at the map; the value and the pixel that the page says."""
    surface = page.locator('.unit .pane[data-pane="map"] .surface')
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    readout = page.locator(".unit .readout")
    expect(readout.locator(".value")).not_to_be_empty()
    found = PLACE.search(readout.inner_text())
    assert found
    return number(readout.locator(".value").inner_text()), int(found[1]), int(found[2])


@pytest.mark.slow
def test_a_network_of_a_thousand_classes_gives_pytorchs_numbers(
    open_page: OpenPage, imagenet: str, resnet: tuple[Any, Path]
) -> None:
    page = open_page("/feature_maps?picture=chelsea&feature_maps.side=128", url=imagenet)
    painted(page)
    page.get_by_role("radio", name="ImageNet networks").click()
    expect(page.get_by_text("conv1, map 0").first).to_be_visible(timeout=30_000)
    painted(page)
    value, y, x = under_the_pointer(page)
    network, entry = resnet[0], CLASSIFIERS["resnet18"]
    inputs = as_input(for_maps(gallery_picture("chelsea").codes, entry, 128), entry)
    with torch.no_grad():
        wanted = float(network.conv1(inputs)[0, 0, y, x])
    assert value == pytest.approx(wanted, abs=2e-3)


@pytest.mark.slow
def test_a_network_that_is_not_there_is_offered_with_its_size(
    open_page: OpenPage, imagenet: str, screenshot: Callable[[Page, str], Path]
) -> None:
    query = IMAGENET.format("AlexNet") + "&picture=chelsea"
    page = open_page(f"/feature_maps?{query}", url=imagenet, viewport="phone")
    button = page.get_by_role("button", name=re.compile(r"Fetch AlexNet \(244 MB\)"))
    expect(button).to_be_visible()
    expect(page.get_by_text("goes on with Small VGG")).to_be_visible()
    painted(page)
    screenshot(page, "network-offered-phone")


@pytest.mark.slow
@pytest.mark.parametrize("viewport", ["desktop", "phone"])
def test_screenshot_of_a_deep_network_fits_the_screen(
    open_page: OpenPage,
    imagenet: str,
    screenshot: Callable[[Page, str], Path],
    viewport: Any,
) -> None:
    query = IMAGENET.format("ResNet-18") + "&picture=chelsea"
    page = open_page(f"/feature_maps?{query}", url=imagenet, viewport=viewport)
    painted(page)
    page.locator(".schematic").scroll_into_view_if_needed()
    screenshot(page, named("resnet18", viewport, "light"))


def test_the_best_network_of_a_race_is_looked_into_and_a_pixel_measured(
    open_page: OpenPage, screenshot: Callable[[Page, str], Path]
) -> None:
    page = open_page(RACE)
    page.get_by_role("button", name="Start the race").click()
    page.get_by_role("tab", name="Look inside").click()
    take = page.get_by_role("button", name="Take it along")
    expect(take).to_be_visible(timeout=60_000)
    take.click()
    page.get_by_role("link", name="Open in Feature maps").click()
    expect(page.get_by_text("Your network: Mine")).to_be_visible(timeout=30_000)
    painted(page)
    expect(page.get_by_text("takes 8 × 8 pixels and no other size")).to_be_visible()
    surface = page.locator('.unit .pane[data-pane="map"] .surface')
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.55 * box["width"], box["y"] + 0.55 * box["height"])
    page.get_by_role("tab", name="Receptive field").click()
    expect(page.get_by_text(re.compile("of the gradient"))).to_be_visible(timeout=30_000)
    page.get_by_text("Does it use all that it sees?").scroll_into_view_if_needed()
    screenshot(page, "own-network")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of weights as the lab and the command line write it."""
    examples = load("digits")
    recipe = Recipe(SMALL, training=Training(steps=20), name="Mine")
    run = Run(recipe, 0, prepare(examples, Split(train_size=100)))
    for _ in train(run):
        pass
    path = tmp_path_factory.mktemp("weights") / "1-mine-seed-0.safetensors"
    path.write_bytes(weights_file(run, describe(examples)))
    return path


@on_every_screen
def test_a_saved_network_opens_on_feature_maps_and_a_wrong_file_says_why(
    open_page: OpenPage,
    saved: Path,
    viewport: Any,
    scheme: Any,
    screenshot: Callable[[Page, str], Path],
) -> None:
    page = open_page("/feature_maps", viewport=viewport, colour_scheme=scheme)
    painted(page)
    page.get_by_role("button", name="Open a saved network").click()
    chooser = page.locator(".st-key-feature_maps-saved input[type=file]")
    wrong = saved.with_name("notes.txt")
    wrong.write_text("nothing of a network")
    chooser.set_input_files(wrong)
    words = "notes.txt: This is no safetensors file"
    said = page.get_by_test_id("stPopoverBody").get_by_text(words)
    expect(said).to_be_visible()
    screenshot(page, f"saved-wrong-{viewport}-{scheme}")
    chooser.set_input_files(saved)
    expect(page.get_by_role("radio", name="Your network: Mine")).to_be_checked(timeout=30_000)
    expect(said).to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="About this network").click()
    expect(page.get_by_text("it was after step").first).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    painted(page)
    screenshot(page, f"saved-{viewport}-{scheme}")
