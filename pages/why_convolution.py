"""Why convolution: small windows and shared weights, counted, moved and permuted."""

from explainer.ui.common.page import open_page
from explainer.ui.common.picture import picture_input
from explainer.ui.why_convolution.closing import closing
from explainer.ui.why_convolution.equivariance import equivariance
from explainer.ui.why_convolution.moved_digit import measured, moved_digit
from explainer.ui.why_convolution.permuted import permuted_pixels
from explainer.ui.why_convolution.sharing import connections, counted, layer_controls

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
