"""Why convolution: small windows and shared weights, counted, moved and permuted."""

from explainer.ui.common.page import open_page
from explainer.ui.ending.ending import close_page
from explainer.ui.why_convolution.moved_digit import moved_digit
from explainer.ui.why_convolution.sections import sections
from explainer.ui.why_convolution.sharing import connections, photo_and_layer

open_page("why_convolution")
chosen, layer = photo_and_layer()
connections(chosen, layer)
moved_digit()
sections(chosen, layer)
close_page("why_convolution")
