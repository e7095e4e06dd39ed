"""The arithmetic behind a dot: one logit as a sum over the units that are kept."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explainer.powers import short
from explainer.regularisation.dropout.small_network import KEEP, UNITS
from explainer.regularisation.dropout.subnetworks import mask_of
from explainer.ui.common.tables import table
from explainer.ui.dropout.scene import Scene, seen
from explainer.words import _


def arithmetic(found: Scene, keep: float, bits: int) -> None:
    """Each unit's share of the digit's logit: in the chosen network, on average, and scaled."""
    networks, digit = found.trial.networks, found.asked.digit
    mask = mask_of(bits, networks.units)
    inputs = seen()[0][found.asked.row][None]
    hidden = networks.last_hidden(inputs, mask)[0, 0].astype(float)
    weights = networks.network.weights[3][digit].astype(float)
    bias = float(networks.network.biases[3][digit])
    kept = mask[0, -UNITS:]
    full = hidden * weights / KEEP
    rows = [
        [
            str(unit + 1), _figure(hidden[unit]), _figure(weights[unit]),
            _("kept") if kept[unit] else _("dropped"), _figure(full[unit] * kept[unit]),
            _figure(keep * full[unit]),
        ]
        for unit in range(UNITS)
    ]  # fmt: skip
    sums = (bias + full[kept].sum(), bias + keep * full.sum())
    rows += [
        [_("bias"), "", "", "", *[_figure(bias)] * 2],
        [_("logit"), "", "", "", *map(_figure, sums)],
    ]
    st.markdown(
        _(
            "The logit of {digit} is a sum. A unit that is kept adds its activation times its "
            "weight, divided by the keep probability of training; one that is dropped adds 0. So "
            "on average over the masks each unit adds q times what it adds when kept: that is the "
            "last column, which the network with all units adds up at once.",
            digit=digit,
        )
    )
    heads = [
        _("unit"), _("activation"), _("weight"), _("mask"), _("adds"), _("adds on average"),
    ]  # fmt: skip
    table(heads, rows, caption=_("One logit, unit by unit"))


def _figure(value: float) -> str:
    return short(float(np.round(value, 6)) + 0.0, 3)  # no −0
