"""Gradient check: backpropagation step by step, and differences as its judge."""

from explainer.ui.backprop import step_by_step
from explainer.ui.gradient_check import answer, asked, code, one_tenth, over_epsilon
from explainer.ui.page import open_page

open_page("gradient_check")
step_by_step()
what = asked()
answer(what)
over_epsilon(what)
one_tenth(what)
code(what)
