"""The landscape page: the planes while they are computed, the path, the curvature, one filter."""

from __future__ import annotations

import math
from html import escape

import numpy as np
import streamlit as st

from explainer.charts.landscape.planes import (
    off_plane_points,
    off_plane_spec,
    path_points,
    path_spec,
)
from explainer.gradients.landscape.comparing import comparison, share_below
from explainer.gradients.landscape.grid import levels
from explainer.gradients.landscape.plan import PATH
from explainer.gradients.landscape.plane import PICTURES
from explainer.gradients.landscape.script import script
from explainer.gradients.landscape.survey import Survey
from explainer.gradients.landscape.views import PanelView, Snapshot, VariantView
from explainer.powers import power_of_ten
from explainer.service import Ticket
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import chosen_place
from explainer.ui.common.chart import chart
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.landscape.controls import (
    Choice,
    choices,
    preset_menu,
    seen_in_story,
    story,
)
from explainer.ui.landscape.job import KEY, again, is_active, refusal, status, ticket_for
from explainer.ui.landscape.planes import contours, panel_name, surfaces
from explainer.words import _

SECONDS = 0.5
NEARLY_ALL = 0.99


def asked() -> Choice | None:
    """The story and the settings: what is surveyed, or None where they do not go together."""
    menu, words = st.columns([1, 2], gap="medium")
    with menu:
        preset_menu()
    choice = choices()
    if choice is not None:
        with words:
            story(choice.plan)
    return choice


def landscape(choice: Choice) -> Ticket[Survey] | None:
    """The planes, the path and the curvature, as far as they are computed."""
    ticket = ticket_for(choice.plan)
    if ticket is None:
        st.warning(refusal(choice.plan), icon=":material/info:")
        st.button(_("Try again"), key=f"{KEY}.try", on_click=again, args=(choice.plan,))
        return None
    stands = _stands(ticket)

    @st.fragment(run_every=SECONDS if is_active(ticket) else None)
    def panel() -> None:
        _draw(ticket, choice)
        if _stands(ticket) != stands:
            st.rerun()

    panel()
    return ticket


def _stands(ticket: Ticket[Survey]) -> tuple[bool, bool]:
    """What the rest of the page depends on: whether it moves, and whether there is a plane."""
    return is_active(ticket), bool(ticket.race.snapshot.panels)


def _draw(ticket: Ticket[Survey], choice: Choice) -> None:
    seen = ticket.race.snapshot
    top = st.container()
    below = st.container(key=f"{KEY}.stage")
    numbers = st.container()
    with top:
        status(ticket, choice.plan)
    if not any(one.rows for one in seen.panels):
        if seen.message:
            return
        below.caption(_("The planes stand here as soon as the networks are trained."))
        return
    with below:
        _planes_and_path(seen, choice)
    with numbers:
        seen_in_story(choice.plan, seen)
        say(KEY, "sharpness")
        _table(seen)
        st.caption(comparison(seen))


def _planes_and_path(seen: Snapshot, choice: Choice) -> None:
    """One plane has its path beside it, several have it below."""
    show = surfaces if choice.surface else contours
    if len(seen.panels) > 1:
        show(KEY, seen, choice.part, theme())
        say(KEY, "path")
        panel = _panel_choice(seen)
        charts = list(st.columns(2, gap="medium"))
    else:
        left, right = st.columns([1, 1.25], gap="large")
        with left:
            show(KEY, seen, choice.part, theme())
        panel = seen.panels[0]
        charts = [right, right]
        with right:
            say(KEY, "path")
    with charts[0]:
        chart(
            off_plane_points(seen, panel), off_plane_spec(theme()), key=f"{KEY}.off_plane",
            alt=_("How far from the plane the network was at each checkpoint, in per cent of its "
            "distance from the end."),
        )  # fmt: skip
    with charts[1]:
        chart(
            path_points(seen, panel, choice.part), path_spec(theme()), key=f"{KEY}.on_path",
            alt=_("The loss of each checkpoint, and the loss of its projection onto the plane."),
        )  # fmt: skip
    st.caption(_path_words(seen, panel))


def _panel_choice(seen: Snapshot) -> PanelView:
    names = [panel_name(seen, one) for one in seen.panels]
    return seen.panels[chosen_place(_("The path of"), names, key=f"{KEY}.followed")]


