"""A page that runs anew and shows the same computes none of it again."""

from __future__ import annotations

import cv2
import pytest

from explainer.topics import TOPICS
from tests.app.reading import app_at

REMEMBERED = {
    "activations": ["activations.passages"],
    "depth": ["depth.points"],
    "feature_maps": ["feature_maps.seen", "feature_maps.sheet"],
    "gradient_check": ["gradient_check.cells"],
    "training_lab": ["training_lab.most", "training_lab.copies"],
}


@pytest.mark.usefixtures("service_of_its_own")
@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_a_rerun_computes_nothing_anew(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_at(slug)
    app.run()
    before = {key: app.session_state[key] for key in REMEMBERED.get(slug, [])}
    encoded = []
    encode = cv2.imencode

    def counted(suffix: str, *given: object) -> object:
        encoded.append(suffix)
        return encode(suffix, *given)  # type: ignore[call-overload]

    monkeypatch.setattr(cv2, "imencode", counted)
    app.run()
    assert not app.exception
    assert {".png", ".webp"}.isdisjoint(encoded)
    for key, kept in before.items():
        assert app.session_state[key] is kept, key
