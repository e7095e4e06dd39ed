"""Feature maps: what each layer of a trained network makes of a photo."""

from explainer.ui.common.page import open_page
from explainer.ui.ending.ending import close_page
from explainer.ui.feature_maps.page import maps_and_unit
from explainer.ui.feature_maps.sections import sections
from explainer.ui.feature_maps.subject import picture_and_network

open_page("feature_maps")
chosen, looked = picture_and_network()
seen, index = maps_and_unit(chosen, looked)
sections(chosen, looked, seen, index)
close_page("feature_maps")
