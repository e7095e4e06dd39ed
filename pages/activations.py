"""Activations: what a bend in a line does to a gradient."""

from explainer.ui.activations.page import choose, show
from explainer.ui.activations.sections import sections
from explainer.ui.common.page import open_page
from explainer.ui.common.picture import picture_input
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page

open_page("activations")
entries, own = choose()
shown = show(entries, own)
if shown is not None:
    say("activations", "notice")
    chosen = picture_input()
    sections(chosen, shown)
close_page("activations")
