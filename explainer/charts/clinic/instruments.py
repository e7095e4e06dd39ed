"""What each instrument shows of a run, and where in it a fault gives itself away."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from explainer.charts.clinic.looks import (
    Answers,
    Bar,
    Figures,
    Floats,
    Line,
    Look,
    Panel,
    Pictures,
)  # fmt: skip
from explainer.charts.theme import Theme
from explainer.clinic.record import Record
from explainer.words import _, in_words, ngettext

TRAINING, VALIDATION, FRESH = 0, 1, 2
"""The colours of the parts."""
GUESSING = math.log(10)
TALL, LOW, WIDE = 150, 70, 240
MENDED_DASH = "7 4"
FEW = 12
"""Pictures of the validation part that are shown."""


def curves(records: Sequence[Record], theme: Theme) -> Look:
    """Loss and accuracy of both parts; of two records the second is the mended run."""
    panels = (
        Panel(_("Loss in nats (logarithmic)"), _("loss"), TALL, log=True, span=(0.1, 3.0),
              level={"value": GUESSING, "text": _("ln 10: guessing")}),
        Panel(_("Accuracy"), _("accuracy"), TALL, percent=True, span=(0.0, 1.0)),
    )  # fmt: skip
    names = ((_("training"), _("validation")), (_("training, mended"), _("validation, mended")))
    lines = []
    for run, record in enumerate(records):
        for part, values in (
            (TRAINING, (record.train_loss, record.train_accuracy)),
            (VALIDATION, (record.validation_loss, record.validation_accuracy)),
        ):
            colour = theme.categorical[part]
            lines.append(Line(names[run][part], colour, np.stack(values), run * MENDED_DASH, run))
    steps = [one.steps.astype(np.float64) for one in records]
    alt = _("Loss and accuracy in training and validation over the steps.")
    return Look(panels, lines, steps, alt=alt)


def gradients(record: Record, theme: Theme) -> Look:
    """The norm of each layer's gradient over the steps."""
    title = _("Norm of the gradient (logarithmic)")
    panel = Panel(title, _("gradient"), WIDE, log=True, span=(1e-3, 10.0))
    return _layered(record, theme, [panel], [record.gradient_norms], title)


def steps(record: Record, theme: Theme) -> Look:
    """The length of each layer's step over that of its weights."""
    title = _("Step ÷ weights (logarithmic)")
    panel = Panel(title, _("step ÷ weights"), WIDE, log=True, span=(1e-4, 0.1))
    return _layered(record, theme, [panel], [record.step_ratios], title)


def units(record: Record, theme: Theme) -> Look:
    """Of each hidden layer the shares of units that are dead, saturated, or have a twin."""
    panels = [
        Panel(_("Units that are 0 for every picture"), _("dead"), LOW, percent=True, span=(0, 1)),
        Panel(_("Answers at a flat end of the activation"), _("flat"), LOW, percent=True,
              span=(0, 1)),
        Panel(_("Units with a twin that answers alike"), _("twins"), LOW, percent=True,
              span=(0, 1)),
    ]  # fmt: skip
    values = [record.dead, record.saturated, record.alike]
    hidden = len(record.layers) - 1
    look = _layered(record, theme, panels, [one[:, :hidden] for one in values], _("The units"))
    counts = [ngettext("{count} unit", "{count} units", one) for one in record.units]
    lines = [
        replace(line, title=f"{line.title}, {count}")
        for line, count in zip(look.lines, counts, strict=False)
    ]
    return replace(look, lines=lines)


def batch(record: Record, _theme: Theme) -> Look:
    """Pictures of the last batch as the network is given them, and numbers of both parts."""
    looks = record.looks
    if looks is None:
        return Look()
    parts = (
        (_("training"), looks.training_input, looks.batch_labels),
        (_("validation"), looks.validation_input, looks.validation_labels[:FEW]),
    )
    rows = [
        [name, _number(mean), _number(deviation),
         _("{count} in {shown}", count=len(set(labels.tolist())), shown=len(labels))]
        for name, (mean, deviation), labels in parts
    ]  # fmt: skip
    head = [_("input"), _("mean"), _("deviation"), _("different labels in the pictures below")]
    groups = (
        (_("the last batch, with its labels"), looks.batch_pictures, looks.batch_labels),
        (_("validation, with its labels"), looks.validation_pictures[:FEW],
         looks.validation_labels[:FEW]),
    )  # fmt: skip
    pictures = [
        Pictures(title, codes, [str(one) for one in labels.tolist()])
        for title, codes, labels in groups
    ]
    return Look(figures=Figures(head, rows), pictures=pictures)


def answers(record: Record, _theme: Theme) -> Look:
    """Which digit of the validation part is taken for which."""
    looks = record.looks
    if looks is None:
        return Look()
    if not looks.confusion.any():
        return Look(note=_("The network’s outputs are no longer numbers: it answers nothing."))
    return Look(answers=Answers(looks.confusion.astype(np.float64)))


def fresh(record: Record, theme: Theme) -> Look:
    """The accuracy on each part, on fresh pictures, and of pictures that are asked alone."""
    looks = record.looks
    if looks is None:
        return Look()
    shares = (
        (_("training pictures"), looks.training_accuracy, TRAINING),
        (_("validation, in its batches"), looks.batched_accuracy, VALIDATION),
        (_("validation, one at a time"), looks.alone_accuracy, VALIDATION),
        (_("fresh pictures"), looks.fresh_accuracy, FRESH),
    )
    return Look(bars=[
        Bar(title, share if math.isfinite(share) else 0.0, f"{100 * share:.1f} %",
            theme.categorical[colour])
        for title, share, colour in shares
    ])  # fmt: skip


def worst(record: Record, _theme: Theme) -> Look:
    """The training pictures of the highest loss, with their labels, the answers, and the losses."""
    looks = record.looks
    if looks is None:
        return Look()
    pairs = zip(looks.worst_labels.tolist(), looks.worst_answers.tolist(), strict=True)
    labels = [f"{label} → {answer if answer >= 0 else '–'}" for label, answer in pairs]
    notes = [_number(one) for one in looks.worst_losses.tolist()]
    title = _("label → answer, and the loss in nats")
    return Look(pictures=[Pictures(title, looks.worst_pictures, labels, notes)])


def _layered(
    record: Record, theme: Theme, panels: Sequence[Panel], values: Sequence[Floats], alt: str
) -> Look:
    """A line for each layer in panels, of which `values` are `(K, L)`."""
    lines = [
        Line(in_words(name), theme.categorical[layer], np.stack([one[:, layer] for one in values]))
        for layer, name in enumerate(record.layers[: values[0].shape[1]])
    ]
    return Look(panels, lines, [record.steps.astype(np.float64)], alt=alt)


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−") if math.isfinite(value) else "∞"


SHOWN: dict[str, Callable[[Record, Theme], Look]] = {
    "batch": batch, "gradients": gradients, "steps": steps, "units": units, "answers": answers,
    "fresh": fresh, "worst": worst,
}  # fmt: skip
"""What is opened beside the curves, by the instruments' slugs."""
