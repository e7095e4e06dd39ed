"""Fetching the weights of a network that is not on this machine."""

from __future__ import annotations

from functools import partial

from explainer.networks.zoo.torchvision_models import Classifier, DownloadError, download
from explainer.training.data.fetching import VARIABLE, Wanted
from explainer.ui.common.fetching import offer as offer_fetching
from explainer.words import _


def offer(entry: Classifier, *, meanwhile: str) -> None:
    """What there is to say and to press while the weights of `entry` are not here.

    `meanwhile` is the title of the network that the page goes on with, as it is shown.
    """
    offer_fetching(
        wanted(entry),
        source=_("Its weights come from torchvision, once for everybody on this machine."),
        forbidden=_(
            "{network} is not on this server, which fetches no networks ({variable} is 0).",
            network=entry.title, variable=VARIABLE,
        ),
        meanwhile=_("Meanwhile the page goes on with {network}.", network=meanwhile),
    )  # fmt: skip


def wanted(entry: Classifier) -> Wanted:
    """The weights of `entry` as something to fetch, once for all who ask."""
    total = round(entry.megabytes * 1e6)
    return Wanted(entry.slug, entry.title, total, partial(download, entry.slug), DownloadError)
