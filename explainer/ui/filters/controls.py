"""The controls of the Filters page: which kernel, how it is applied, how the output is seen.

What follows the hand (the kernel's parameters and the bias) is in `explainer.ui.filters.bench`.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explainer.charts.colour import CLIPPED, SIGNED, VIEWS, View
from explainer.convolution.application import CHANNEL_MODES, PADDINGS
from explainer.convolution.kernels import KERNELS, Kernel, Weights
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.fold import while_open
from explainer.ui.common.picture import Chosen, picture_input
from explainer.words import N_, _

KEY = "filters"
FIRST = "sobel-x"
OWN = Named("own", N_("Your own"))
AUTOMATIC = Named("automatic", N_("Automatic"))
CORRELATION = Named("cross-correlation", N_("Cross-correlation"))
CONVOLUTION = Named("convolution", N_("Convolution"))
BALANCED = 1e-6


@dataclass(frozen=True)
class FilterChoice:
    """What the toolbar says. No `kernel`: one's own weights; no `channels`, `view`: automatic."""

    kernel: Kernel | None
    channels: str | None
    view: View | None
    padding: str
    stride: int
    dilation: int
    flip: bool

    @property
    def title(self) -> str:
        """The name of the filter as a message, to be put into words where it is shown."""
        return self.kernel.title if self.kernel else N_("your own filter")

    @property
    def scope(self) -> str:
        """What keeps the parameters of one kernel apart from another's."""
        return self.kernel.slug if self.kernel else "own"

    def channels_for(self, weights: Weights) -> str:
        """The channel mode: as chosen, else greyscale for edges and each channel for the rest."""
        return self.channels or ("grey" if is_balanced(weights) else "each")

    def view_for(self, weights: Weights) -> View:
        """The view: as chosen, else signed for kernels that sum to zero and a picture otherwise."""
        return self.view or (SIGNED if is_balanced(weights) else CLIPPED)


def is_balanced(weights: Weights) -> bool:
    """Whether the weights sum to zero, so that a constant picture gives nothing."""
    return abs(float(weights.sum())) <= BALANCED * max(1.0, float(abs(weights).sum()))


def picture_and_filter() -> tuple[Chosen, FilterChoice]:
    """Draw the picture bar and the toolbar beside it; returns what they say."""
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        chosen = picture_input()
    with right:
        return chosen, _filter_choice()


def _filter_choice() -> FilterChoice:
    kernel, more = st.columns([2.2, 1], vertical_alignment="bottom", gap="small")
    with kernel:
        chosen = choice(
            _("Filter"), (*KERNELS, OWN), key=f"{KEY}.kernel", default=FIRST,
            help=_("All weights are written for cross-correlation, as networks compute it."),
        )  # fmt: skip
    how = more.popover(
        _("How it is applied"), icon=":material/tune:", width="stretch", key=f"{KEY}.how",
        on_change="rerun",
    )  # fmt: skip
    with while_open(how):
        view = choice(
            _("Shown as"), (AUTOMATIC, *VIEWS), key=f"{KEY}.view",
            help=_(
                "Automatic takes signed colours for kernels that sum to zero and a picture"
                " otherwise."
            ),
        )  # fmt: skip
        channels = choice(
            _("Channels"), (AUTOMATIC, *CHANNEL_MODES), key=f"{KEY}.channels",
            help=_(
                "Automatic takes grey for kernels that sum to zero and each colour for the rest."
            ),
        )  # fmt: skip
        padding, stride, dilation, flip = _application_controls()
    return FilterChoice(
        kernel=KERNELS.get(chosen),
        channels=None if channels == AUTOMATIC.slug else channels,
        view=VIEWS.get(view),
        padding=padding,
        stride=stride,
        dilation=dilation,
        flip=flip,
    )


def _application_controls() -> tuple[str, int, int, bool]:
    padding = choice(
        _("Padding"), PADDINGS, key=f"{KEY}.padding", default="reflect",
        help=_("What the window finds beyond the edge of the picture."),
    )  # fmt: skip
    stride = bounded_slider(
        _("Stride"), 1, 8, 1, 1, key=f"{KEY}.stride",
        help_text=_("How many pixels the window moves from one output pixel to the next."),
    )  # fmt: skip
    dilation = bounded_slider(
        _("Dilation"), 1, 8, 1, 1, key=f"{KEY}.dilation",
        help_text=_("How many pixels lie between neighbouring weights."),
    )  # fmt: skip
    operation = choice(
        _("Operation"), (CORRELATION, CONVOLUTION), key=f"{KEY}.operation",
        widget=st.segmented_control,
        help=_("Convolution turns the kernel by 180° first. Networks leave it as it is."),
    )  # fmt: skip
    return padding, stride, dilation, operation == CONVOLUTION.slug
