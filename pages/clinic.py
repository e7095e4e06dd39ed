"""The clinic: runs with a hidden fault, to be named from curves and instruments."""

from explainer.ui.clinic.instrument import instrument
from explainer.ui.clinic.sections import sections
from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page

open_page("clinic")
instrument()
say("clinic", "notice")
sections()
say("clinic", "sources")
close_page("clinic")
