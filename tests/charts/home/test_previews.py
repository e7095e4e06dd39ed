"""The invitations of the home page: computed, not drawn, and leading to something that exists."""

from __future__ import annotations

import pytest

from explainer.charts.home.previews import PREVIEWS, Preview
from explainer.charts.theme import THEMES, Theme
from explainer.topics import topic


@pytest.mark.parametrize("preview", PREVIEWS, ids=lambda preview: preview.question)
@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_an_invitation_has_a_picture_with_something_on_it(preview: Preview, theme: Theme) -> None:
    codes = preview.picture(theme)
    assert codes.shape[2] == 3
    assert codes.std() > 10
    assert len(preview.alt) > 40
    assert topic(preview.topic).slug == preview.topic
