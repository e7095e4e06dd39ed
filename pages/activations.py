"""Activations: what a bend in a line does to a gradient."""

from explainer.ui.activation_sections import sections
from explainer.ui.activations import choose, show
from explainer.ui.page import open_page
from explainer.ui.picture import picture_input
from explainer.ui.prose import say

open_page("activations")
entries, own = choose()
shown = show(entries, own)
if shown is not None:
    say("activations", "notice")
    chosen = picture_input()
    sections(chosen, shown)