def _path_words(seen: Snapshot, panel: PanelView) -> str:
    errors = panel.off_plane[:-1]
    digits = 3 if errors.min() > NEARLY_ALL else 1
    least, most, middle = (
        f"{one:.{digits}%}" for one in (errors.min(), errors.max(), np.median(errors))
    )
    words = _(
        "Of its distance from the end, the network was between {least} and {most} off this plane, "
        "half of the time more than {middle}.",
        least=least, most=most, middle=middle,
    )  # fmt: skip
    if panel.shares is None:
        return words
    first, second = (f"{share:.0%}" for share in panel.shares)
    shares = _(
        "The two principal directions hold {first} and {second} of the path's squared distances "
        "from its end.",
        first=first, second=second,
    )  # fmt: skip
    return f"{words} {shares}"


def _table(seen: Snapshot) -> None:
    headings = [
        _("network"), _("training loss"), _("validation loss"), _("training accuracy"),
        _("validation accuracy"), _("sharpness λmax"), _("curvature on the plane"),
    ]  # fmt: skip
    random = seen.plan.directions != PATH
    headings += [_("plane below loss 1")] * random
    rows = [
        _numbers(one, seen) + [_curvature(seen, place)] + [_share_below(seen, place)] * random
        for place, one in enumerate(seen.variants)
    ]
    table(headings, rows, name="landscape", caption=_("The networks at the end of training."))


def _numbers(one: VariantView, seen: Snapshot) -> list[str]:
    name = f"<b>{escape(one.name)}</b>"
    if one.score is None:
        return [name, *["–"] * 5]
    losses = [power_of_ten(loss, 3) for loss in one.score.losses]
    right = [f"{share:.1%}" for share in one.score.accuracies]
    found = one.sharpness
    if found is None:
        return [name, *losses, *right, _not_yet(seen)]
    sharpness = f"{power_of_ten(found.eigenvalue, 3)} ± {found.residual:.1%}"
    return [name, *losses, *right, sharpness]


def _curvature(seen: Snapshot, variant: int) -> str:
    """The least and the largest along the directions of a network's planes."""
    panels = [one for one in seen.panels if one.variant == variant]
    found = [value for one in panels for value in one.curvatures]
    if not found:
        return _not_yet(seen)
    least, most = map(power_of_ten, (min(found), max(found)))
    return _("{least} to {most}", least=least, most=most)


def _not_yet(seen: Snapshot) -> str:
    """In the place of a number that comes later."""
    return _("being computed") if seen.playing else _("not known yet")


def _share_below(seen: Snapshot, variant: int) -> str:
    return f"{share_below(seen, variant):.0%}"


def code(ticket: Ticket[Survey]) -> None:
    """The script of the first plane, on the coarsest grid of the page."""
    seen = ticket.race.snapshot
    if not seen.panels:
        return
    fold = code_fold(_("The code: this plane in PyTorch, on its coarsest grid"), f"{KEY}.code")
    if not fold.open:
        return
    with fold:
        say(KEY, "code")
        show_script(KEY, coarse_script(seen), "deepglass_landscape", height=420)


def coarse_script(seen: Snapshot) -> str:
    """The script of the first plane of `seen`."""
    axes, rows = seen.panels[0].axes, levels(seen.plan.points)[0]
    return script(seen.plan, axes.x[rows].tolist(), axes.y[rows].tolist())


def arithmetic(ticket: Ticket[Survey]) -> None:
    """The scaling of one filter written out."""
    seen = ticket.race.snapshot
    example = seen.panels[0].example if seen.panels else None
    if example is None:
        return
    with st.expander(_("The arithmetic: one filter of the first direction")):
        say(KEY, "arithmetic")
        drawn, own, scaled = (
            one.tolist() for one in (example.drawn, example.weights, example.scaled)
        )
        lengths = [math.hypot(*one) for one in (drawn, own, scaled)]
        shown = [str(place + 1) for place in range(min(9, len(own)))]
        table(
            [_("first filter of {layer}", layer=example.layer), *shown, _("length")],
            [
                [name, *(f"{value:.4f}".replace("-", "−") for value in values[:9]), f"{length:.5f}"]
                for name, values, length in (
                    (_("weights w"), own, lengths[1]),
                    (_("drawn d"), drawn, lengths[0]),
                    (_("scaled d"), scaled, lengths[2]),
                )
            ],
            caption=_("The first weights of the first filter, and the direction there."),
        )
        if seen.plan.scaling == "filter":
            st.latex(
                rf"\hat d_1 = d_1\,\frac{{\|w\|}}{{\|d\|}} = {drawn[0]:.4f}\cdot"
                rf"\frac{{{lengths[1]:.5f}}}{{{lengths[0]:.5f}}} = {scaled[0]:.4f}"
            )
        st.caption(
            _(
                "The two directions stand at a right angle but for a cosine of {cosine}. Each loss "
                "is the mean over the same {count} pictures of training or of validation.",
                cosine=f"{seen.panels[0].cosine:.3f}", count=PICTURES,
            )
        )  # fmt: skip
