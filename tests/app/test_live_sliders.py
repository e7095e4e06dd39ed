"""Whatever follows a slider listens under the slider's own name: else it moves on release alone."""

from __future__ import annotations

import pytest

from tests.app.reading import app_at, message_to

PLACES: tuple[tuple[str, dict[str, str]], ...] = (
    ("optimisers", {"optimisers.tab": "limit"}),
    ("losses", {"losses.tab": "likelihood"}),
    ("overfitting", {"overfitting.tab": "stopping"}),
    ("splits", {}),
    ("metrics", {"metrics.tab": "boxes"}),
    ("metrics", {"metrics.tab": "masks"}),
    ("metrics", {"metrics.tab": "intervals"}),
    ("penalties", {}),
    ("penalties", {"penalties.form": "budget"}),
    ("penalties", {"penalties.tab": "force"}),
    ("penalties", {"penalties.tab": "prior"}),
    ("penalties", {"penalties.tab": "strength"}),
    ("dropout", {"dropout.tab": "masks"}),
    ("dropout", {"dropout.tab": "test_time"}),
    ("dropout", {"dropout.tab": "doubt"}),
    ("augmentation", {}),
    ("augmentation", {"augmentation.answer": "40"}),
    ("augmentation", {"augmentation.survives": "label_strength"}),
    ("augmentation", {"augmentation.tab": "invariance"}),
)


@pytest.mark.parametrize(("slug", "query"), PLACES, ids=str)
def test_something_listens_to_every_group_of_sliders(slug: str, query: dict[str, str]) -> None:
    app = app_at(slug, **query)
    keys = [str(one.key) for one in app.get("bidi_component")]
    messages = {key: message_to(app, key) for key in keys}
    groups = {
        one["name"]
        for key, one in messages.items()
        if key.endswith(".sliders") and one.get("address") and one["parameters"]
    }
    heard = {one.get("name") for key, one in messages.items() if not key.endswith(".sliders")}
    assert groups
    assert groups <= heard
