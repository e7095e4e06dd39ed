"""What is seen in the story of a landscape, told from the numbers of its survey."""

from __future__ import annotations

import numpy as np

from explainer.gradients.landscape.comparing import largest_ratio, share_below
from explainer.gradients.landscape.views import Snapshot, VariantView
from explainer.powers import power_of_ten
from explainer.words import _

COUNTED_SEEDS = 10
"""Seeds 0 to 9, with which the story of skips was run in advance."""
LOWER_WITH_SKIPS, FLATTER_WITH_SKIPS = 10, 10
"""Of these, those whose loss ended lower with skips, and those whose λmax did; a test counts."""


def path(found: Snapshot) -> str:
    """How much of the path its plane holds, and how far the path is from it all the same."""
    panel, truth = found.panels[0], found.variants[0].on_path[0][:-1]
    above = int((truth > panel.at_places[0][:-1]).sum())
    held = _(
        "The two principal directions hold {share} of the path (of its squared distances from the "
        "end), and yet half of the checkpoints are more than {middle} off the plane. At {above} of "
        "{count} checkpoints the true loss is higher than that of the projection.",
        share=f"{sum(panel.shares or ()):.0%}",
        middle=f"{np.median(panel.off_plane[:-1]):.0%}",
        above=above,
        count=len(truth),
    )
    if 2 * above <= len(truth):
        return held
    led = _("So the drawn line runs through places that training never saw.")
    return f"{held} {led}"


def skips(found: Snapshot) -> str:
    """Loss, sharpness and planes of both networks, and with how many seeds it comes out so."""
    without, with_skips = (_ends(one) for one in found.variants)
    here = _(
        "Here the loss ends at {with_loss} with skips and at {without_loss} without; λmax is "
        "{with_sharpness} with them and {without_sharpness} without.",
        with_loss=power_of_ten(with_skips[0]),
        without_loss=power_of_ten(without[0]),
        with_sharpness=power_of_ten(with_skips[1], 3),
        without_sharpness=power_of_ten(without[1], 3),
    )
    counted = _(
        "Of the seeds 0 to {last}, the loss ended lower with skips for {lower} of {count}, and "
        "λmax for {flatter}.",
        last=COUNTED_SEEDS - 1,
        count=COUNTED_SEEDS,
        lower=LOWER_WITH_SKIPS,
        flatter=FLATTER_WITH_SKIPS,
    )
    return f"{here} {counted} {_planes_below(found)}"


def batch_norm(found: Snapshot) -> str:
    """How steeply the loss rises in both planes, and both sharpnesses."""
    plain, normed = (_ends(one)[1] for one in found.variants)
    middles = [
        power_of_ten(float(np.median([one.losses[0] for one in found.panels if one.variant == at])))
        for at in (0, 1)
    ]
    return _(
        "Half of the plane lies below a loss of {normed} with batch norm, and below {plain} "
        "without; λmax is {normed_sharpness} with it and {plain_sharpness} without.",
        normed=middles[1],
        plain=middles[0],
        normed_sharpness=power_of_ten(normed, 3),
        plain_sharpness=power_of_ten(plain, 3),
    )


def batches(found: Snapshot) -> str:
    """Which minimum is flatter by the picture, and which by λmax."""
    small, large = (_ends(one)[1] for one in found.variants)
    areas = [share_below(found, place) for place in (0, 1)]
    names = [one.name for one in found.variants]
    right = [f"{one.score.accuracies[1]:.1%}" for one in found.variants if one.score]
    wider, flatter = names[int(areas[1] > areas[0])], names[int(large < small)]
    measured = _(
        "Of the plane, {first_area} lies below a loss of 1 for *{first}* and {second_area} for "
        "*{second}*; λmax is {first_sharpness} and {second_sharpness}. On validation they have "
        "{first_accuracy} and {second_accuracy} right.",
        first=names[0],
        second=names[1],
        first_area=f"{areas[0]:.0%}",
        second_area=f"{areas[1]:.0%}",
        first_sharpness=power_of_ten(small, 3),
        second_sharpness=power_of_ten(large, 3),
        first_accuracy=right[0],
        second_accuracy=right[1],
    )
    if wider == flatter:
        led = _("So the picture and λmax both call the minimum of *{name}* flatter.", name=wider)
    else:
        led = _(
            "So the picture calls the minimum of *{wider}* flatter, and λmax that of *{flatter}*.",
            wider=wider,
            flatter=flatter,
        )
    return f"{measured} {led}"


def rescaled(found: Snapshot) -> str:
    """How far two networks of one function are apart: in loss, on their planes, in sharpness."""
    (before, sharp), (after, sharper) = (_ends(one) for one in found.variants)
    return _(
        "Both end at the same loss, {before} and {after}; at no point do the two planes differ by "
        "a factor of more than {ratio}; and λmax differs by a factor of {times}.",
        before=power_of_ten(before, 3),
        after=power_of_ten(after, 3),
        ratio=f"{largest_ratio(*found.panels):.6f}",
        times=power_of_ten(max(sharp, sharper) / max(min(sharp, sharper), 1e-30), 3),
    )


def several_planes(found: Snapshot) -> str:
    """How far the path is off all of the planes, and how small their curvature is beside λmax."""
    sharp = _ends(found.variants[0])[1]
    bowls = sum(
        int(np.nanargmin(one.losses[0]))
        == int(np.ravel_multi_index(one.axes.centre, one.losses[0].shape))
        for one in found.panels
    )
    curved = [abs(value) for one in found.panels for value in one.curvatures]
    return _(
        "In {bowls} of {count} planes the loss is least at the centre: one bowl, seen again and "
        "again. The path is a dot there, as the network was never less than {least} off these "
        "planes. And the curvature along each of the {directions} directions is {share} of λmax or "
        "less: the most strongly curved direction is in no picture.",
        bowls=bowls,
        count=len(found.panels),
        least=f"{min(one.off_plane[:-1].min() for one in found.panels):.1%}",
        directions=len(curved),
        share=f"{max(curved) / max(sharp, 1e-30):.1%}",
    )


def _ends(one: VariantView) -> tuple[float, float]:
    """The training loss at the end, and λmax in absolute value; NaN where it is not known."""
    return (
        one.score.losses[0] if one.score else float("nan"),
        abs(one.sharpness.eigenvalue) if one.sharpness else float("nan"),
    )


def _planes_below(found: Snapshot) -> str:
    first, second = (f"{share_below(found, place):.0%}" for place in (0, 1))
    return _(
        "Of the planes, {first} without skips and {second} with them lie below a loss of 1.",
        first=first,
        second=second,
    )
