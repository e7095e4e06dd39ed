"""What the next step will see: its pictures after augmentation, and what dropout takes away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from explainer.charts.montage import example_picture
from explainer.charts.training_lab.dropped_units import MOST_UNITS, dropped_picture
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.next_step import Dropped, NextBatch, next_batch, next_drops
from explainer.ui.common.appearance import theme
from explainer.ui.common.pictures import coordinates, data, figures, inline, legend
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.names import of_step, pick_recipe
from explainer.words import N_, _

PICTURE, CELL = 62, 14
KINDS = {
    "units": N_("A row is an example of the batch, a column a unit."),
    "maps": N_("A row is an example of the batch, a column a feature map; whole maps drop."),
    "weights": N_("A row is an output, a column a weight of it: one mask for the whole batch."),
}

Seen = tuple[NextBatch, tuple[Dropped, ...]]


def inputs_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """The next batch before and after augmentation, then the masks of each layer."""
    say("training_lab", "inputs")
    snapshot = seen(ticket)
    index = pick_recipe(snapshot, "inputs_of")
    number = index * len(snapshot.seeds)
    answer = latest(ticket, ("inputs", index), partial(_seen, number), moving=moving)
    if answer is None:
        st.caption(_("Measuring."))
        return
    batch, drops = answer.value
    drawn = _pictures if batch.originals.ndim == 4 else _points
    drawn(batch, augmented=bool(snapshot.recipes[index].augmentation))
    for one in drops:
        _drops(one)
    if not drops:
        st.caption(_("This recipe drops nothing."))
    st.caption(of_step(answer.step, snapshot))


def _seen(number: int, runs: Sequence[Run]) -> Seen:
    return next_batch(runs[number]), next_drops(runs[number])


def _pictures(batch: NextBatch, *, augmented: bool) -> None:
    _heading(augmented=augmented)
    rows = [batch.originals, batch.augmented] if augmented else [batch.originals]
    entries = []
    for place, label in enumerate(batch.labels):
        alt = _("{label}, before and after augmentation", label=label) if augmented else label
        pictures = "".join(
            inline(example_picture(row[place]), alt=alt, height=PICTURE) for row in rows
        )
        stacked = f'<div style="display:flex;flex-direction:column;gap:3px">{pictures}</div>'
        entries.append((stacked, data(label)))
    figures(entries, width=PICTURE + 6)


def _points(batch: NextBatch, *, augmented: bool) -> None:
    _heading(augmented=augmented)
    sides = [batch.originals, batch.augmented] if augmented else [batch.originals]
    heads = [_("input"), _("after augmentation")][: len(sides)]
    table(
        [*heads, _("target")],
        [
            [*(coordinates(side[place]) for side in sides), data(label).replace("-", "−")]
            for place, label in enumerate(batch.labels)
        ],
    )


def _heading(*, augmented: bool) -> None:
    if augmented:
        st.markdown(_("**The next batch**, as it is, then as the network gets it"))
    else:
        st.markdown(_("**The next batch**, as it is"))


def _drops(dropped: Dropped) -> None:
    rows, units = dropped.kept.shape
    share = 1 - float(dropped.kept.mean())
    layer = dropped.layer.replace("_", " ")
    st.markdown(_("**Dropped in {layer}**: {share} of these", layer=layer, share=f"{share:.0%}"))
    alt = _("What is kept and what is dropped in {layer} in the next step.", layer=layer)
    picture = inline(dropped_picture(dropped, theme()), alt=alt, height=rows * CELL)
    said = [_("shades: how large the value is."), _(KINDS[dropped.kind])]
    if units > MOST_UNITS:
        said.append(_("The first {shown} of {units}.", shown=MOST_UNITS, units=units))
    st.html(picture)
    flat = legend(theme().categorical[1], _("dropped"))
    st.html(f"<small>{flat} · {escape(' '.join(said))}</small>")
