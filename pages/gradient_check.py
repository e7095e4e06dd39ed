"""Gradient check: backpropagation step by step, and differences as its judge."""

from explainer.ui.common.page import open_page
from explainer.ui.ending.ending import close_page
from explainer.ui.gradient_check.backprop import step_by_step
from explainer.ui.gradient_check.check import answer, asked
from explainer.ui.gradient_check.parts import more

open_page("gradient_check")
step_by_step()
what = asked()
answer(what)
more(what)
close_page("gradient_check")
