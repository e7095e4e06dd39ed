"""Why convolution: small windows and shared weights, counted, moved and permuted."""

from explainer.ui.equivariance import equivariance
from explainer.ui.moved_digit import measured, moved_digit
from explainer.ui.page import open_page
from explainer.ui.permuted import permuted_pixels
from explainer.ui.picture import picture_input
from explainer.ui.sharing import connections, counted, layer_controls
from explainer.ui.why_convolution import closing

open_page("why_convolution")
chosen = picture_input()
layer = layer_controls(chosen)
connections(chosen, layer)
counted(chosen, layer)
moved_digit()
measured()
asked = equivariance(chosen)
permuted_pixels()
closing(chosen, layer, asked)
