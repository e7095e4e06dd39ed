"""Overfitting: bias and variance measured, learning by heart, and when to stop."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.overfitting.instrument import instrument
from explainer.ui.overfitting.sections import sections

open_page("overfitting")
instrument()
say("overfitting", "notice")
sections()
say("overfitting", "sources")
close_page("overfitting")
