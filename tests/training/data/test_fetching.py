"""Downloads that go on by themselves: one for all who wait, stopped only where nobody does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from explainer.networks.zoo.torchvision_models import CLASSIFIERS, DownloadError, download
from explainer.training.data import fetching
from explainer.training.data.fetching import Fetch, Wanted, fetch_of, fetching_allowed, leave
from tests.served_weights import DATA, SLOW, right_name, served_as

pytestmark = pytest.mark.usefixtures("checkpoints", "_nothing_fetched")
SLUG = "mobilenet-v3"
Server = tuple[str, list[str]]


@pytest.fixture
def _nothing_fetched() -> Iterator[None]:
    fetching._FETCHES.clear()
    yield
    fetching._FETCHES.clear()


def fetch(slug: str, visitor: str) -> Fetch:
    """The weights of a network, wanted by `visitor`."""
    total = round(CLASSIFIERS[slug].megabytes * 1e6)
    get = partial(download, slug)
    return fetching.fetch(Wanted(slug, "A network", total, get, DownloadError), visitor)


def until(there: Callable[[], bool]) -> None:
    """Wait until something is so, for some minutes at most."""
    deadline = time.monotonic() + 300
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ended(found: Fetch) -> Fetch:
    """The download once it is over."""
    until(lambda: found.over)
    return found


def test_two_visitors_wait_for_one_download(
    weights_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = served_as(monkeypatch, right_name(weights_server[0], SLOW))
    first, second = fetch(SLUG, "one"), fetch(SLUG, "two")
    assert first is second is fetch_of(SLUG)
    until(lambda: first.done > 0)
    assert 0 < first.share <= 1
    assert first.total == len(DATA)
    assert ended(first).error == ""
    assert entry.path.read_bytes() == DATA
    assert len(weights_server[1]) == 1


def test_it_goes_on_for_who_waits_and_ends_where_nobody_does(
    weights_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = served_as(monkeypatch, right_name(weights_server[0], SLOW))
    found = fetch(SLUG, "one")
    fetch(SLUG, "two")
    leave(SLUG, "one")
    until(lambda: found.done > 0)
    assert not found.over
    leave(SLUG, "two")
    assert ended(found).error == ""
    assert not entry.path.exists()
    assert list(entry.path.parent.iterdir()) == []
    again = fetch(SLUG, "one")
    assert again is not found
    assert ended(again).share == 1
    assert entry.path.exists()


def test_what_went_wrong_is_one_sentence_and_it_can_be_tried_again(
    weights_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    served_as(monkeypatch, f"{weights_server[0]}/not-there-0.pth")
    found = ended(fetch(SLUG, "one"))
    assert found.error.startswith("The weights of MobileNetV3-Large could not be fetched (")
    served_as(monkeypatch, right_name(weights_server[0]))
    assert ended(fetch(SLUG, "one")).error == ""


def test_a_server_can_forbid_it(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGLASS_FETCH", "0")
    assert not fetching_allowed()
    with pytest.raises(PermissionError, match="DEEPGLASS_FETCH is 0"):
        fetch(SLUG, "one")
    assert fetch_of(SLUG) is None
    assert not checkpoints.exists()


def test_who_leaves_what_nobody_fetches_changes_nothing() -> None:
    leave(SLUG, "one")
    assert fetch_of(SLUG) is None
