"""The controls of the Filters page: which kernel, how it is applied, how the answer is seen.

Choices that a link should carry are Streamlit widgets bound to the URL by their titles; what
follows the hand (the kernel's parameters and the bias) is in `explainer.ui.filters.bench`.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explainer.charts.colour import CLIPPED, SIGNED, VIEWS, View
from explainer.convolution.application import CHANNEL_MODES, PADDINGS
from explainer.convolution.kernels import KERNELS, Kernel, Weights

KEY = "filters"
OWN = "Your own"
FIRST = "Sobel x"
AUTOMATIC = "Automatic"
CONVOLUTION = "Convolution"
CORRELATION = "Cross-correlation"
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
        """The name of the filter as the page prints it."""
        return self.kernel.title if self.kernel else "your own filter"

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


def filter_choice() -> FilterChoice:
    """Draw the toolbar and return what it says."""
    kernel, more = st.columns([2.2, 1], vertical_alignment="bottom", gap="small")
    with kernel:
        kernel_title = _kernel_select()
    with more, st.popover("How it is applied", icon=":material/tune:", width="stretch"):
        view_title = _automatic_select(
            "Shown as",
            "view",
            [entry.title for entry in VIEWS],
            "Automatic takes signed colours for kernels that sum to zero and a picture otherwise.",
        )
        channel_title = _automatic_select(
            "Channels",
            "channels",
            [mode.title for mode in CHANNEL_MODES],
            "Automatic takes grey for kernels that sum to zero and each colour for the rest.",
        )
        padding, stride, dilation, flip = _application_controls()
    return FilterChoice(
        kernel=next((k for k in KERNELS if k.title == kernel_title), None),
        channels=next((m.slug for m in CHANNEL_MODES if m.title == channel_title), None),
        view=next((v for v in VIEWS if v.title == view_title), None),
        padding=padding,
        stride=stride,
        dilation=dilation,
        flip=flip,
    )


def _kernel_select() -> str:
    return str(
        st.selectbox(
            "Filter",
            [*sorted((kernel.title for kernel in KERNELS), key=lambda title: title != FIRST), OWN],
            key=f"{KEY}.kernel",
            bind="query-params",
            persist_state="session",
            help="All weights are written for cross-correlation, as networks compute it.",
        )
    )


def _automatic_select(label: str, name: str, titles: list[str], explanation: str) -> str:
    return str(
        st.selectbox(
            label,
            [AUTOMATIC, *titles],
            key=f"{KEY}.{name}",
            bind="query-params",
            persist_state="session",
            help=explanation,
        )
    )


def _application_controls() -> tuple[str, int, int, bool]:
    padding_title = st.selectbox(
        "Beyond the edge",
        [padding.title for padding in PADDINGS],
        index=next(i for i, padding in enumerate(PADDINGS) if padding.slug == "reflect"),
        key=f"{KEY}.padding",
        bind="query-params",
        persist_state="session",
        help="What the window finds where the picture has ended.",
    )
    stride = st.slider(
        "Stride", 1, 8, 1, key=f"{KEY}.stride", bind="query-params", persist_state="session",
        help="How many pixels the window moves from one output pixel to the next.",
    )  # fmt: skip
    dilation = st.slider(
        "Dilation", 1, 8, 1, key=f"{KEY}.dilation", bind="query-params", persist_state="session",
        help="How many pixels lie between neighbouring weights.",
    )  # fmt: skip
    operation = st.segmented_control(
        "Operation",
        [CORRELATION, CONVOLUTION],
        default=CORRELATION,
        required=True,
        key=f"{KEY}.operation",
        bind="query-params",
        persist_state="session",
        help="Convolution turns the kernel by 180° first. Networks leave it as it is.",
    )
    padding = next(p.slug for p in PADDINGS if p.title == padding_title)
    return padding, stride, dilation, operation == CONVOLUTION
