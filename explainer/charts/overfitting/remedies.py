"""What remedies do against learning by heart, and what they cost: one line each, weak to strong."""

from __future__ import annotations

from typing import Any

import altair as alt
import pyarrow as pa

from explainer.charts.specs import bare, number_texts, number_tip, table_of
from explainer.charts.theme import Theme
from explainer.generalisation.remedies import NONE, REMEDIES, Remedies
from explainer.words import _, cached, gettext


def remedy_points(found: Remedies, share: float, place: int) -> pa.Table:
    """A row for each setting: random labels learned and new digits right, in percent.

    The digits are those after learning with `share` of random labels; `here` marks the settings
    at that place of strength, or the only ones.
    """
    rows = []
    for remedy in REMEDIES:
        for order, one in enumerate(tried := found.of(remedy.slug)):
            here = len(tried) == 1 or order == place
            means = (100 * float(each.mean()) for each in (one.by_heart, one.right(share)))
            rows.append((remedy.slug, gettext(remedy.title), one.strength, order, here, *means))
    return table_of(
        rows, remedy=pa.string(), title=pa.string(), strength=pa.string(), order=pa.int64(),
        here=pa.bool_(), heart=pa.float64(), right=pa.float64(),
    )  # fmt: skip


def remedy_colours(theme: Theme) -> dict[str, str]:
    """The colour of each remedy, by its slug."""
    slugs = [one.slug for one in REMEDIES if one.slug != NONE]
    return dict(zip(slugs, theme.categorical, strict=False))


@cached
def remedy_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `remedy_points`; nothing done is a cross."""
    colours = remedy_colours(theme)
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(**number_texts("heart", "right"))
        .encode(
            x=alt.X("heart:Q", title=_("random labels learned by heart (%)"),
                    scale=alt.Scale(domain=[0, 100], nice=False)),
            y=alt.Y("right:Q", title=_("new digits right (%)"), scale=alt.Scale(zero=False)),
            tooltip=[
                alt.Tooltip("title:N", title=_("remedy")),
                alt.Tooltip("strength:N", title=_("strength")),
                number_tip("heart", _("learned by heart (%)")),
                number_tip("right", _("new digits right (%)")),
            ],
        )
    )  # fmt: skip
    colour = alt.Color(
        "remedy:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=None,
    )  # fmt: skip
    tried = base.transform_filter(f"datum.remedy != '{NONE}'").encode(color=colour)
    line = tried.mark_line(strokeWidth=1.5, opacity=0.6).encode(order="order:Q")
    dots = tried.mark_point(filled=True, opacity=1).encode(
        size=alt.condition("datum.here", alt.value(170), alt.value(45))
    )
    plain = base.transform_filter(f"datum.remedy == '{NONE}'")
    cross = plain.mark_point(
        shape="cross", filled=True, size=190, color=theme.text, opacity=1
    ).encode()
    said = plain.mark_text(dy=20, align="right", dx=8, color=theme.text, fontSize=12).encode(
        text="title:N"
    )
    return bare(alt.layer(line, dots, cross, said).properties(height=400))
