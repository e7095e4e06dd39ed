"""Loss landscape: the loss around a trained network, and what a picture of it hides."""

from explainer.ui.landscape import arithmetic, asked, code, landscape
from explainer.ui.page import open_page
from explainer.ui.prose import say

open_page("landscape")
choice = asked()
ticket = landscape(choice) if choice else None
if ticket:
    arithmetic(ticket)
    code(ticket)
say("landscape", "notice")
say("landscape", "how")
