"""What a kernel lets through: three spectra with axes, and the response along both of them."""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.filters.analysis import gain_chart, square_picture
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import Weights
from explainer.convolution.spectrum import GainProfile, frequency_response, gain_profile, spectrum
from explainer.convolution.structure import dilated, separability
from explainer.images.picture import Picture
from explainer.images.thumbnails import encode_jpeg
from explainer.ui.common.appearance import theme
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.filters.bench import Setup
from explainer.words import _

SIDE = 384
TICKS = ("−½", "−¼", "0", "¼", "½")
MOST_NAMED = 5
LINE = "position:absolute;pointer-events:none;border:0 dashed #ffd84d;"


def frequency_section(chosen: Chosen, setup: Setup) -> None:
    """The spectrum of the picture, the kernel's frequency response, the spectrum after it."""
    say("filters", "frequencies")
    colours = theme()
    spread = dilated(setup.weights, setup.application.dilation)
    profile = gain_profile(spread)
    response = frequency_response(spread, size=256)
    before = spectrum(chosen.picture.pixels @ np.array([0.299, 0.587, 0.114], np.float32))
    lines = _zero_lines(profile) if separability(spread).rank == 1 else ""
    most = float(before.max())
    largest = _("Frequency response |W|, 0 to {largest}", largest=f"{response.max():.2f}")
    shown = [
        (before, most, _("Spectrum of the picture"), ""),
        (response, float(response.max()) or 1.0, largest, lines),
    ]
    after = _filtered_grey(chosen.picture, setup)
    if after is not None:
        shown.append((spectrum(after), most, _("Spectrum of the output"), ""))
    for column, (values, high, caption, marks) in zip(st.columns(3), shown, strict=False):
        with column:
            st.html(_with_axes(square_picture(values, high, colours, SIDE), caption, marks))
    if setup.application.stride > 1:
        st.caption(
            _(
                "The output here is that of stride 1: of every {stride} pixels one is kept after "
                "it, and frequencies above 1/{double} come out as lower ones (aliasing).",
                stride=setup.application.stride,
                double=2 * setup.application.stride,
            )
        )
    st.altair_chart(
        gain_chart(profile, colours),
        alt=_("The frequency response, across and down the picture."),
    )
    st.markdown("  \n".join(_zeros(spread, profile)))


def _filtered_grey(picture: Picture, setup: Setup) -> NDArray[np.float32] | None:
    try:
        plain = Application(channels="grey", dilation=setup.application.dilation)
        return apply(picture.pixels, setup.weights, plain)[..., 0]
    except ValueError:
        return None


def _with_axes(codes: NDArray[np.uint8], caption: str, marks: str) -> str:
    """A square picture of frequencies between its two axes, in cycles per pixel."""
    alt = escape(_("{picture}, low frequencies in the middle.", picture=caption), quote=True)
    data = b64encode(encode_jpeg(codes, quality=90)).decode()
    ticks = "".join(f"<span>{tick}</span>" for tick in TICKS)
    across = escape(_("across (cycles per pixel)"))
    return (
        '<figure style="margin:0;font-size:.8rem">'
        '<div style="display:grid;grid-template-columns:auto 1fr;gap:.15rem .35rem">'
        '<div style="display:flex;flex-direction:column;justify-content:space-between;'
        f'text-align:right">{ticks}</div>'
        '<div style="position:relative;aspect-ratio:1">'
        f'<img alt="{alt}" src="data:image/jpeg;base64,{data}" '
        f'style="width:100%;height:100%;display:block;border-radius:3px">{marks}</div>'
        f'<div></div><div style="display:flex;justify-content:space-between">{ticks}</div>'
        f'<div></div><div style="text-align:center;opacity:.85">{across}</div></div>'
        f'<figcaption style="margin-top:.2rem">{escape(caption)}</figcaption></figure>'
    )


def _zero_lines(profile: GainProfile) -> str:
    """The zeros of a column times a row: whole lines of the plane."""
    places = {
        f"left:{100 * (0.5 + way * zero):.2f}%;top:0;bottom:0;border-left-width:1.5px"
        for zero in profile.horizontal_zeros
        for way in (-1, 1)
    } | {
        f"top:{100 * (0.5 + way * zero):.2f}%;left:0;right:0;border-top-width:1.5px"
        for zero in profile.vertical_zeros
        for way in (-1, 1)
    }
    return "".join(f'<span style="{LINE}{place}"></span>' for place in sorted(places))


def _zeros(spread: Weights, profile: GainProfile) -> list[str]:
    """What the kernel takes out, in words, for both directions."""
    ways = (
        (_("Across"), profile.horizontal_zeros, np.abs(profile.horizontal).max()),
        (_("Down"), profile.vertical_zeros, np.abs(profile.vertical).max()),
    )
    least = 1e-9 * float(np.abs(spread).sum())
    said = {
        name: _taken_out(zeros) if most > least else _("nothing passes.")
        for name, zeros, most in ways
    }
    if len(set(said.values())) == 1:
        said = {_("Across and down"): next(iter(said.values()))}
    return [f"**{name}:** {what}" for name, what in said.items()]


def _taken_out(zeros: tuple[float, ...]) -> str:
    stripes = [zero for zero in zeros if zero]
    parts = [_("the mean brightness is taken out")] if len(stripes) < len(zeros) else []
    if stripes:
        more = " …" if len(stripes) > MOST_NAMED else ""
        named = stripes[:MOST_NAMED]
        parts.append(
            _(
                "stripes with a period of {periods} pixels are taken out (frequency {frequencies})",
                periods=", ".join(f"{1 / zero:.3g}" for zero in named) + more,
                frequencies=", ".join(map(_written, named)) + more,
            )
        )
    return (_(" and ").join(parts) if parts else _("no frequency is taken out")) + "."


def _written(frequency: float) -> str:
    fraction = Fraction(frequency).limit_denominator(62)
    return str(fraction) if abs(float(fraction) - frequency) < 1e-9 else f"{frequency:.3f}"
