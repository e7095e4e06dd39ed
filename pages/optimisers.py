"""Optimisers: how far one step can go, what momentum does, and what stops a network."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.optimisers.instrument import instrument
from explainer.ui.optimisers.sections import sections

open_page("optimisers")
instrument()
say("optimisers", "notice")
sections()
say("optimisers", "sources")
close_page("optimisers")
