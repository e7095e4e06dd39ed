"""What the picture of all subnetworks shows: a dot for each, their means, and the chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.messages import whole
from explainer.parameters import Parameter
from explainer.powers import percent, short
from explainer.regularisation.dropout.small_network import KEEP, Place
from explainer.regularisation.dropout.subnetworks import COUNT, Subnetworks, mask_of, softmax
from explainer.ui.dropout.scene import CHANCES, LOGITS, Asked, Scene, deck, quality
from explainer.words import N_, _

SCALED, GEOMETRIC, ARITHMETIC = "scaled", "geometric", "arithmetic"
STEPS = 65_535  # of a coordinate on its way to the browser
FEWEST = 1e-4  # of all probability: what is rarer has the smallest dot

PROBABILITY = Parameter(
    "keep", N_("keep probability q"), KEEP, 0.05, 1, 0.05,
    help=N_("Each unit is kept with this probability, on its own; the larger a dot, the more "
    "probable its network. What was trained with dropout was trained with q = 0.5."),
)  # fmt: skip


def dots(found: Scene) -> tuple[bytes, bytes]:
    """Each dot's place, x and y as uint16 parts of the axes, and the bits of its mask, uint32."""
    low, high = found.span.T
    parts = np.clip((found.places - low) / (high - low), 0, 1) * STEPS
    masks = found.trial.networks.masks
    bits = masks @ (1 << np.arange(masks.shape[1]))
    return parts.round().astype("<u2").tobytes(), bits.astype("<u4").tobytes()


@dataclass(frozen=True, eq=False)
class Means:
    """What stands for all networks of a scene, units being kept with probability `keep`.

    `scaled` are logits and `arithmetic` probabilities, `(N, 10)`; `logits` is the mean of logits.
    """

    scaled: NDArray[Any]
    logits: NDArray[Any]
    arithmetic: NDArray[Any]

    @staticmethod
    def of(found: Scene, keep: float) -> Means:
        """The means of a scene."""
        networks, survey = found.trial.networks, found.survey
        return Means(
            networks.scaled(found.second, keep, start=2),
            np.tensordot(networks.shares(keep), survey.logits, 1),
            networks.arithmetic(survey, keep),
        )


def dots_message(
    found: Scene, keep: float, bits: int, colours: Theme, means: Means | None = None
) -> dict[str, Any]:
    """All that is drawn beside the dots, with q = `keep` and the network of `bits` chosen.

    `means` are those with that q, where they are known.
    """
    networks, asked = found.trial.networks, found.asked
    means, chosen = means or Means.of(found, keep), _chosen(found, bits)
    here = asked.row if asked.whole else 0
    return {
        "view": asked.view,
        "axes": _axes(found),
        "colours": {
            SCALED: colours.categorical[1],
            GEOMETRIC: colours.text,
            ARITHMETIC: colours.categorical[3],
        },
        "stops": colours.sequential,
        "weights": _weights(networks, keep),
        "layers": _layers(networks.place),
        "digit": asked.digit,
        "hints": _hints(networks, asked, keep),
        "marks": _marks(found, means),
        "bars": {
            SCALED: softmax(means.scaled[here]).tolist(),
            ARITHMETIC: means.arithmetic[here].tolist(),
        },
        "heads": _heads(asked),
        "rows": _rows(found, keep, means, chosen["good"]),
        "chosen": chosen,
    }


def _marks(found: Scene, means: Means) -> list[dict[str, Any]]:
    """Where the scaled network and the means lie; a mean of probabilities has no logits."""
    single = slice(None) if found.asked.whole else 0
    places = {
        SCALED: found.point(means.scaled[single]),
        GEOMETRIC: found.point(means.logits[single]),
    }
    if found.asked.whole:
        places[ARITHMETIC] = quality(means.arithmetic)
    elif found.asked.view == CHANCES.slug:
        first, second = means.arithmetic[0, [found.asked.digit, found.rival]]
        places[ARITHMETIC] = float(first), float(second)
    return [{"kind": kind, "x": x, "y": y} for kind, (x, y) in places.items()]


