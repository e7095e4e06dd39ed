"""Attribution: which pixels an answer rests on, and whether the map of them can be trusted."""

from explainer.ui.attribution.asked import question
from explainer.ui.attribution.page import one_method, side_by_side
from explainer.ui.common.page import open_page
from explainer.ui.common.picture import picture_input
from explainer.ui.common.prose import say
from explainer.ui.networks.answer import network_answer
from explainer.ui.networks.choice import network_card, network_choice
from explainer.ui.networks.own import picture_for

open_page("attribution")
chosen = picture_input()
entry = network_choice("attribution")
network_card(entry)
chosen = picture_for(chosen, entry, "attribution")
said = network_answer(chosen, entry, "attribution")
asked = question(chosen, entry, said)
side_by_side(asked)
one_method(asked)
say("attribution", "notice")
