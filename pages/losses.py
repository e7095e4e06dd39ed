"""Losses: the noise that each believes in, likelihoods, and how sure a network should be."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.losses.instrument import instrument
from explainer.ui.losses.sections import sections

open_page("losses")
instrument()
say("losses", "notice")
sections()
say("losses", "sources")
close_page("losses")
