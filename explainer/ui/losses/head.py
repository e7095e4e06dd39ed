"""Four logits that are dragged: softmax, sigmoids, targets, the loss and its gradient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.likelihood.logits import Head
from explainer.likelihood.logits_script import script
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten, signed
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import number_of
from explainer.ui.common.prose import say
from explainer.ui.inputs.places import sent_values
from explainer.ui.losses.logits_panel import Bars, logits, logits_message, moved_bars
from explainer.words import N_, _

KEY = "losses"
HEAD = f"{KEY}.head"
REACH, STEP = 8.0, 0.1
CLASSES = (
    Named("cat", N_("cat")), Named("dog", N_("dog")), Named("fox", N_("fox")),
    Named("owl", N_("owl")),
)  # fmt: skip
STARTS = (2.0, 0.5, -1.0, 0.0)
LOGITS = tuple(
    Parameter(f"z{place}", one.title, start, -REACH, REACH, STEP)
    for place, (one, start) in enumerate(zip(CLASSES, STARTS, strict=True))
)
TEMPERATURE, SMOOTHING = SLIDERS = (
    Parameter("temperature", N_("temperature T"), 1, 0.2, 5, 0.1),
    Parameter("smoothing", N_("label smoothing ε"), 0, 0, 0.5, 0.01),
)
PARAMETERS = (*LOGITS, *SLIDERS)


def head_part() -> None:
    """Controls on the left, the bars beside them, and below what to notice and the code."""
    say(KEY, "softmax_head")
    news = moved_bars(HEAD)
    for one in LOGITS:
        if (sent := sent_values(news).get(one.name)) is not None:
            live.put(HEAD, one, live.first_sound(one, [{one.name: sent}]))
    moved = live.values(HEAD, PARAMETERS)
    address = ""
    left, right = st.columns([1, 3.2], gap="medium")
    with left:
        slug = choice(_("True class"), CLASSES, key=f"{HEAD}.true", widget=st.segmented_control)
        true = [one.slug for one in CLASSES].index(slug)
        address = live.live_picture(HEAD, _renderer(true, moved.values))
        live.sliders(HEAD, SLIDERS, moved, address=address)
        with st.container(horizontal=True, gap="small"):
            for label, change in ((_("+1 to all"), 1.0), (_("−1 to all"), -1.0)):
                ends = [moved.values[one.name] + change for one in LOGITS]
                st.button(
                    label, key=f"{HEAD}.{'up' if change > 0 else 'down'}", on_click=_put,
                    args=(tuple(ends),), disabled=max(map(abs, ends)) > REACH,
                )  # fmt: skip
        if max(abs(moved.values[one.name]) for one in LOGITS) > REACH - 1:
            st.caption(_("A logit here goes from {low} to {high}.", low=f"−{REACH:g}",
                         high=f"{REACH:g}"))  # fmt: skip
    with right:
        number = max(moved.number, number_of(f"{HEAD}.logits", news))
        logits(HEAD, _message(_head(true, moved.values), theme(), number, address))
    live.write_to_url(HEAD, PARAMETERS, moved.values)
    say(KEY, "softmax_notice")
    fold = code_fold(_("The same in Python"), f"{HEAD}.code")
    if fold.open:
        with fold:
            show_script(KEY, script(_head(true, moved.values)), "deepglass_logits")


def _put(values: tuple[float, ...]) -> None:
    for parameter, value in zip(LOGITS, values, strict=True):
        live.put(HEAD, parameter, value)


def _head(true: int, values: Mapping[str, float]) -> Head:
    return Head(
        tuple(values[one.name] for one in LOGITS), true, values[TEMPERATURE.name],
        values[SMOOTHING.name],
    )  # fmt: skip


def _renderer(true: int, resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _message(_head(true, values), colours, number)

    return render


def _message(head: Head, colours: Theme, number: int, address: str = "") -> bytes:
    blue, orange, green, purple = colours.categorical[:4]
    gradient, largest = head.gradient, max(1.0, 1 / head.temperature)
    panels = [
        Bars(
            _("Logits z"), _("drag these"), -REACH, REACH, head.logits,
            [signed(one) for one in head.logits], blue, parameters=[one.name for one in LOGITS],
            step=STEP,
        ),
        Bars(
            _("Softmax of z/T: relative"), _("sum {sum}; lines: targets y", sum="1.000"), 0, 1,
            head.probabilities.tolist(), [f"{one:.3f}" for one in head.probabilities], orange,
            marks=head.targets.tolist(),
        ),
        Bars(
            _("Sigmoids of z/T: independent"), _("sum {sum}", sum=f"{head.sigmoids.sum():.3f}"),
            0, 1, head.sigmoids.tolist(), [f"{one:.3f}" for one in head.sigmoids], green,
        ),
        Bars(
            _("Gradient (p − y)/T"), _("below 0: the logit is pulled up"), -largest, largest,
            gradient.tolist(), [signed(one, 3) for one in gradient], purple,
        ),
    ]  # fmt: skip
    return logits_message(
        HEAD, [_(one.title) for one in CLASSES], panels, _told(head), number=number,
        bold=[head.true], address=address,
        hint=_("Drag a disc, click into a row, or use the arrow keys. The true class is bold."),
    )  # fmt: skip


def _told(head: Head) -> list[str]:
    first, second = head.logits[:2]
    pair = np.exp(head.log_probabilities[:2])
    names = {"one": _(CLASSES[0].title), "other": _(CLASSES[1].title)}
    between = Head((first, second), 0, head.temperature)
    difference = Head(((first - second),), 0, head.temperature)
    rest = [one for place, one in enumerate(head.logits) if place != head.true]
    gap = signed(head.logits[head.true] - max(rest))
    loss = {"loss": power_of_ten(head.loss, 3), "least": power_of_ten(head.least_loss, 3)}
    if head.smoothing:
        asked = _(
            "The loss is **{loss}** nats. It can fall to {least}, with the true logit **{best}** "
            "above each other one. True logit less the largest other: {gap}.",
            best=f"{head.best_gap:.2f}", gap=gap, **loss,
        )  # fmt: skip
    else:
        asked = _(
            "The loss is **{loss}** nats. It falls forever as the true logit rises: targets of 0 "
            "and 1 ask for an infinite gap. True logit less the largest other: {gap}.", gap=gap,
            **loss,
        )  # fmt: skip
    return [
        asked,
        _(
            "Softmax over {one} and {other} alone: **{softmax}**. Sigmoid of their difference ÷ T "
            "= {difference}: **{sigmoid}**. Of all four, {one} has {ratio} times {other}’s share.",
            softmax=f"{between.probabilities[0]:.4f}", sigmoid=f"{difference.sigmoids[0]:.4f}",
            difference=signed((first - second) / head.temperature, 2),
            ratio=power_of_ten(float(pair[0] / pair[1]), 3), **names,
        ),
    ]  # fmt: skip
