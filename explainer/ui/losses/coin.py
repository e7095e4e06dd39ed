"""A coin: its likelihood and a prior's share in it, and the sum of one curve for each toss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.colour import rgb
from explainer.charts.theme import Theme
from explainer.likelihood.belief_script import coin_script
from explainer.likelihood.coin import MOST, TOSSED, Coin, relative, tosses
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten, signed
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.fold import while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _, language

KEY = "losses"
COIN, SUM = f"{KEY}.coin", f"{KEY}.coin_sum"
PARAMETERS = TOSSES, CHANCE, WORTH, MODE = (
    Parameter("tosses", N_("tosses n"), 20, 1, MOST, 1),
    Parameter("p", N_("your p"), 0.5, 0.01, 0.99, 0.01),
    Parameter("worth", N_("the prior is worth, in tosses"), 0, 0, 100, 1),
    Parameter("mode", N_("the prior is highest at"), 0.5, 0, 1, 0.05),
)
GRID = np.linspace(0, 1, 101)
MOST_NATS = 2.5
"""For each toss, where the axes end."""
PANELS = (
    Panel(N_("Log-likelihood (nats)"), N_("log-likelihood"), 200),
    Panel(N_("Cross-entropy (nats a toss)"), N_("cross-entropy"), 150, (0, MOST_NATS), 3),
)  # fmt: skip
LIKELIHOOD, PRIOR, POSTERIOR, GREY, DASHED = 0, 3, 1, 7, 8


def coin() -> None:
    """Tosses, a p to drag, and a prior; two charts that follow."""
    say(KEY, "likelihood")
    controls, left, right = st.columns([1, 1.5, 1.5], gap="medium")
    with controls:
        sliders = st.container()
        more = st.popover(_("More"), key=f"{COIN}.more", on_change="rerun")
    with while_open(more):
        slug = choice(_("Tossed"), TOSSED, key=f"{COIN}.tossed", widget=st.segmented_control)
    if (pinned := pinned_x(SUM)) is not None:
        live.put(COIN, CHANCE, pinned)
    moved = live.values(COIN, PARAMETERS)
    address = live.live_picture(COIN, _renderer(slug, moved.values))
    with sliders:
        live.sliders(COIN, PARAMETERS, moved, address=address)
    number = max(moved.number, pinned_number(SUM))
    upper, side = remembered(
        f"{COIN}.messages", (slug, moved, number, theme(), language()),
        lambda: (_likelihood(slug, moved.values, number, theme()),
                 _sum(slug, moved.values, number, theme())),
    )  # fmt: skip
    with left:
        board(COIN, upper)
    with right:
        curves(SUM, side)
    live.write_to_url(COIN, PARAMETERS, moved.values)
    fold = code_fold(_("The same in Python"), f"{COIN}.code")
    if fold.open:
        with fold:
            text = coin_script(_coin(slug, moved.values), moved.values[CHANCE.name])
            show_script(KEY, text, "deepglass_likelihood")
    say(KEY, "likelihood_notice")


def _coin(slug: str, values: Mapping[str, float]) -> Coin:
    count = round(values[TOSSES.name])
    heads = int(tosses(slug)[:count].sum())
    return Coin(heads, count, values[MODE.name], values[WORTH.name])


def _renderer(slug: str, resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        also = (SUM, _sum(slug, values, number, colours))
        return _likelihood(slug, values, number, colours, also)

    return render


def _likelihood(
    slug: str, values: Mapping[str, float], number: int, colours: Theme,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    one, at = _coin(slug, values), int(np.abs(GRID - values[CHANCE.name]).argmin())
    likelihood, prior = one.log_likelihood(GRID), one.log_prior(GRID)
    palette = colours.categorical
    entries = [Entry(_("likelihood"), "line", palette[LIKELIHOOD], relative(likelihood))]
    if one.worth:
        entries += [
            Entry(_("prior"), "line", palette[PRIOR], relative(prior), "5 4"),
            Entry(_("both: posterior"), "line", palette[POSTERIOR], relative(likelihood + prior)),
        ]
    here = np.full(len(GRID), np.nan)
    here[at] = relative(likelihood)[at]
    entries.append(Entry(_("your p"), "discs", palette[LIKELIHOOD], here))
    return board_message(
        COIN, GRID, Axis(_("chance p"), (0, 1)),
        Axis(_("In parts of the greatest value"), (0, 1.04), decimals=3), entries, at=at,
        number=number, told=_told(one, values[CHANCE.name]), height=330, also=also,
        alt=_("The likelihood over the chance, and with a prior that and the posterior."),
    )  # fmt: skip


def _told(one: Coin, p: float) -> list[str]:
    log = float(one.log_likelihood(p))
    found = [
        _(
            "{heads} of {count}. At p = {p} the likelihood is {likelihood}, its logarithm {log}, "
            "and the negative mean of that {mean} nats.",
            heads=one.heads, count=one.count, p=f"{p:.2f}", likelihood=_power(log),
            log=power_of_ten(log, 4), mean=f"{-log / one.count:.3f}",
        ),
        _("It is greatest at p = {share}, the share seen.", share=f"{one.share:.3f}"),
    ]  # fmt: skip
    if one.worth:
        found.append(
            _(
                "With the prior at {maximum}, by {moved} from there: the prior is worth {worth} of "
                "{all} tosses.",
                maximum=f"{one.maximum_a_posteriori:.3f}",
                moved=signed(one.maximum_a_posteriori - one.share, 3), worth=f"{one.worth:g}",
                all=f"{one.count + one.worth:g}",
            )
        )  # fmt: skip
    return found


def _power(log: float) -> str:
    """A number by its natural logarithm, be it ever so small."""
    exponent = int(np.floor(log / np.log(10)))
    if exponent > -3:
        return f"{np.exp(log):.4f}"
    return power_of_ten(float(f"{10 ** (log / np.log(10) - exponent):.2f}e{exponent}"), 3)


def _sum(slug: str, values: Mapping[str, float], number: int, colours: Theme) -> bytes:
    one, p = _coin(slug, values), values[CHANCE.name]
    seen = tosses(slug)
    nothing = np.full(len(GRID), np.nan)
    fewer, dashed = _fewer(one.count), stroke(GREY + DASHED, colours)
    lines = []
    for place, count in enumerate(fewer, 1):
        shade = _between(colours.background, dashed.colour, 0.3 + 0.7 * place / len(fewer))
        part = Coin(int(seen[:count].sum()), count)
        lines.append(Line(_("after {count}", count=count), replace(dashed, colour=shade),
                          np.stack([part.log_likelihood(GRID), nothing])))  # fmt: skip
    logs, means = one.log_likelihood(GRID), one.cross_entropy(GRID)
    lines.append(
        Line(_("all {count}", count=one.count), stroke(LIKELIHOOD, colours),
             np.stack([logs, means]),
             points=[[(p, float(one.log_likelihood(p)))], [(p, float(one.cross_entropy(p)))]])
    )  # fmt: skip
    panels = [replace(panel, short=_(panel.short)) for panel in PANELS]
    panels[0] = replace(panels[0], span=(-MOST_NATS * one.count, 0), decimals=1)
    return curves_message(
        SUM, panels, lines, low=float(GRID[0]), reach=float(GRID[-1]), at=p, number=number,
        marks=[Mark(one.share, _("share seen"))], symbol="p",
        alt=_("The log-likelihood over p after fewer and after all tosses, and its negative mean."),
    )  # fmt: skip


def _between(low: str, high: str, share: float) -> str:
    """The colour at that share of the way from one to the other."""
    ends = np.array([rgb(low), rgb(high)])
    red, green, blue = np.rint(ends[0] + share * (ends[1] - ends[0])).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _fewer(count: int) -> list[int]:
    """Some numbers of tosses below `count`, five at most."""
    return sorted({round(count * part) for part in (0.05, 0.2, 0.4, 0.6, 0.8)} - {0, count})
