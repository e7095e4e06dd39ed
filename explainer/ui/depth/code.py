"""The script of one of the passes, and the photo that it reads, where it reads one."""

from __future__ import annotations

from explainer.gradients.depth.script import PHOTO, script
from explainer.images.thumbnails import encode_png
from explainer.ui.common.bounded import chosen_place
from explainer.ui.common.code import show_script
from explainer.ui.common.prose import say
from explainer.ui.depth.one_pass import Passed
from explainer.ui.depth.settings import KEY
from explainer.words import _


def code(passed: Passed) -> None:
    """PyTorch source that prints the numbers of one setting."""
    say(KEY, "code")
    place = chosen_place(_("Setting"), passed.titles, key=f"{KEY}.code_setting")
    network = passed.passages[place].network
    text = script(network, passed.batch, passed.seed, photo=passed.photo is not None)
    row = show_script(KEY, text, "deepglass_depth", height=420)
    if passed.photo is not None:
        row.download_button(
            _("Download the photo"), encode_png(passed.photo), file_name=PHOTO,
            mime="image/png", icon=":material/image:", on_click="ignore",
        )  # fmt: skip
