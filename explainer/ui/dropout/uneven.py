"""Loss curves that do not fall evenly, and why to look for errors with dropout off."""

from __future__ import annotations

import streamlit as st

from explainer.charts.dropout.together import uneven_points, uneven_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, power_of_ten
from explainer.regularisation.dropout.uneven import (
    BATCHES,
    CHECK_STEPS,
    CHECKED,
    RATE,
    TRAINING,
    Check,
    Uneven,
    check,
    rising,
    uneven,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "dropout"
KEPT: Kept[int, tuple[Uneven, Check]] = Kept(MEGABYTE, lambda one: 4 * one[0].off.nbytes)
WHOLE, PART = BATCHES
STEPPED = (Named(str(WHOLE), N_("all pictures")), Named(str(PART), N_("a batch of 50")))


def uneven_section() -> None:
    """The losses of twins step by step, how many steps go up, and the check to begin with."""
    say(KEY, "together_uneven")
    batch = int(choice(_("A step sees"), STEPPED, key=f"{KEY}.batch", widget=st.segmented_control))
    found, checked = waited(
        KEPT, batch, _("Two networks learn"),
        lambda told: (uneven(batch, told=told), check()),
    )  # fmt: skip
    points = remembered(f"{KEY}.uneven_points", found, lambda: uneven_points(found))
    chart(
        points, uneven_spec(theme()), key=f"{KEY}.uneven_chart",
        alt=_("Losses step by step, without dropout, with it, and with it switched off."),
    )  # fmt: skip
    st.markdown(
        _(
            "Steps after which the loss is larger than before: **{without}** without dropout, "
            "**{dropout}** with it, **{off}** for the same network on the same pictures with "
            "dropout off. In {above} of the steps the training loss as it learns lies *above* the "
            "validation loss; with dropout off, in {off_above}.",
            without=percent(rising(found.without)), dropout=percent(rising(found.dropout)),
            off=percent(rising(found.off)),
            above=percent(float((found.dropout > found.validation).mean())),
            off_above=percent(float((found.off > found.validation).mean())),
        )
        + " "
        + _(
            "**The first check:** {count} digits, the same in each of {steps} steps, dropout off: "
            "the loss comes down to {off}. With dropout on it is still at {on}.",
            count=CHECKED, steps=CHECK_STEPS, off=power_of_ten(checked.off),
            on=power_of_ten(checked.on),
        )
    )  # fmt: skip
    st.caption(
        _(
            "{training} digits, gradient descent without momentum, learning rate {rate}, drop "
            "probability 0.5; each loss is taken before its step.",
            training=f"{TRAINING:,}", rate=f"{RATE:g}",
        )
    )  # fmt: skip
    say(KEY, "together_uneven_notice")
