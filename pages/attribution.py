"""Attribution: which pixels an answer rests on, and whether the map of them can be trusted."""

from explainer.ui.attribution.code import code
from explainer.ui.attribution.page import asked_and_answered, judged, the_rest
from explainer.ui.common.page import open_page
from explainer.ui.common.picture import picture_input
from explainer.ui.common.prose import say
from explainer.ui.ending.ending import close_page
from explainer.ui.networks.answer import answered
from explainer.ui.networks.choice import network_card, network_choice
from explainer.ui.networks.own import picture_for

open_page("attribution")
chosen = picture_input()
entry = network_choice("attribution")
network_card(entry)
chosen = picture_for(chosen, entry, "attribution")
asked, method = asked_and_answered(chosen, entry, answered(chosen, entry))
judged(asked, method)
code(asked, method)
say("attribution", "notice")
close_page("attribution")
the_rest(asked)
