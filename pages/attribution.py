"""Attribution: which pixels an answer rests on, and whether the map of them can be trusted."""

from explainer.ui.attribution import one_method, side_by_side
from explainer.ui.attribution_asked import question
from explainer.ui.network_answer import network_answer
from explainer.ui.network_choice import network_card, network_choice
from explainer.ui.own_networks import picture_for
from explainer.ui.page import open_page
from explainer.ui.picture import picture_input
from explainer.ui.prose import say

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
