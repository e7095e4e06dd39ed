"""Feature maps: what each layer of a trained network makes of a photo."""

from explainer.ui.common.page import open_page
from explainer.ui.common.picture import picture_input
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.crops import crops, liked_search, says_what_it_likes
from explainer.ui.feature_maps.effective_receptive_field import measured_sight
from explainer.ui.feature_maps.kernels import first_kernels
from explainer.ui.feature_maps.page import (
    all_maps,
    network_and_side,
    observed,
    one_map,
    subject,
)
from explainer.ui.feature_maps.painting import painting
from explainer.ui.feature_maps.strip import layer_choice
from explainer.ui.networks.answer import network_answer
from explainer.ui.networks.own import picture_for

open_page("feature_maps")
chosen = picture_input()
entry, side = network_and_side()
chosen = picture_for(chosen, entry, "feature_maps")
network_answer(chosen, entry, "feature_maps")
looked = subject(chosen, entry, side)
layer = layer_choice(looked)
seen = observed(looked, layer)
say("feature_maps", "maps")
index, span = all_maps(looked, seen)
one_map(looked, seen, index, span)
measured_sight(looked, seen, index)
if says_what_it_likes():
    liked = liked_search(looked, layer.name, index)
    if liked:
        crops(liked)
    painting(looked, layer.name, index, liked)
first_kernels(looked, chosen)
say("feature_maps", "notice")
