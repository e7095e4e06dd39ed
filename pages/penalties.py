"""L1 and L2: what a penalty on the weights does to them, and why one makes zeros."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.penalties.geometry import geometry
from explainer.ui.penalties.sections import sections

open_page("penalties")
geometry()
say("penalties", "notice")
sections()
say("penalties", "sources")
close_page("penalties")
