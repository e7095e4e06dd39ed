"""Dropout and DropConnect: the networks that are left, and what their mean is."""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.dropout.instrument import instrument
from explainer.ui.dropout.sections import sections
from explainer.ui.ending.ending import close_page

open_page("dropout")
instrument()
say("dropout", "notice")
sections()
say("dropout", "sources")
close_page("dropout")
