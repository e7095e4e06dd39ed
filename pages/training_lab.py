"""Training lab: what stops a network from learning by heart?"""

from explainer.ui.common.page import open_page
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.training_lab.page import data_section, race, set_up

open_page("training_lab")
ready = set_up()
if ready:
    race(*ready)
    data_section(ready[1])
say("training_lab", "notice")
say("training_lab", "fair")
close_page("training_lab")
