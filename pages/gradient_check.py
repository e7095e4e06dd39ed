"""Gradient check: backpropagation step by step, and differences as its judge."""

from explainer.ui.common.page import open_page
from explainer.ui.gradient_check.backprop import step_by_step
from explainer.ui.gradient_check.check import answer, asked, code, one_tenth, over_epsilon

open_page("gradient_check")
step_by_step()
what = asked()
answer(what)
over_epsilon(what)
one_tenth(what)
code(what)
