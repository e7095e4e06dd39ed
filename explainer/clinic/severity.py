"""How strong the fault of a case is, and where it sits: its own numbers, in words."""

from __future__ import annotations

from collections.abc import Callable

from explainer.clinic.case import Case, mended
from explainer.powers import power_of_ten
from explainer.words import Message, later


def severity(case: Case) -> Message | None:
    """A sentence on this case alone; None where the fault has no number that is drawn."""
    told = _TOLD.get(case.fault)
    return told(case) if told else None


def _high(case: Case) -> Message:
    return later(
        "Here the rate is {rate}, {times} times too high.",
        rate=power_of_ten(case.rate), times=f"{case.rate / mended(case).rate:.0f}",
    )  # fmt: skip


def _low(case: Case) -> Message:
    return later(
        "Here the rate is {rate}, {times} times too small.",
        rate=power_of_ten(case.rate), times=f"{mended(case).rate / case.rate:.0f}",
    )  # fmt: skip


def _scaled(case: Case) -> Message:
    scale, shift = case.validation_pixels
    if scale < 0:
        return later("Here they are inverted.")
    return (
        later("Here they have half the contrast.") if shift else later("Here they are of 0 to 255.")
    )


_TOLD: dict[str, Callable[[Case], Message]] = {
    "rate-high": _high,
    "rate-low": _low,
    "frozen": lambda case: later("Here it is layer {number}.", number=case.frozen + 1),
    "few": lambda case: later("Here there are {count}.", count=case.training),
    "noise": lambda case: later(
        "Here {share} % of the labels are wrong.", share=f"{100 * case.wrong:.0f}"),
    "dead": lambda case: later(
        "Here it is layer {number}, with biases of {bias}.",
        number=case.dead[0] + 1, bias=power_of_ten(case.dead[1])),
    "vanishing": lambda case: later(
        "Here there are {count} layers of them.", count=len(case.widths)),
    "saturated": lambda case: later(
        "Here they are {times} times too large.", times=f"{case.gain / mended(case).gain:.1f}"),
    "small": lambda case: later(
        "Here layer {number} has {count} units.",
        number=case.widths.index(min(case.widths)) + 1, count=min(case.widths)),
    "scaled": _scaled,
    "leak": lambda case: later(
        "Here {share} % of them are.", share=f"{100 * case.leaked:.0f}"),
    "batch-norm": lambda case: later(
        "Here there are {count} at a time.", count=case.validation_batch),
}  # fmt: skip
