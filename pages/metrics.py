"""Metrics: what a threshold decides, what a number leaves out, and how sure it is."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.metrics.instrument import instrument
from explainer.ui.metrics.sections import sections

open_page("metrics")
instrument()
say("metrics", "notice")
sections()
say("metrics", "sources")
close_page("metrics")
