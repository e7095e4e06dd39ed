"""The parts of the Filters page below the bench: why it works, what it costs, and the code."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import streamlit as st

from explainer.charts.colour import SIGNED
from explainer.charts.filters.analysis import kernel_picture, singular_values_chart
from explainer.charts.filters.output import filter_output, small_picture
from explainer.convolution.application import Application, output_shape
from explainer.convolution.apply import apply, plan
from explainer.convolution.arithmetic import Counts, counts, size_formula, window_at
from explainer.convolution.kernels import KERNELS, Weights
from explainer.convolution.script import script
from explainer.convolution.structure import Separability, compose, factors, separability
from explainer.images.picture import Picture
from explainer.powers import power_of_ten, short
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Part, choice, open_part
from explainer.ui.common.code import show_script
from explainer.ui.common.page import show_picture
from explainer.ui.common.picture import Chosen, offer_picture
from explainer.ui.common.prose import say
from explainer.ui.filters.bench import Setup
from explainer.ui.filters.controls import KEY
from explainer.ui.filters.frequencies import frequency_section
from explainer.ui.filters.lens import pinned_pixel, resting_pixel
from explainer.ui.filters.stack import stack_section
from explainer.words import N_, _, told

MOST_WRITTEN = 9  # weights of a column that is written out


def notice_section(chosen: Chosen, setup: Setup) -> None:
    """What to look at, and whether convolution and cross-correlation differ here."""
    if made := _made(setup, separability(setup.weights)):
        st.markdown(_("**How {filter} is made**", filter=_(setup.title)))
        st.latex(made)
    say("filters", "notice")
    say("filters", "correlation")
    turned = setup.weights[::-1, ::-1]
    if np.array_equal(turned, setup.weights):
        st.info(
            _(
                "This kernel is the same after a turn by 180°: convolution and cross-correlation"
                " agree."
            )
        )
        return
    difference = _largest_difference(chosen.picture, setup.weights, turned, setup.application)
    if difference is None:
        return
    shown = f"{difference:.3f}"
    if np.array_equal(turned, -setup.weights):
        st.info(
            _(
                "For this kernel and picture the two differ by up to {difference}: the turn changes"
                " every sign.",
                difference=shown,
            )
        )
    else:
        st.info(_("For this kernel and picture the two differ by up to {difference}.",
                  difference=shown))  # fmt: skip


def separable_section(_chosen: Chosen, setup: Setup) -> None:
    """Rank by SVD, what it saves, and the column and row when there is one of each."""
    say("filters", "separable")
    found = separability(setup.weights)
    rows, columns = setup.weights.shape
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.altair_chart(
            singular_values_chart(found.singular_values, theme()),
            alt=_(
                "Singular values: {count}, of which {rank} are not zero.",
                count=len(found.singular_values),
                rank=found.rank,
            ),
        )
    with right:
        st.metric(_("Rank"), found.rank, border=True)
        if found.rank == 1:
            st.markdown(
                _(
                    "Two passes of {rows} and {columns} weights: **{few}** multiplications a pixel"
                    " in place of **{many}**.",
                    rows=rows,
                    columns=columns,
                    few=found.multiplications_separable,
                    many=found.multiplications_full,
                )
            )
            st.latex(_made(setup, found))
        else:
            st.markdown(
                _(
                    "Not a column times a row. The nearest such table is off by {percent} % of the"
                    " kernel's size (Frobenius norm).",
                    percent=f"{100 * found.relative_error:.1f}",
                )
            )
    st.caption(_("What runs here: {why}", why=plan(setup.weights, setup.application).why))


def row_section(chosen: Chosen, setup: Setup) -> None:
    """This filter, then a second one, against the one kernel that does both."""
    say("filters", "row")
    second = KERNELS[choice(_("Then"), KERNELS, key=f"{KEY}.second")]
    other = second.build(**second.defaults())
    combined = compose(setup.weights, other)
    plain = Application(padding="wrap", channels="grey")
    try:
        first = apply(chosen.picture.pixels, setup.weights, plain)
        after = apply(first, other, plain)
        together = apply(chosen.picture.pixels, combined, plain)
    except ValueError as error:
        st.warning(told(error))
        return
    for column, (values, caption) in zip(
        st.columns(3),
        (
            (first, _(setup.title)),
            (after, _("then {filter}", filter=_(second.title))),
            (
                together,
                _(
                    "one kernel, {rows} × {columns}",
                    rows=combined.shape[0],
                    columns=combined.shape[1],
                ),
            ),
        ),
        strict=True,
    ):
        with column:
            show_picture(
                small_picture(filter_output(values, SIGNED), theme()),
                alt=_("The picture, filtered: {filters}.", filters=caption),
                caption=caption,
            )
    st.markdown(
        _(
            "The largest difference between the second and the third picture is **{difference}**:"
            " rounding, and nothing else. (Here the picture wraps around; with another padding the"
            " two differ within reach of the edge.)",
            difference=power_of_ten(float(np.abs(after - together).max())),
        )
    )
    with st.columns([1, 2])[0]:
        show_picture(
            kernel_picture(combined, theme()), alt=_("The combined kernel as colours."),
            caption=_("The combined kernel"), exact=True,
        )  # fmt: skip


def arithmetic_section(chosen: Chosen, setup: Setup) -> None:
    """The size of the output, what it costs, and the pinned pixel worked out by the server."""
    say("filters", "arithmetic")
    height, width = chosen.picture.codes.shape[:2]
    try:
        shape = output_shape(height, width, setup.weights.shape, setup.application)
    except ValueError as error:
        st.warning(told(error))
        return
    sides = (("H'", height, setup.weights.shape[0]), ("W'", width, setup.weights.shape[1]))
    for name, size, taps in sides:
        st.latex(f"{name} = {size_formula(size, taps, setup.application)}")
    counted = counts(height, width, setup.weights.shape, setup.application)
    columns = st.columns(3)
    for column, label, number in zip(
        columns,
        (_("Weights + bias"), _("Multiplications, as written"),
         _("Weights, if no two places shared them")),
        (f"{counted.weights} + {counted.biases}", f"{counted.multiplications:,}",
         f"{counted.unshared:,}"),
        strict=True,
    ):  # fmt: skip
        column.metric(label, number, border=True)
    _own_colours(counted, setup.application)
    pinned = pinned_pixel(KEY)
    row, column_at = _inside(pinned or resting_pixel(KEY), shape)
    window = window_at(chosen.picture.pixels, setup.weights, setup.application, row, column_at)
    where = {"row": row, "column": column_at}
    if pinned:
        st.markdown(_("**Output pixel, row {row}, column {column}**, as pinned", **where))
    else:
        st.markdown(
            _("**Output pixel, row {row}, column {column}**, where the microscope rests", **where)
        )
    names = (_("grey"),) if len(window.sums) == 1 else (_("red"), _("green"), _("blue"))
    sums = [
        _("Sum of the products, {channel}: ${sum}$", channel=name, sum=f"{total:.6f}")
        for name, total in zip(names, window.sums, strict=True)
    ]
    outputs = ", ".join(f"${value:.6f}$" for value in window.output)
    bias = f"{setup.application.bias:g}"
    st.markdown(
        "  \n".join([*sums, _("Output, with bias ${bias}$: {outputs}", bias=bias, outputs=outputs)])
    )


def _own_colours(counted: Counts, application: Application) -> None:
    """That one table serves all colours, and what a layer would learn that has one for each."""
    many = {"taps": counted.weights, "count": counted.with_own_colours}
    if application.channels == "each":
        st.caption(
            _(
                "Red, green and blue share this one table and its bias. A layer with a table for "
                "each (a depthwise convolution) would learn 3 · ({taps} + 1) = {count}.",
                **many,
            )
        )
    elif application.channels == "summed":
        st.caption(
            _(
                "Red, green and blue share this one table. A filter of a network has a table for "
                "each: 3 · {taps} + 1 = {count}.",
                **many,
            )
        )


def code_section(chosen: Chosen, setup: Setup) -> None:
    """The script that reproduces the current state."""
    say("filters", "code")
    text = script(setup.weights, setup.application, title=setup.title[0].upper() + setup.title[1:])
    with show_script("filters", text, "deepglass_filter"):
        offer_picture(chosen)


def _largest_difference(
    picture: Picture, weights: Weights, turned: Weights, application: Application
) -> float | None:
    try:
        first = apply(picture.pixels, weights, application)
        second = apply(picture.pixels, turned, application)
    except ValueError:
        return None
    if first.shape != second.shape:
        return None
    return float(np.abs(first - second).max())


def _made(setup: Setup, found: Separability) -> str:
    """What the kernel is made of, as LaTeX: its column times its row, if short, else a formula."""
    made = factors(found)
    if made is None or max(setup.weights.shape) > MOST_WRITTEN:
        return setup.structure
    scale = Fraction(made.scale).limit_denominator(1000)
    if abs(float(scale) - made.scale) > 1e-9:
        first = rf"{short(made.scale, 4)}\;"
    else:
        first = "" if scale == 1 else rf"\tfrac{{{scale.numerator}}}{{{scale.denominator}}}\;"
    return first + _matrix(made.column[:, None]) + _matrix(made.row[None, :])


def _matrix(values: np.ndarray) -> str:
    rows = (r" & ".join(short(value, 3) for value in row) for row in values)
    return r"\begin{bmatrix}" + r" \\ ".join(rows) + r"\end{bmatrix}"


def _inside(pixel: tuple[int, int] | None, shape: tuple[int, int, int]) -> tuple[int, int]:
    row, column = pixel or (shape[0] // 2, shape[1] // 2)
    return min(row, shape[0] - 1), min(column, shape[1] - 1)


PARTS = (
    Part("notice", N_("What to notice"), notice_section),
    Part("frequencies", N_("Frequencies"), frequency_section),
    Part("separable", N_("Separable"), separable_section),
    Part("feature-map", N_("Feature map"), stack_section),
    Part("two-in-a-row", N_("Two in a row"), row_section),
    Part("arithmetic", N_("Arithmetic"), arithmetic_section),
    Part("code", N_("Code"), code_section),
)


def sections(chosen: Chosen, setup: Setup) -> None:
    """The parts of the page behind tabs; only the one that is open is computed."""
    open_part(PARTS, chosen, setup, key=f"{KEY}.tab", alone=True)
