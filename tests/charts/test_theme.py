"""The colours: the same in Python and in Streamlit's configuration, and readable."""

import tomllib
from pathlib import Path

import pytest

from explainer.charts.theme import THEMES, Theme, centred

CONFIG = tomllib.loads(
    (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
class TestTheme:
    def test_the_configuration_has_the_same_colours(self, theme: Theme) -> None:
        section = CONFIG["theme"][theme.name]
        assert section["backgroundColor"] == theme.background
        assert section["secondaryBackgroundColor"] == theme.surface
        assert section["textColor"] == theme.text
        assert section["borderColor"] == theme.grid
        assert tuple(section["chartCategoricalColors"]) == theme.categorical
        assert tuple(section["chartSequentialColors"]) == theme.sequential
        assert tuple(section["chartDivergingColors"]) == theme.diverging

    def test_text_stands_out_from_both_backgrounds(self, theme: Theme) -> None:
        assert contrast(theme.text, theme.background) >= 7
        assert contrast(theme.text, theme.surface) >= 7

    def test_the_eight_recipe_colours_differ_and_stand_out(self, theme: Theme) -> None:
        assert len(set(theme.categorical)) == 8
        assert all(contrast(colour, theme.background) >= 3 for colour in theme.categorical)

    def test_button_text_and_links_can_be_read(self, theme: Theme) -> None:
        section = CONFIG["theme"][theme.name]
        assert contrast("#ffffff", section["primaryColor"]) >= 4.5
        assert contrast(section["linkColor"], theme.background) >= 4.5

    def test_lightness_runs_one_way_from_zero(self, theme: Theme) -> None:
        scale = centred(theme)
        middle = len(scale) // 2
        assert scale[middle] == theme.background
        away = [abs(luminance(colour) - luminance(theme.background)) for colour in scale]
        assert away[: middle + 1] == sorted(away[: middle + 1], reverse=True)
        assert away[middle:] == sorted(away[middle:])
