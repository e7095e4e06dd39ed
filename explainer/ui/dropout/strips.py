"""What many masks say of one picture, as strips of dots; and the spread of the last layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.powers import percent
from explainer.regularisation.dropout.doubt import (
    Doubt,
    doubt,
    entropy,
    measured,
    spread,
)
from explainer.regularisation.proximal import Floats
from explainer.training.instruments.student import intervals
from explainer.ui.common.components import mount, pack
from explainer.words import _

SHOWN = 3
"""The classes of which the spread is worked out: those that are likeliest."""
SECOND = 1
DECIMALS = 2


@dataclass(frozen=True, eq=False)
class Linear:
    """A last layer before the softmax: weights `(K, units)`, bias `(K,)`, and what goes in."""

    weights: Floats
    bias: Floats
    hidden: Floats
    keep: float


def strips(name: str, message: bytes) -> None:
    """Show the strips of that message."""
    mount("doubt", key=name, data=message)


def strips_message(
    name: str,
    found: Floats,
    scaled: Floats,
    classes: Sequence[str],
    table: dict[str, Any],
    colours: Theme,
    number: int,
    *,
    codes: NDArray[np.uint8] | None = None,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """What the strips need: probabilities `(T, K)` of the masks, and `(K,)` weight-scaled.

    `codes` `(28, 28)` are drawn beside them; `also` is another component and its message.
    """
    bits, alone = doubt(found[:, None]), float(entropy(scaled))
    header: dict[str, Any] = {
        "name": name,
        "number": number,
        "classes": list(classes),
        "scaled": [round(float(one), 4) for one in scaled],
        "means": intervals(found).clip(0, 1).round(4).tolist(),
        "bits": [float(bits.within[0]), float(bits.between[0])],
        "alone": alone,
        "most": float(np.log2(len(classes))),
        "colours": {"masks": colours.categorical[0], "scaled": colours.categorical[SECOND]},
        "told": _told(found, scaled, classes, bits, alone),
        "alt": _(
            "For each class the probabilities that {count} networks give; likeliest is {best}.",
            count=len(found), best=classes[int(found.mean(axis=0).argmax())],
        ),
        **table,
    }  # fmt: skip
    blobs = [np.ascontiguousarray(found.T, "<f4").tobytes()]
    if codes is not None:
        header["pictured"] = True
        blobs.append(codes.tobytes())
    if also:
        header["also"], message = also
        blobs.append(message)
    return pack(header, *blobs)


def _told(
    found: Floats, scaled: Floats, classes: Sequence[str], bits: Doubt, alone: float
) -> list[str]:
    votes = np.bincount(found.argmax(axis=1), minlength=len(classes))
    order = [place for place in np.argsort(-votes, kind="stable") if votes[place]][:SHOWN]
    listed = ", ".join(
        _("{count} say “{name}”", count=int(votes[place]), name=classes[place]) for place in order
    )
    best = int(scaled.argmax())
    return [
        _(
            "Of {count} masks, {votes}. The weight-scaled network says “{name}” with {share}.",
            count=len(found), votes=listed, name=classes[best], share=percent(float(scaled[best])),
        ),
        _(
            "Doubt, in bits: {all} in all = {within} within each network + {between} between "
            "them. The weight-scaled network’s own: {alone}.",
            all=_figure(bits.all[0]), within=_figure(bits.within[0]),
            between=_figure(bits.between[0]), alone=_figure(alone),
        ),
    ]  # fmt: skip


def spread_table(
    layer: Linear, last: Floats, classes: Sequence[str], likely: Floats, both: Floats | None = None
) -> dict[str, Any]:
    """The deviation of the likeliest logits over masks: by the formula, and measured.

    `last` `(T, K)` are logits with masks before the last layer alone, `both` with all masks.
    """
    formula = np.sqrt(spread(layer.weights, layer.hidden, layer.keep))
    logits, found = layer.weights @ layer.hidden + layer.bias, measured(last)
    heads = [_("logit of"), _("weight-scaled"), _("mean"), _("σ, formula"), _("σ, measured")]
    if both is not None:
        heads.append(_("σ, both layers"))
    rows = []
    for place in np.argsort(-likely)[:SHOWN]:
        row = [
            classes[place],
            _figure(logits[place]),
            f"{_figure(found.mean[place])} ± {_figure(found.mean_error[place])}",
            _figure(formula[place]),
            f"{_figure(found.deviation[place])} ± {_figure(found.deviation_error[place])}",
        ]
        if both is not None:
            row.append(_figure(both[:, place].std(ddof=1)))
        rows.append(row)
    caption = _("The last layer over {count} masks, ± standard error", count=f"{len(last):,}")
    return {"heads": heads, "rows": rows, "caption": caption}


def _figure(value: float) -> str:
    text = f"{abs(value):.{DECIMALS}f}"
    return f"−{text}" if value < 0 and float(text) else text
