"""Splits: how sure a measured accuracy is, and how one fools oneself with it."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.splits.instrument import instrument
from explainer.ui.splits.sections import sections

open_page("splits")
instrument()
say("splits", "notice")
sections()
say("splits", "sources")
close_page("splits")
