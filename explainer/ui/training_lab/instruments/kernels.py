"""What the first layer looks for: its kernels as pictures, now and as they came about."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.montage import kernel_picture, reach_of, tiles
from explainer.powers import power_of_ten
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.kernels import as_pictures, first_kernels
from explainer.training.measurement.snapshot import Snapshot, Status
from explainer.ui.common.appearance import theme
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.names import first_seed_runs, marked, of_step, pick_recipe
from explainer.words import _

Kernels = NDArray[np.floating]
TILE = 40
MOST_COLUMNS = 12
STRIP_KERNELS = 8


def kernels_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """A row of kernels for each recipe, and the film of one."""
    say("training_lab", "kernels")
    snapshot = seen(ticket)
    chosen = first_seed_runs(snapshot)

    def question(runs: Sequence[Run]) -> tuple[list[Kernels], tuple[int, ...]]:
        return [first_kernels(run) for run in runs[chosen]], runs[0].data.shape

    answer = latest(ticket, "kernels", question, moving=moving)
    if answer is None:
        st.caption(_("Measuring."))
        return
    kernels, shape = answer.value
    if len(shape) != 3:
        st.info(
            _("These data are points: the first layer has a weight for each feature and no"
              " picture.")
        )  # fmt: skip
        return
    runs = snapshot.runs[chosen]
    sound = [
        one for one, run in zip(kernels, runs, strict=True) if run.status is not Status.DIVERGED
    ]
    reach = reach_of(sound or kernels)
    figures(
        [(_row(one, reach, index), marked(snapshot, index)) for index, one in enumerate(kernels)]
    )
    when = of_step(answer.step, snapshot)
    st.caption(_("{when}. One scale for all: ±{reach}.", when=when, reach=power_of_ten(reach)))
    if not all(np.isfinite(one).all() for one in kernels):
        st.caption(
            _("Grey all over: these weights are no numbers any more, since the run diverged.")
        )
    _film(snapshot, shape)


def _row(kernels: Kernels, reach: float, index: int) -> str:
    pictures = [kernel_picture(one, reach, theme()) for one in kernels]
    montage = tiles(pictures, theme(), columns=8)
    rows = -(-len(pictures) // 8)
    alt = _("The first {count} kernels of recipe {number}.", count=len(pictures), number=index + 1)
    return inline(montage, alt=alt, height=rows * TILE)


def _film(snapshot: Snapshot, shape: tuple[int, ...]) -> None:
    """The kernels of one recipe at some of the steps so far, a column a step."""
    st.markdown("## " + _("How they came about"))
    index = pick_recipe(snapshot, "film")
    frames = snapshot.of_recipe(index)[0].film
    if len(frames) < 2:
        st.caption(_("The film begins with the first steps."))
        return
    places = np.unique(np.linspace(0, len(frames) - 1, MOST_COLUMNS).round().astype(int))
    shown = [(frames[place][0], as_pictures(frames[place][1], shape)) for place in places]
    reach = reach_of([one for _, one in shown])
    cells = "".join(_column(step, kernels, reach) for step, kernels in shown)
    st.html(f'<div style="display:flex;gap:.5rem;overflow-x:auto" tabindex="0">{cells}</div>')


def _column(step: int, kernels: Kernels, reach: float) -> str:
    pictures = [kernel_picture(one, reach, theme()) for one in kernels[:STRIP_KERNELS]]
    strip = tiles(pictures, theme(), columns=1)
    picture = inline(strip, alt=_("Kernels at step {step}", step=step), height=len(pictures) * TILE)
    return (
        f'<figure style="margin:0;flex:none">{picture}<figcaption style="font-size:.75rem;'
        f'text-align:center">{escape(f"{step:,}")}</figcaption></figure>'
    )
