"""Augmentation: when is a changed picture still the same, and what does it teach?"""

from explainer.ui.augmentation.instrument import instrument
from explainer.ui.augmentation.sections import sections
from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page

open_page("augmentation")
instrument()
say("augmentation", "notice")
sections()
say("augmentation", "sources")
close_page("augmentation")