def _axes(found: Scene) -> list[dict[str, Any]]:
    digit, rival, view = found.asked.digit, found.rival, found.asked.view
    if found.asked.whole:
        labels = _("confidence: mean of the largest probability"), _("accuracy on 500 digits")
    elif view == LOGITS.slug:
        labels = _("logit of {digit}", digit=digit), _("logit of {digit}", digit=rival)
    else:
        labels = _("probability of {digit}", digit=digit), _("probability of {digit}", digit=rival)
    return [
        {"label": text, "low": float(low), "high": float(high), "percent": view != LOGITS.slug}
        for text, (low, high) in zip(labels, found.span, strict=True)
    ]


def _weights(networks: Subnetworks, keep: float) -> list[float]:
    """For each number of kept units how large a dot is, in [0, 1], by its probability."""
    if not networks.exhaustive or keep == KEEP:
        return [0.5] * (networks.units + 1)
    each = networks.shares(keep) / np.bincount(networks.groups)
    return [
        float(1 - np.log(one) / np.log(FEWEST)) for one in np.maximum(each / each.max(), FEWEST)
    ]


def _hints(networks: Subnetworks, asked: Asked, keep: float) -> list[str]:
    """What is drawn and not said elsewhere."""
    said = [_("Lines in the bars: what ring and triangle say.")]
    if not asked.whole:
        said.append(_("On the dashed line both digits are equally likely."))
    if not networks.exhaustive:
        said.append(
            _(
                "Two layers leave {all} networks: the dots and the triangle are {some} of them, "
                "drawn at random; the cross is the mean of all.",
                all=f"{2**networks.units:,}", some=f"{COUNT:,}",
            )
        )  # fmt: skip
    elif keep != KEEP:
        said.append(_("The larger a dot, the more probable its network."))
    return said


def _layers(place: Place) -> list[str]:
    titles = (place.before, _("layer before the last")), (place.last, _("last hidden layer"))
    return [title for there, title in titles if there]


def _chosen(found: Scene, bits: int) -> dict[str, Any]:
    """What the network of these bits says: its place, the classes' probabilities, ten digits."""
    networks, asked = found.trial.networks, found.asked
    mask = mask_of(bits, networks.units)
    logits = networks.logits(found.trial.second, mask, start=2)[0]  # (500, 10)
    chances = softmax(logits)
    x, y = found.point(logits if asked.whole else logits[asked.row])
    ten = chances[deck(asked.deck)]
    return {
        "bits": bits,
        "x": x,
        "y": y,
        "bars": chances[asked.row].tolist(),
        "said": [str(digit) for digit in ten.argmax(1)],
        "sure": [percent(float(one)) for one in ten.max(1)],
        "good": quality(chances)[1] if asked.whole else float(chances[asked.row, asked.digit]),
        "title": _("{kept} of {units} units kept", kept=int(mask.sum()), units=networks.units),
    }


def _heads(asked: Asked) -> list[str]:
    first = _("right") if asked.whole else _("says {digit}", digit=asked.digit)
    return ["", first, _("a probability differs from the ring’s by up to")]


def _rows(found: Scene, keep: float, means: Means, chosen: float) -> list[dict[str, Any]]:
    """The table: how good each mean is, and how far its probabilities are from the scaled ones."""
    networks, asked, scaled = found.trial.networks, found.asked, softmax(means.scaled)

    def row(kind: str, label: str, good: float, apart: str = "") -> dict[str, Any]:
        return {"kind": kind, "label": label, "values": [percent(good), apart]}

    def mean(kind: str, label: str, chances: NDArray[Any]) -> dict[str, Any]:
        good = quality(chances)[1] if asked.whole else float(chances[0, asked.digit])
        apart = "" if kind == SCALED else short(float(np.abs(chances - scaled).max()), 2)
        return row(kind, label, good, apart)

    each = (networks.shares(keep) / np.bincount(networks.groups))[networks.groups]
    usual = float((found.trial.survey.accuracy * each).sum())
    average = [row("", _("a network, on average"), usual)] if asked.whole else []
    drawn = asked.view != LOGITS.slug
    return [
        row("chosen", _("the chosen network"), chosen),
        *average,
        mean(SCALED, _("all units, each × q"), scaled),
        mean(GEOMETRIC, _("geometric mean of all"), softmax(means.logits)),
        mean(ARITHMETIC if drawn else "", _("arithmetic mean of all"), means.arithmetic),
    ]


def sound_bits(value: object, networks: Subnetworks, usual: int) -> int:
    """A mask's number that there is; `usual` where it is none."""
    found = whole(value, 0, 2**networks.units - 1)
    return usual if found is None else found
