"""The code of the map that is looked at, with the photo and the weights that it reads."""

from __future__ import annotations

from functools import singledispatch

import streamlit as st
import torch
from safetensors.torch import save

from explainer.images.thumbnails import encode_png
from explainer.networks.recording.script import map_script
from explainer.networks.zoo.entry import Entry, Takes
from explainer.networks.zoo.preprocessing import SeenPicture
from explainer.networks.zoo.torchvision_models import Classifier
from explainer.ui.common.code import show_script
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.subject import KEY, Subject, pinned_pixel
from explainer.words import _, told


def code_section(_chosen: Chosen, looked: Subject, seen: SeenPicture, index: int) -> None:
    """The script that computes the layer's maps and prints one value of the one that is chosen."""
    say(KEY, "code")
    mean, deviation = _normalisation(looked.entry)
    at = pinned_pixel(seen) or _strongest(seen, index)
    try:
        text = map_script(
            looked.network, looked.layers, seen.layer.name, index, at,
            title=_(looked.entry.title), weights=_weights(looked.entry), mean=mean,
            deviation=deviation,
        )  # fmt: skip
    except ValueError as error:
        st.info(told(error))
        return
    with show_script(KEY, text, "deepglass_feature_maps"):
        st.download_button(
            _("Download the photo as the network sees it"), lambda: encode_png(looked.photo),
            file_name="photo.png", mime="image/png", icon=":material/image:", on_click="ignore",
        )  # fmt: skip
        if not isinstance(looked.entry, Classifier):
            st.download_button(
                _("Download the weights"), lambda: _stored(looked), file_name="weights.safetensors",
                mime="application/octet-stream", icon=":material/database:", on_click="ignore",
            )  # fmt: skip


@singledispatch
def _weights(_entry: Entry) -> str:
    """The expression that reads the weights: from the file that is offered beside the script."""
    return 'load_file("weights.safetensors")'


@_weights.register
def _torchvisions(entry: Classifier) -> str:
    name = entry.weights.__class__.__name__.removesuffix("_Weights").lower()
    return f'torchvision.models.get_model("{name}", weights="{entry.weights.name}").state_dict()'


def _stored(looked: Subject) -> bytes:
    state = looked.network.state_dict()
    return save({name: tensor.cpu().contiguous() for name, tensor in state.items()})


def _normalisation(entry: Takes) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each colour, from what becomes of black and white."""
    black, white = (
        entry.normalise(torch.full((entry.channels, 1, 1), value)).flatten() for value in (0.0, 1.0)
    )
    deviation = 1 / (white - black)
    return _rounded(-black * deviation), _rounded(deviation)


def _rounded(values: torch.Tensor) -> list[float]:
    return [round(float(one), 6) for one in values]


def _strongest(seen: SeenPicture, index: int) -> tuple[int, int]:
    """Where the map is farthest from zero, as the page looks there where nothing is pinned."""
    values = abs(seen.values[index])
    y, x = divmod(int(values.argmax()), values.shape[1])
    return y, x
